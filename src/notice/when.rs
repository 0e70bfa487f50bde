//! Moments and spans as people read them, in the incident's zone.
