//! What the reader accepts and refuses, each fault with its place.
