//! Whole drills: the shipped stories, the sensible default, and the same bytes for the same seed.
