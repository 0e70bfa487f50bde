//! The JSON Schema (draft 07) of the format, for editors.

/// The schema, as `docs/runbook.schema.json` keeps it.
pub fn schema() -> serde_json::Value {
    unimplemented!("runbook")
}
