//! The suite: what Muster promises, tested through its public interface.

mod stores;
