//! That the description holds against requests nobody thought of: schemathesis makes them up from it.

use std::path::Path;
use std::process::Command;

use serde_json::json;

use super::site::Site;

/// The description and the server agree on every status, body and header, whatever is asked.
#[test]
#[ignore = "needs schemathesis: run tests/run"]
fn what_is_made_up_from_the_description_breaks_nothing() {
    let site = Site::serving();
    let started = site.post("/api/v1/incidents", &site.dana, &[], &json!({ "runbook": "small", "severity": "high" }));
    assert_eq!(started.status, 201, "{}", started.body);
    // Headers that nobody knows are let pass, whatever else is described.
    let settings = "[[operations]]\ninclude-path = \"/api/v1/incidents/{id}/events\"\n[operations.checks]\n\
                    negative_data_rejection.enabled = false\n";
    site.environment.write("schemathesis.toml", settings);
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/schemathesis/bin/schemathesis");
    let made_up = Command::new(program)
        .current_dir(site.environment.path())
        .args([
            "run",
            &site.address("/api/v1/openapi.json"),
            "--header",
            &format!("Authorization: Bearer {}", site.dana),
        ])
        .args(["--seed", "4", "--max-examples", "30", "--max-time", "50", "--request-timeout", "10"])
        .args(["--phases", "examples,coverage,fuzzing", "--no-shrink", "--continue-on-failure"])
        // What a schema can't say, such as which severities a runbook has, is refused with 404 or 422 all the same.
        .args(["--exclude-checks", "positive_data_acceptance"])
        .output()
        .expect("schemathesis runs: call tests/run");
    assert!(made_up.status.success(), "{}", String::from_utf8_lossy(&made_up.stdout));
    assert_eq!(site.ask("GET", "/readyz", "", &[], "").status, 200);
}
