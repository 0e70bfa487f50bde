//! Two people in one incident at once: what the other does shows, who was first is told, a lost connection is seen.

use super::chromium::Scripts;
use super::deeds::deed;
use super::person::Person;
use super::site::Site;

const INCIDENT: &str = "/incidents/INC-1";

fn both(site: &Site) -> (Person, Person) {
    site.environment.done("start whole --severity high --title Logins --role lead=dana");
    let [dana, kim] = ["dana", "kim"].map(|handle| {
        let person = Person::with_phone(&site.console, "en", Scripts::On);
        person.joins(&site.invites(handle), handle);
        person.opens(INCIDENT);
        person
    });
    (dana, kim)
}

#[test]
#[ignore = "needs Chromium: run tests/run"]
fn two_people_see_each_others_changes_and_a_losing_click_is_told_who_was_first() {
    let mut site = Site::new();
    site.serve();
    let (dana, kim) = both(&site);
    kim.does(&deed("note").with("text", "Bank A is fine"));
    dana.sees("Bank A is fine");
    // Dana is writing into the step, so that it is not taken from under her hands when Kim has done it.
    let take_lead = deed("done").step("take_lead");
    dana.unfolds(&format!("{}//*[@name='note']", take_lead.form()));
    dana.fills_at(&format!("{}//*[@name='note']", take_lead.form()), "I lead");
    kim.does(&take_lead);
    kim.waits_until("the next step", || !kim.has(&take_lead.form()));
    dana.presses_at(&format!("{}//button[@type='submit']", take_lead.form()));
    dana.sees("Kim was first");

    // A server that goes away is seen; what happened meanwhile is there once it is back.
    let lost = "//*[@id='line'][not(@hidden)]";
    dana.opens(INCIDENT);
    site.stop();
    dana.waits_until("the badge", || dana.has(lost));
    site.environment.done("note \"Seen while nobody served\" --as kim");
    site.serve();
    dana.waits_until("no badge", || !dana.has(lost));
    dana.sees("Seen while nobody served");
}

#[test]
#[ignore = "needs Chromium: run tests/run"]
fn what_is_being_written_survives_a_reload_and_keys_do_it_all() {
    let mut site = Site::new();
    site.serve();
    let (dana, _) = both(&site);
    let written = |person: &Person| person.asks("return document.getElementById('note-text').value", vec![]);
    let focused = |person: &Person| person.asks("return document.activeElement.id", vec![]);
    dana.fills_at("//*[@id='note-text']", "Half a sentence");
    dana.reloads();
    assert_eq!(written(&dana), "Half a sentence");

    dana.asks("document.activeElement.blur()", vec![]);
    dana.types("?");
    dana.waits_until("the list of keys", || dana.has("//dialog[@id='keys'][@open]"));
    dana.types("\u{1b}");
    dana.waits_until("no list", || !dana.has("//dialog[@id='keys'][@open]"));
    // A note, and the step that is next, without a finger on the screen.
    dana.types("n");
    assert_eq!(focused(&dana), "note-text");
    dana.types(" by keys");
    dana.sends();
    dana.sees("by keys");
    dana.asks("document.activeElement.blur()", vec![]);
    dana.types("j");
    assert_eq!(focused(&dana), "step-take_lead");
    let on_main = "return document.activeElement.matches('#step-take_lead button.main')";
    for _ in 0..9 {
        dana.types("\t");
        if dana.asks(on_main, vec![]) == true {
            break;
        }
    }
    assert_eq!(dana.asks(on_main, vec![]), true, "the step's button is reached by the keyboard");
    dana.types("\n");
    dana.waits_until("the next step", || !dana.has(&deed("done").step("take_lead").form()));
    assert_eq!(site.environment.json("show INC-1")["steps"][0]["state"], "ended");
}
