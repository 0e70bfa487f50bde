//! Whom a nudge goes to: the roles of the settings and of accounts count alike.

use tempfile::TempDir;

use super::*;
use crate::app::people::{Acceptance, Amendment, By, Invite, Place};
use crate::app::{Caller, Outlet, Start};
use crate::clock::Clock;
use crate::incident::{Command, IncidentId};
use crate::locale::Locale;
use crate::runbook::StepId;
use crate::settings::{Overrides, load};

const SETTINGS: &str = "\
runbooks = \"runbooks\"
[people.dana]
email = \"dana@example.com\"
roles = [\"lead\"]
reach = [\"mail\"]
[people.kim]
email = \"kim@example.com\"
reach = [\"mail\"]
";

const RUNBOOK: &str = "\
muster: 1
id: parts
title: Logins fail
severities:
  high: { means: Nobody, first_notice: 5h, update_every: 20h, mail_every: 20h }
pre:
  - task: take_lead
  - task: look
    role: ops
  - task: phones
    role: support
  - task: look_again
    role: ops
  - notice: first
    status: investigating
mid:
  - task: mend
post:
  - retrospective: review
";

async fn installation() -> (TempDir, App) {
    let home = tempfile::tempdir().expect("a folder");
    let folder = home.path();
    std::fs::create_dir(folder.join("runbooks")).expect("a folder");
    std::fs::write(folder.join("runbooks/parts.yaml"), RUNBOOK).expect("a file");
    std::fs::write(folder.join("muster.toml"), SETTINGS).expect("a file");
    let config = Some(folder.join("muster.toml"));
    let settings = load(folder, &Overrides { config, ..Overrides::default() }).expect("settings");
    let clock = Clock::virtual_at("2026-11-22T03:00:00Z".parse().expect("a moment"), 1);
    let app = App::on(Store::in_memory().await.expect("a store"), settings, clock, Outlet::World);
    (home, app)
}

fn lee() -> Caller {
    Caller { person: PersonId("lee".to_owned()), locale: Locale::english(), key: None, early: None }
}

/// Gives somebody an account with a role.
async fn joins(app: &App, person: &str, role: &str) {
    let asked = Invite { person: person.to_owned(), roles: Some(vec![role.to_owned()]), ..Invite::default() };
    let link = app.invite(By::Operator, &asked).await.expect("invited");
    let acceptance = Acceptance { password: "correct horse battery".to_owned(), ..Acceptance::default() };
    let place = Place { browser: String::new(), address: String::new() };
    app.accept(link.token.reveal(), &acceptance, &place).await.expect("accepted");
}

/// Who has a nudge about a step that is yet to leave.
async fn nudged(app: &App, id: IncidentId, step: &str) -> Vec<String> {
    let loaded = app.load(id).await.expect("the incident");
    let pending = pending(app.writer().await.expect("a store"), &loaded.incident).await.expect("nudges");
    let about =
        pending.into_iter().filter(|(_, nudge)| nudge.matters.iter().any(|matter| matter.step.as_str() == step));
    about.map(|(_, nudge)| nudge.person.0).collect()
}

async fn done(app: &App, id: IncidentId, step: &str) {
    let command = Command::FinishStep { step: StepId::new(step), outcome: None, note: None, evidence: None };
    app.act(&lee(), id, command).await.expect("done");
}

#[tokio::test]
async fn a_role_given_by_an_account_is_nudged_as_one_of_the_settings_where_something_reaches_them() {
    let (_home, app) = installation().await;
    let start = Start { runbook: "parts".to_owned(), severity: "high".to_owned(), ..Start::default() };
    let id = app.start(&lee(), start).await.expect("declared").id;
    assert_eq!(nudged(&app, id, "take_lead").await, ["dana"]);
    // Both came to their roles only after it began, so that nobody holds these in the incident.
    joins(&app, "kim", "ops").await;
    joins(&app, "zoe", "support").await;
    done(&app, id, "take_lead").await;
    assert_eq!(nudged(&app, id, "look").await, ["kim"]);
    done(&app, id, "look").await;
    assert_eq!(nudged(&app, id, "phones").await, ["dana"], "nothing reaches zoe: it falls to the lead");
    // An account that has other roles by then, or is closed, gives none.
    let roles = Amendment { roles: Some(Vec::new()), ..Amendment::default() };
    app.amend_person(By::Operator, &PersonId("kim".to_owned()), &roles).await.expect("amended");
    done(&app, id, "phones").await;
    assert_eq!(nudged(&app, id, "look_again").await, ["dana"]);
}
