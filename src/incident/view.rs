//! What people are shown of an incident.
