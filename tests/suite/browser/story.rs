//! A whole incident by two people on their phones, from its start to the published retrospective; and without JavaScript.

use super::chromium::Scripts;
use super::deeds::deed;
use super::person::Person;
use super::site::Site;

const INCIDENT: &str = "/incidents/INC-1";
const FIRST: &str = "/incidents/INC-1/notices/first_notice";
const RESOLVED: &str = "/incidents/INC-1/notices/resolved";
const RETROSPECTIVE: &str = "/incidents/INC-1/retrospective";

/// Dana leads and approves, Kim writes.
fn team(site: &Site, scripts: Scripts) -> (Person, Person) {
    let [dana, kim] = ["dana", "kim"].map(|handle| {
        let person = Person::with_phone(&site.console, "en", scripts);
        person.joins(&site.invites(handle), handle);
        person
    });
    (dana, kim)
}

/// Approved on one screen, sent from the other.
fn approved_and_sent(site: &Site, writer: &Person, approver: &Person, step: &str, at: &str) {
    approver.opens(at);
    approver.does(&deed("approve").step(step));
    writer.opens(at);
    writer.does(&deed("notice_send").step(step));
    site.waits_until_sent(step);
}

fn contained_and_fixed(dana: &Person) {
    let deeds = [
        deed("done").step("close_form").with("outcome", "worked"),
        deed("answer").step("recent_change").with("answer", "changed"),
        deed("fallback").of("id", "phone_desk").with("on", "true"),
        deed("fallback").of("id", "visits").with("on", "false"),
        deed("done").step("desks"),
        deed("done").step("accepted"),
        deed("lift").step("close_form"),
    ];
    for deed in deeds {
        dana.opens(INCIDENT);
        dana.does(&deed);
    }
}

/// It began in the night, was noticed in the morning, and is over.
fn ended(kim: &Person) {
    kim.opens(INCIDENT);
    kim.does(&deed("set").having("facts.started_at").with("facts.started_at", "2026-01-02T01:02"));
    kim.opens(INCIDENT);
    kim.does(
        &deed("set")
            .of("then", "done")
            .of("then_step", "outcome")
            .with("facts.ended_at", "2026-01-02T03:04")
            .with("facts.data_loss", "none"),
    );
}

fn written_up(dana: &Person) {
    dana.opens(INCIDENT);
    dana.does(&deed("done").step("second_touch"));
    dana.opens(RETROSPECTIVE);
    dana.does(&deed("retro_edit").of("section", "results").with("text", "Nobody could log in for an hour."));
    for factor in ["The form had no limit.", "The alarm rang in an empty room."] {
        dana.opens(RETROSPECTIVE);
        dana.does(&deed("retro_factor").with("text", factor));
        dana.sees(factor);
    }
    // Nothing is left to be done with it: publishing closes the incident.
    dana.does(&deed("done").step("review"));
}

/// From *start* to closed; gives what the journal then holds.
fn arc(scripts: Scripts) {
    let mut site = Site::new();
    site.serve();
    let (dana, kim) = team(&site, scripts);
    dana.declares("whole", "high");
    // The first notice is there before anything else is asked, and what comes before it with it.
    dana.does(&deed("done").step("take_lead"));
    kim.opens(FIRST);
    kim.does(&deed("set").of("then", "done").of("then_step", "first_facts"));
    // Dana has the notice open and touches nothing: what Kim drafts is there for her to approve.
    dana.opens(FIRST);
    let approval = deed("approve").step("first_notice");
    assert!(!dana.has(&approval.form()), "nothing is drafted yet");
    kim.does(&deed("notice_draft").step("first_notice"));
    if scripts == Scripts::On {
        dana.waits_until("what is to be approved", || dana.has(&approval.form()));
        dana.does(&approval);
        kim.does(&deed("notice_send").step("first_notice"));
        site.waits_until_sent("first_notice");
    } else {
        approved_and_sent(&site, &kim, &dana, "first_notice", FIRST);
    }
    contained_and_fixed(&dana);
    ended(&kim);
    kim.opens(RESOLVED);
    kim.does(&deed("notice_draft").step("resolved"));
    approved_and_sent(&site, &kim, &dana, "resolved", RESOLVED);
    written_up(&dana);
    assert_eq!(site.environment.json("show INC-1")["state"], "closed");
    assert_eq!(site.mails_to("ann@acme.example"), 2);
}

#[test]
#[ignore = "needs Chromium: run tests/run"]
fn two_people_carry_an_incident_from_start_to_published_review_on_their_phones() {
    arc(Scripts::On);
}

#[test]
#[ignore = "needs Chromium: run tests/run"]
fn the_same_goes_without_javascript() {
    arc(Scripts::Off);
}

/// Counted over both people: opening, reading and deciding are theirs; fields and presses are the console's.
#[test]
#[ignore = "needs Chromium: run tests/run"]
fn a_first_notice_can_be_sent_after_ten_fields_and_presses() {
    let mut site = Site::new();
    site.serve();
    let (dana, kim) = team(&site, Scripts::On);
    let before = dana.counted() + kim.counted();
    kim.declares("crm-withdrawals", "sev1");
    kim.does(&deed("done").step("take_lead"));
    kim.does(&deed("set").of("then", "done").of("then_step", "first_facts"));
    kim.does(&deed("notice_draft").step("first_notice"));
    dana.opens(FIRST);
    dana.does(&deed("approve").step("first_notice"));
    let send = deed("notice_send").step("first_notice").form();
    kim.waits_until("the button that sends", || kim.has(&send));
    let spent = dana.counted() + kim.counted() - before;
    assert!(spent <= 10, "{spent} fields and presses");
    assert!(spent >= 5, "{spent}: not everything was counted");
}
