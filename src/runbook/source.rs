//! The runbook as it is written: a tree of nodes, each with its place.
