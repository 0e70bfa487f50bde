//! A night worked by forms alone, as with JavaScript off: what is pressed, what is refused, who was first.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use tower::ServiceExt as _;

use super::routes;
use crate::app::people::{Acceptance, By, Invite, NewToken, Place, Token};
use crate::app::{Access, App, Outlet, Stop};
use crate::clock::Clock;
use crate::server::live::Live;
use crate::server::metrics::Metrics;
use crate::server::site::Site;
use crate::server::views::Views;
use crate::settings::{self, Overrides};

/// Three people's browsers on one installation.
struct Night {
    _folder: tempfile::TempDir,
    dana: Browser,
    lin: Browser,
    /// May see everything.
    wall: Browser,
}

struct Browser {
    console: Router,
    token: Token,
}

async fn night() -> Night {
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("muster.toml");
    let people = "[people.lin]\nname = \"Lin\"\nroles = [\"lead\"]\n";
    let mail = "[mail]\nrelay = \"file:outbox\"\nfrom = \"Status <status@example.com>\"\n";
    std::fs::write(&config, format!("store = \"sqlite:muster.db\"\n{mail}{people}")).expect("written");
    let overrides = Overrides { config: Some(config), ..Default::default() };
    let settings = settings::load(folder.path(), &overrides).expect("settings");
    let app = Arc::new(App::new(settings, Clock::System, Outlet::World));
    let views = Arc::new(Views::load(app.settings(), app.clock(), "console").expect("views"));
    let live = Arc::new(Live::new(Arc::clone(&app), Stop::default()));
    let site = Site { app, views, live, metrics: Arc::new(Metrics::new()), trial: None };
    let dana = browser(&site, "dana", Access::Administer).await;
    let lin = browser(&site, "lin", Access::Approve).await;
    let wall = browser(&site, "wall", Access::Watch).await;
    Night { _folder: folder, dana, lin, wall }
}

/// Somebody with an account and an API token.
async fn browser(site: &Site, person: &str, access: Access) -> Browser {
    let invite =
        Invite { person: person.to_owned(), name: person.to_owned(), access: Some(access), ..Default::default() };
    let link = site.app.invite(By::Operator, &invite).await.expect("an invitation");
    let password = "umbrella tram candle".to_owned();
    let answer = Acceptance { name: person.to_owned(), password, ..Default::default() };
    let session = site.app.accept(link.token.reveal(), &answer, &Place::default()).await.expect("accepted");
    let me = site.app.who(session.reveal()).await.expect("read").expect("signed in");
    let asked = NewToken { name: "test".to_owned(), access, lasts: None };
    let token = site.app.make_token(&me, &asked).await.expect("a token");
    Browser { console: routes().with_state(site.clone()), token }
}

struct Page {
    status: StatusCode,
    to: String,
    text: String,
}

async fn asks(browser: &Browser, mut request: Request<Body>) -> Page {
    let token = format!("Bearer {}", browser.token.reveal()).parse().expect("a header");
    request.headers_mut().insert(header::AUTHORIZATION, token);
    let answer = browser.console.clone().oneshot(request).await.expect("an answer");
    let to = answer.headers().get(header::LOCATION).and_then(|to| to.to_str().ok()).unwrap_or_default().to_owned();
    let status = answer.status();
    let body = axum::body::to_bytes(answer.into_body(), usize::MAX).await.expect("a body");
    Page { status, to, text: String::from_utf8_lossy(&body).into_owned() }
}

async fn opens(browser: &Browser, path: &str) -> Page {
    asks(browser, Request::get(path).body(Body::empty()).expect("a request")).await
}

/// The same for somebody who reads Chinese.
async fn opens_in_chinese(browser: &Browser, path: &str) -> Page {
    let request = Request::get(path).header(header::ACCEPT_LANGUAGE, "zh-CN");
    asks(browser, request.body(Body::empty()).expect("a request")).await
}

async fn posts(browser: &Browser, path: &str, fields: &[(&str, &str)]) -> Page {
    let body = written(fields);
    let request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    asks(browser, request.body(Body::from(body)).expect("a request")).await
}

fn written(fields: &[(&str, &str)]) -> String {
    let coded = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    fields.iter().map(|(name, value)| format!("{}={}", coded(name), coded(value))).collect::<Vec<_>>().join("&")
}

const COMMANDS: &str = "/incidents/INC-1/commands";
const COMPOSER: &str = "/incidents/INC-1/notices/first_notice";

async fn commands(browser: &Browser, fields: &[(&str, &str)]) -> Page {
    posts(browser, COMMANDS, &[fields, &[("back", COMPOSER)]].concat()).await
}

async fn begun(night: &Night) {
    let start = [("runbook", "crm-withdrawals"), ("severity", "sev2"), ("key", "k")];
    let started = posts(&night.dana, "/start", &start).await;
    assert_eq!((started.status, started.to.as_str()), (StatusCode::SEE_OTHER, COMPOSER));
}

/// What stands in an attribute of the first element that has it.
fn hash_on(page: &Page) -> String {
    let rest = page.text.split("name=\"hash\" value=\"").nth(1).expect("a hash to approve");
    rest.split('"').next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_first_notice_leaves_after_few_presses_approved_on_another_screen() {
    let night = night().await;
    begun(&night).await;
    for fields in [
        vec![("command", "done"), ("step", "take_lead")],
        vec![("command", "set"), ("then", "done"), ("then_step", "first_facts")],
        vec![("command", "notice_draft"), ("step", "first_notice")],
    ] {
        assert_eq!(commands(&night.dana, &fields).await.status, StatusCode::SEE_OTHER, "{fields:?}");
    }
    let mine = opens(&night.dana, COMPOSER).await;
    assert!(mine.text.contains("This waits for"), "the author waits");
    let theirs = opens(&night.lin, COMPOSER).await;
    let hash = hash_on(&theirs);
    let approve = [("command", "approve"), ("step", "first_notice"), ("hash", hash.as_str())];
    assert_eq!(commands(&night.lin, &approve).await.status, StatusCode::SEE_OTHER);
    let ready = opens(&night.dana, COMPOSER).await;
    assert!(ready.text.contains("id=\"send-form\""));
    let send = [("command", "notice_send"), ("step", "first_notice"), ("recipients", "0")];
    assert_eq!(commands(&night.dana, &send).await.status, StatusCode::SEE_OTHER);
    assert!(opens(&night.dana, COMPOSER).await.text.contains("id=\"delivery\""));
}

#[tokio::test]
async fn what_is_wrong_with_a_notice_is_told_in_the_readers_language_before_and_after_it_is_drafted() {
    let night = night().await;
    begun(&night).await;
    let foreseen = opens_in_chinese(&night.dana, "/incidents/INC-1/notices/resolved").await;
    assert!(foreseen.text.contains("还没有说明什么时候结束的（ended_at）"), "{}", foreseen.text);
    for fields in [
        vec![("command", "done"), ("step", "take_lead")],
        vec![
            ("command", "set"),
            ("facts.impact.en", "db-prod-01 is down"),
            ("then", "done"),
            ("then_step", "first_facts"),
        ],
        vec![("command", "notice_draft"), ("step", "first_notice")],
    ] {
        assert_eq!(commands(&night.dana, &fields).await.status, StatusCode::SEE_OTHER, "{fields:?}");
    }
    let approver = opens_in_chinese(&night.lin, COMPOSER).await;
    assert!(approver.text.contains("impact 写出了机器名：“db-prod-01”"), "{}", approver.text);
    assert!(opens(&night.lin, COMPOSER).await.text.contains("impact names a machine: “db-prod-01”."));
}

/// What a field held when the page was made, in the form of this page in which it stands.
fn stood(page: &Page, name: &str) -> Option<String> {
    let (_, rest) = page.text.split_once(&format!("name=\"was.{name}\" value=\""))?;
    rest.split('"').next().map(str::to_owned)
}

#[tokio::test]
async fn prepared_wording_is_stated_by_the_form_that_shows_it_unless_a_step_confirms_it() {
    let night = night().await;
    begun(&night).await;
    let gathered = opens(&night.dana, COMPOSER).await;
    assert_eq!(stood(&gathered, "impact.en"), None, "the gather has yet to open");
    commands(&night.dana, &[("command", "done"), ("step", "take_lead")]).await;
    let gathered = opens(&night.dana, COMPOSER).await;
    assert!(stood(&gathered, "impact.en").is_some_and(|was| was.contains("fail when submitted")), "{}", gathered.text);
    // Nobody gathers what is safe to retry: its composer states it as it stands there.
    let resolved = "/incidents/INC-1/notices/resolved";
    commands(&night.dana, &[("command", "resolve"), ("reason", "it works again")]).await;
    let page = opens(&night.dana, resolved).await;
    assert!(page.text.contains("name=\"facts.safe_to_retry.en\""), "{}", page.text);
    assert_eq!(stood(&page, "safe_to_retry.en"), None);
    // Its translation is not said again by the way: once the wording is another, it is known to have fallen behind.
    let chinese = stood(&page, "safe_to_retry.zh-Hans").expect("the prepared translation");
    let mut fields = vec![("command", "set"), ("facts.safe_to_retry.en", "Everything"), ("back", resolved)];
    fields.extend([("facts.safe_to_retry.zh-Hans", &*chinese), ("was.safe_to_retry.zh-Hans", &*chinese)]);
    assert_eq!(posts(&night.dana, COMMANDS, &fields).await.status, StatusCode::SEE_OTHER);
    let page = opens(&night.dana, resolved).await;
    assert!(page.text.contains("older than the other language"), "{}", page.text);
}

/// `guarantees.md`, people: double click; and the click that comes second is told who was first.
#[tokio::test]
async fn a_second_click_is_harmless_and_somebody_elses_is_told_who_was_first() {
    let night = night().await;
    begun(&night).await;
    let done = [("command", "done"), ("step", "take_lead"), ("key", "one")];
    let (once, again) = (commands(&night.dana, &done).await, commands(&night.dana, &done).await);
    assert_eq!((once.status, again.status, &once.to), (StatusCode::SEE_OTHER, StatusCode::SEE_OTHER, &again.to));
    let late = [("command", "done"), ("step", "take_lead"), ("key", "two"), ("note", "me too")];
    let late = commands(&night.lin, &late).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(late.text.contains("dana was first, at"), "who it was");
}

#[tokio::test]
async fn what_was_written_into_a_refused_form_stays_in_it() {
    let night = night().await;
    begun(&night).await;
    let fields = [("command", "note"), ("text", "phones ring"), ("at", "25:61"), ("back", "/incidents/INC-1")];
    let refused = posts(&night.dana, COMMANDS, &fields).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.text.contains("required>phones ring</textarea>") && refused.text.contains("value=\"25:61\""));
    let refused = posts(&night.dana, "/follow-ups", &[("incident", "INC-9"), ("text", "ring them back")]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.text.contains("required>ring them back</textarea>"), "{}", refused.text);
}

/// `guarantees.md`, web: script in every field.
#[tokio::test]
async fn script_in_a_field_is_shown_as_what_was_written() {
    let night = night().await;
    begun(&night).await;
    let script = "<script>window.ran=1</script>\"'><img src=x onerror=window.ran=1>";
    for fields in [
        vec![("command", "note"), ("text", script)],
        vec![("command", "set"), ("facts.impact", script)],
        vec![("command", "severity"), ("level", "sev1"), ("reason", script)],
        vec![("command", "role"), ("roles.ops", script)],
        vec![("command", "skip"), ("step", "take_lead"), ("reason", script)],
    ] {
        let page = commands(&night.dana, &fields).await;
        assert!(page.status == StatusCode::SEE_OTHER || page.status == StatusCode::CONFLICT, "{fields:?}");
    }
    for path in ["/", "/start?runbook=%3Cscript%3E", "/incidents", "/incidents/INC-1", COMPOSER] {
        let page = opens(&night.dana, path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.text);
        assert!(!page.text.contains("<script>window") && !page.text.contains("<img src=x"), "{path}");
    }
}

/// `guarantees.md`, web: other people's ids.
#[tokio::test]
async fn who_may_only_watch_sees_all_and_changes_nothing() {
    let night = night().await;
    begun(&night).await;
    for path in ["/", "/incidents/INC-1", COMPOSER] {
        let page = opens(&night.wall, path).await;
        assert_eq!((page.status, page.text.contains("name=\"command\"")), (StatusCode::OK, false), "{path}");
    }
    let refused = commands(&night.wall, &[("command", "done"), ("step", "take_lead")]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert_eq!(opens(&night.wall, "/start").await.status, StatusCode::FORBIDDEN);
    let unknown = posts(&night.dana, "/incidents/INC-9/commands", &[("command", "resolve")]).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn whoever_opens_the_address_of_a_form_comes_to_its_page() {
    let night = night().await;
    begun(&night).await;
    for (form, page) in [
        (COMMANDS, "/incidents/INC-1"),
        ("/incidents/INC-1/commands?did=3", "/incidents/INC-1"),
        ("/runbooks/general/drill", "/runbooks/general"),
    ] {
        let led = opens(&night.dana, form).await;
        assert_eq!((led.status, led.to.as_str()), (StatusCode::SEE_OTHER, page), "{form}");
        assert_eq!(opens(&night.dana, &led.to).await.status, StatusCode::OK, "{page}");
    }
}

#[tokio::test]
async fn an_error_leaves_whoever_is_signed_in_the_way_to_everything_else() {
    let night = night().await;
    begun(&night).await;
    for (page, status) in [
        (opens(&night.wall, "/start").await, StatusCode::FORBIDDEN),
        (opens(&night.wall, "/incidents/INC-9").await, StatusCode::NOT_FOUND),
        (opens(&night.wall, "/incidents/INC-1/retrospective.doc").await, StatusCode::NOT_FOUND),
        (commands(&night.wall, &[("command", "resolve")]).await, StatusCode::FORBIDDEN),
    ] {
        assert_eq!(page.status, status);
        let leads = ["href=\"/follow-ups\"", "href=\"/runbooks\"", "href=\"/me\""];
        assert!(leads.iter().all(|href| page.text.contains(href)), "{}", page.text);
    }
}

#[tokio::test]
async fn a_form_that_is_none_is_refused_on_a_page() {
    let night = night().await;
    begun(&night).await;
    let json = Request::post(COMMANDS).header(header::CONTENT_TYPE, "application/json");
    let page = asks(&night.dana, json.body(Body::from("{}")).expect("a request")).await;
    assert_eq!((page.status, page.text.contains("href=\"/me\"")), (StatusCode::BAD_REQUEST, true), "{}", page.text);
    let long = posts(&night.dana, COMMANDS, &[("command", "note"), ("text", &"x".repeat(3 << 20))]).await;
    assert_eq!(
        (long.status, long.text.contains("longer than can be taken here")),
        (StatusCode::PAYLOAD_TOO_LARGE, true)
    );
}

#[tokio::test]
async fn a_form_sends_nobody_elsewhere() {
    let night = night().await;
    begun(&night).await;
    let elsewhere = [("command", "note"), ("text", "a"), ("back", "//evil.example/")];
    let sent_on = posts(&night.dana, COMMANDS, &elsewhere).await;
    assert!(sent_on.to.starts_with("/incidents/INC-1?did="), "{}", sent_on.to);
}
