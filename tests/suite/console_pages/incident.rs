//! An incident worked by the forms that stand on its page, from its start to its end, without a script.

use super::desk::{Answer, Desk};

const HERE: &str = "/incidents/INC-1";
const SCRIPT: &str = "<script>alert(1)</script>";

/// The hidden fields of the form on a page in which all of these stand.
fn form(page: &str, marks: &[&str]) -> Vec<(String, String)> {
    let forms = page.split("<form ").skip(1).filter_map(|rest| rest.split("</form>").next());
    let form = forms.into_iter().find(|form| marks.iter().all(|mark| form.contains(mark)));
    let form = form.unwrap_or_else(|| panic!("no form with {marks:?} in {page}"));
    let hidden = form.split("<input type=\"hidden\" name=\"").skip(1);
    let field = |rest: &str| {
        let (name, rest) = rest.split_once("\" value=\"").expect("a value");
        let value = rest.split('"').next().unwrap_or_default();
        (name.to_owned(), value.replace("&#x3D;", "=").replace("&#x27;", "'"))
    };
    hidden.map(field).collect()
}

/// Presses a button of the form on the page in which all of these stand.
fn press(desk: &Desk, page: &str, marks: &[&str], written: &[(&str, &str)]) -> Answer {
    let hidden = form(&desk.get(page, "en").body, marks);
    let mut fields: Vec<(&str, &str)> = hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    fields.extend(written);
    let answer = desk.post(&format!("{HERE}/commands"), &fields);
    assert_eq!(answer.status, 303, "{marks:?}: {}", answer.body);
    answer
}

fn command(name: &str) -> String {
    format!("name=\"command\" value=\"{name}\"")
}

fn done(desk: &Desk, step: &str, written: &[(&str, &str)]) {
    press(desk, HERE, &[&command("done"), &format!("name=\"step\" value=\"{step}\"")], written);
}

/// Writes a notice, approves it alone, sends it.
fn tells(desk: &Desk, step: &str) {
    let page = format!("{HERE}/notices/{step}");
    press(desk, &page, &[&command("notice_draft")], &[]);
    press(desk, &page, &[&command("approve")], &[("reason", "nobody else is awake")]);
    press(desk, &page, &[&command("notice_send")], &[]);
}

#[test]
fn an_incident_is_worked_from_its_start_to_its_end_by_forms_alone() {
    let desk = Desk::open();
    desk.muster(&["start", "crm-withdrawals", "--severity", "sev2"]);
    done(&desk, "take_lead", &[("note", SCRIPT)]);
    press(&desk, HERE, &["name=\"then_step\" value=\"first_facts\""], &[("facts.impact.en", SCRIPT)]);
    tells(&desk, "first_notice");
    done(&desk, "brief_desk", &[]);
    for (fallback, on) in [("phone_desk", "true"), ("mail_desk", "true"), ("account_managers", "false")] {
        press(&desk, HERE, &[&command("fallback"), &format!("value=\"{fallback}\"")], &[("on", on)]);
    }
    done(&desk, "desks", &[]);
    done(&desk, "hold_payouts", &[("outcome", "worked"), ("note", SCRIPT)]);
    press(&desk, HERE, &[&command("lift"), "value=\"hold_payouts\""], &[]);
    done(&desk, "investigate", &[]);
    press(&desk, HERE, &[&command("answer")], &[("answer", "unchanged")]);
    let early = format!("{HERE}?early=reconcile");
    let ends = [&*command("done"), "name=\"step\" value=\"reconcile\""];
    press(&desk, &early, &ends, &[("evidence", SCRIPT), ("reason", SCRIPT)]);
    for step in ["design", "repair", "accepted"] {
        done(&desk, step, &[]);
    }
    press(&desk, HERE, &["name=\"facts.started_at\""], &[("facts.started_at", "2026-01-02T02:04")]);
    let outcome = [("facts.ended_at", "2026-01-02T03:04"), ("facts.data_loss", "none"), ("facts.data_loss.en", "none")];
    let page = desk.get(HERE, "en").body;
    let offered = |name: &&(&str, &str)| page.contains(&format!("name=\"{}\"", name.0));
    let outcome: Vec<_> = outcome.iter().filter(offered).copied().collect();
    press(&desk, HERE, &["name=\"then_step\" value=\"outcome\""], &outcome);
    tells(&desk, "resolved");
    press(&desk, HERE, &[&command("note")], &[("text", SCRIPT)]);
    done(&desk, "second_touch", &[]);
    for factor in ["an alarm was missing", "nobody had tried it"] {
        press(&desk, &format!("{HERE}/retrospective"), &[&command("retro_factor")], &[("text", factor)]);
    }
    done(&desk, "review", &[]);
    let page = desk.get(HERE, "en").body;
    if page.contains(&command("close")) {
        press(&desk, HERE, &[&command("close")], &[("reason", SCRIPT)]);
    }
    for language in ["en", "zh-CN"] {
        let page = desk.get(&format!("{HERE}?all=1"), language);
        assert_eq!(page.status, 200, "{}", page.body);
        // A script in every field is shown as the text it is.
        assert!(!page.body.contains(SCRIPT) && page.body.contains("&lt;script&gt;alert"), "{}", page.body);
        assert!(page.body.contains("class=\"badge closed\""), "{}", page.body);
        assert!(!page.body.contains(&command("done")), "{}", page.body);
    }
}

#[test]
fn who_presses_second_is_told_who_was_first_and_finds_what_they_wrote() {
    let desk = Desk::open();
    let sam = desk.token("respond");
    desk.muster(&["start", "crm-withdrawals", "--severity", "sev2"]);
    let marks = [&*command("done"), "name=\"step\" value=\"take_lead\""];
    let hidden = form(&desk.get(HERE, "en").body, &marks);
    let fields: Vec<(&str, &str)> = hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let path = format!("{HERE}/commands");
    assert_eq!(desk.post_as(&sam, &path, &fields).status, 303);
    let second = desk.post(&path, &fields);
    assert_eq!(second.status, 409, "{}", second.body);
    assert!(second.body.contains("id=\"refusal\"") && second.body.contains("was first"), "{}", second.body);

    let early = desk.post(&path, &[("command", "note"), ("text", "seen at the desk"), ("at", "never"), ("back", HERE)]);
    assert_eq!(early.status, 409, "{}", early.body);
    assert!(early.body.contains("required>seen at the desk</textarea>"), "{}", early.body);
}

#[test]
fn who_only_watches_is_told_why_there_is_no_form() {
    let desk = Desk::open();
    desk.muster(&["start", "crm-withdrawals", "--severity", "sev2"]);
    let watcher = desk.token("watch");
    let page = desk.get_as(&watcher, HERE);
    assert!(page.body.contains("You can watch here."), "{}", page.body);
    assert!(!page.body.contains("name=\"command\""), "{}", page.body);
}
