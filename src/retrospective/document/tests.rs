//! Documents of small journals, as people read them.
