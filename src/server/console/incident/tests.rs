//! Which form each kind of step gets, who is shown it, and that a fact's input fits its kind.

use serde_json::{Value, json};
use tempfile::TempDir;

use super::view::{Wanted, view};
use crate::app::{Access, App, Caller, Outlet, Start};
use crate::clock::Clock;
use crate::incident::decide::pending;
use crate::incident::{Command, IncidentId, PersonId};
use crate::locale::Locale;
use crate::runbook::{AnswerId, StepId};
use crate::server::console::names::Names;
use crate::server::console::step::Sight;
use crate::settings::{Overrides, load};

const RUNBOOK: &str = "\
muster: 1
id: kinds
title: Kinds
locales: [en, zh-Hans]
severities:
  high: { means: All of them, first_notice: 1h, update_every: 2h, mail_every: 4h }
  low: { means: Some of them, first_notice: 2h, update_every: 4h, mail_every: 8h }
facts:
  impact: Nothing loads
  share: { type: percent, title: Share, default: 40 }
  count: { type: number, title: Count }
  began: { type: datetime, title: Began }
  lasts: { type: duration, title: Lasts, default: 90m }
  region: { type: choice, title: Region, choices: { cn: Mainland, hk: Hong Kong }, default: hk }
fallbacks:
  phone: { title: By phone, where: phone != '' }
pre:
  - together:
      talk:
        - notice: say
          status: investigating
      keep:
        - updates: more
          until: over
      a: [{ task: do_it }]
      b: [{ task: prove_it, evidence: required }]
      c: [{ gather: know, facts: [impact, share, count, began, lasts, region] }]
      d:
        - decide: choose
          answers: { left: Left, right: Right }
        - together:
            way: [{ task: go, when: answers.choose == 'left' }]
            house: [{ task: stay }]
      e: [{ approval: gate, by: lead }]
      f: [{ contain: shut, approve: { by: lead }, lift: Open again }]
      g: [{ contain: shut_by_hand, lift: Open it }]
      h: [{ cover: desks }]
      i: [{ wait: pause, for: 15m }]
      j: [{ wait: word, signal: true }]
mid:
  - task: later
  - notice: over
    status: resolved
post:
  - retrospective: review
translations:
  zh-Hans:
    title: 种类
    impact: 打不开
    high.means: 全部
    low.means: 部分
";

struct Room {
    _folder: TempDir,
    app: App,
    id: IncidentId,
}

fn caller(person: &str) -> Caller {
    Caller { person: PersonId(person.to_owned()), locale: Locale::english(), key: None, early: None }
}

impl Room {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let settings = "store = \"sqlite:muster.db\"\ntimezone = \"Asia/Shanghai\"\nrunbooks = \"runbooks\"\n\
                        [people.dana]\nname = \"Dana\"\nroles = [\"lead\"]\n[people.kim]\nname = \"Kim\"\nroles = [\"ops\"]\n";
        std::fs::create_dir(folder.path().join("runbooks")).expect("a folder");
        std::fs::write(folder.path().join("runbooks/kinds.yaml"), RUNBOOK).expect("a file");
        std::fs::write(folder.path().join("muster.toml"), settings).expect("a file");
        let config = Some(folder.path().join("muster.toml"));
        let settings = load(folder.path(), &Overrides { config, ..Overrides::default() }).expect("sound settings");
        let clock = Clock::virtual_at("2026-11-22T06:05:00Z".parse().expect("a moment"), 1);
        let app = App::new(settings, clock, Outlet::World);
        let start = Start { runbook: "kinds".to_owned(), severity: "high".to_owned(), ..Start::default() };
        let id = app.start(&caller("kim"), start).await.expect("declared").id;
        Self { _folder: folder, app, id }
    }

    async fn does(&self, person: &str, command: Command) {
        self.app.act(&caller(person), self.id, command).await.expect("done");
    }

    /// The page as its template gets it.
    async fn page(&self, person: &str, access: Access, early: Option<&str>) -> Value {
        let loaded = self.app.load(self.id).await.expect("an incident");
        let locale = Locale::english();
        let events = self.app.timeline(self.id, &locale).await.expect("events").events;
        let coverage = self.app.coverage(self.id, &locale).await.expect("counted");
        let now = self.app.clock().now();
        let sight = Sight {
            loaded: &loaded,
            person: &PersonId(person.to_owned()),
            access,
            now,
            locale: &locale,
            names: &Names::given(&[("dana", "Dana"), ("kim", "Kim")]),
            coverage: Some(&coverage),
            pending: pending(&loaded.runbook, now, &loaded.incident),
            kept: None,
        };
        let wanted = Wanted { early: early.map(str::to_owned), all: false };
        serde_json::to_value(view(&sight, events, wanted)).expect("JSON")
    }
}

/// The card of a step, pinned, in its lane or before its turn.
fn card(page: &Value, step: &str) -> Value {
    let lanes = page["lanes"].as_array().expect("lanes");
    let in_lanes = lanes.iter().flat_map(|lane| lane["cards"].as_array().expect("cards"));
    let mut all = in_lanes.chain([&page["next"], &page["early"]]);
    all.find(|card| card["id"] == step).cloned().unwrap_or(Value::Null)
}

fn step(id: &str) -> StepId {
    StepId::new(id)
}

#[tokio::test]
async fn every_kind_of_step_has_its_form() {
    let room = Room::new().await;
    let page = room.page("kim", Access::Respond, Some("later")).await;
    let early = |id| room.page("kim", Access::Respond, Some(id));
    for (id, template, holds) in [
        ("do_it", "_step_task", json!({ "form": "task", "evidence_required": false, "skip": "button" })),
        ("prove_it", "_step_task", json!({ "evidence_required": true })),
        ("know", "_step_gather", json!({ "form": "gather" })),
        (
            "choose",
            "_step_decide",
            json!({ "answers": [{ "id": "left", "title": "Left" }, { "id": "right", "title": "Right" }] }),
        ),
        // Only who may open a gate may skip it.
        ("gate", "_step_gate", json!({ "form": "gate", "skip": null })),
        ("shut", "_step_measure", json!({ "approved": false, "may_work": false, "may_fail": false })),
        ("shut_by_hand", "_step_measure", json!({ "ask": null, "may_work": true, "may_fail": true })),
        ("say", "_step_notice", json!({ "stage": "none", "link": "write" })),
        ("more", "_step_updates", json!({ "skip": null, "until": "over", "missed": 0 })),
        ("desks", "_step_cover", json!({ "decided": false })),
        ("pause", "_step_wait", json!({ "until": "2026-11-22T06:20:00.000Z", "skip": "wait" })),
        ("word", "_step_signal", json!({ "form": "signal", "skip": "wait" })),
        ("later", "_step_task", json!({ "early": true })),
    ] {
        let card = card(&page, id);
        assert_eq!(card["template"], template, "{id}");
        for (key, value) in holds.as_object().expect("an object") {
            assert_eq!(&card[key], value, "{id}.{key}");
        }
    }
    assert_eq!(card(&early("review").await, "review")["template"], "_step_retrospective");
    // What is open is not taken before its turn.
    assert_eq!(early("do_it").await["early"], Value::Null);
}

#[tokio::test]
async fn a_facts_input_fits_its_kind_and_holds_what_was_prepared() {
    let room = Room::new().await;
    let know = card(&room.page("kim", Access::Respond, None).await, "know");
    let fields = know["fields"]["own"].as_array().expect("fields");
    let told: Vec<_> =
        fields.iter().map(|f| json!([f["name"], f["input"], f["value"], f["standing"]]).to_string()).collect();
    assert_eq!(
        told,
        [
            r#"["impact.en","text","Nothing loads","prepared"]"#,
            r#"["share","percent","40","prepared"]"#,
            r#"["count","number","","missing"]"#,
            r#"["began","datetime","","missing"]"#,
            r#"["lasts","duration","1h 30m","prepared"]"#,
            r#"["region","choice","hk","prepared"]"#,
        ]
    );
    assert_eq!(know["fields"]["others"][0]["value"], "打不开");
    assert_eq!(know["fields"]["others"][0]["language"], "简体中文");
    assert_eq!(fields[5]["choices"][1], json!({ "id": "hk", "title": "Hong Kong", "chosen": true }));
}

#[tokio::test]
async fn a_branch_that_follows_from_an_answer_is_called_by_it() {
    let room = Room::new().await;
    room.does("kim", Command::AnswerDecision { step: step("choose"), answer: AnswerId::new("left") }).await;
    let page = room.page("kim", Access::Respond, None).await;
    let lanes = page["lanes"].as_array().expect("lanes");
    let name = |id: &str| {
        let has =
            |lane: &&Value| lane["cards"].as_array().is_some_and(|cards| cards.iter().any(|card| card["id"] == id));
        lanes.iter().find(has).map(|lane| lane["name"].clone())
    };
    assert_eq!((name("go"), name("stay")), (Some(json!("Left")), Some(json!("house"))));
}

#[tokio::test]
async fn an_approval_is_shown_to_those_who_may_give_it() {
    let room = Room::new().await;
    room.does("kim", Command::RunStep { step: step("shut") }).await;
    for (person, access, form) in [
        ("dana", Access::Approve, json!("full")),
        ("dana", Access::Respond, json!("no_access")),
        ("kim", Access::Administer, json!("others")),
    ] {
        let card = card(&room.page(person, access, None).await, "shut");
        assert_eq!(card["approval"]["form"], form, "{person} {access:?}");
        assert_eq!(card["approval"]["approvers"], "Dana");
        assert_eq!(card["ask"], Value::Null);
    }
    room.does("dana", Command::Approve { step: step("shut"), hash: None, alone: None }).await;
    let card = card(&room.page("kim", Access::Respond, None).await, "shut");
    assert_eq!((&card["approval"], &card["may_work"]), (&Value::Null, &json!(true)));
}

#[tokio::test]
async fn who_watches_is_shown_everything_and_no_form() {
    let room = Room::new().await;
    let page = room.page("kim", Access::Watch, None).await;
    assert_eq!((&page["may_act"], &card(&page, "do_it")["may_act"]), (&json!(false), &json!(false)));
    let entries = page["record"]["entries"].as_array().expect("entries");
    assert!(entries.iter().all(|entry| entry["amends"] == json!(false)), "{entries:?}");
}

#[tokio::test]
async fn a_containment_in_force_stands_there_until_it_is_lifted() {
    let room = Room::new().await;
    let done = |id: &str| Command::FinishStep { step: step(id), outcome: None, note: None, evidence: None };
    room.does("kim", done("shut_by_hand")).await;
    let page = room.page("kim", Access::Respond, None).await;
    assert_eq!(page["obligations"][0]["step"], "shut_by_hand");
    room.does("kim", Command::LiftContainment { step: step("shut_by_hand") }).await;
    let page = room.page("kim", Access::Respond, None).await;
    assert_eq!((&page["obligations"], &page["lift"]), (&json!([]), &Value::Null));
}
