//! The walk, played with typed lines.
