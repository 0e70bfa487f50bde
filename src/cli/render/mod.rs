//! What a person reads: layout, colour and measured columns, apart from the commands that ask for it.

pub(crate) mod change;
pub(crate) mod draft;
pub(crate) mod look;
pub(crate) mod out;
pub(crate) mod span;
pub(crate) mod table;
pub(crate) mod text;

pub(crate) use out::Out;
