//! Who is selected, once, and how the counts add up.

use super::*;
use crate::contact::ContactId;
use crate::incident::state::FallbackState;
use crate::locale::Text;
use crate::notice::fixture::{contact, incident, runbook};

fn ids(names: &[&str]) -> Vec<AudienceId> {
    names.iter().map(AudienceId::new).collect()
}

fn staff(id: &str) -> Contact {
    Contact { kind: "staff".to_owned(), ..contact(id, "us", "vip", "us@example.com") }
}

#[test]
fn each_audience_selects_whom_it_names() {
    let (runbook, incident) = (runbook(), incident());
    let customer = contact("c", "Acme", "vip", "c@example.com");
    let plain = contact("p", "Acme", "", "p@example.com");
    for (audiences, who, expected) in [
        (&["affected"][..], &customer, 1),
        (&["affected", "vip"], &customer, 2),
        (&["affected", "vip", "page"], &plain, 1),
        (&["page"], &customer, 0),
        (&["staff"], &customer, 0),
        (&["uncovered"], &plain, 1),
        (&["affected", "vip", "uncovered", "page"], &staff("s"), 0),
        (&["staff"], &staff("s"), 1),
    ] {
        let audiences = ids(audiences);
        let selection = Filter::new(&runbook, &incident, &audiences).select(who, Membership::default());
        assert_eq!((selection.audiences, selection.failed), (expected, 0), "{audiences:?} {}", who.id);
    }
}

#[test]
fn a_condition_selects_and_one_that_fails_excludes_and_is_counted() {
    let (runbook, incident) = (runbook(), incident());
    let mut large = contact("c", "Acme", "", "c@example.com");
    large.attributes.insert("seats".to_owned(), "500".to_owned());
    let empty = contact("e", "Acme", "", "");
    for (audience, who, expected) in [
        ("big", &large, (1, 0)),
        ("big", &empty, (0, 0)),
        ("big", &staff("s"), (1, 0)),
        ("reachable", &large, (1, 0)),
        ("reachable", &empty, (0, 1)),
        ("reachable", &staff("s"), (0, 0)),
    ] {
        let audiences = ids(&[audience]);
        let selection = Filter::new(&runbook, &incident, &audiences).select(who, Membership::default());
        assert_eq!((selection.audiences, selection.failed), expected, "{audience} {}", who.id);
    }
}

#[test]
fn imported_lists_stand_above_the_declared_selection() {
    let (mut runbook, mut incident) = (runbook(), incident());
    let phone = FallbackId::new("phone");
    let title = Text::new(Locale::english(), "Phone");
    runbook.fallbacks.insert(phone.clone(), Fallback { id: phone.clone(), title, select: None, capacity: None });
    let customer = contact("c", "Acme", "", "");
    let asks = |incident: &Incident, audience: &str, affected, fallbacks: &[FallbackId]| {
        let audiences = ids(&[audience]);
        Filter::new(&runbook, incident, &audiences).select(&customer, Membership { affected, fallbacks }).is_selected()
    };
    assert!(!asks(&incident, "affected", Some(false), &[]));
    assert!(asks(&incident, "affected", Some(true), &[]));
    assert!(
        asks(&incident, "uncovered", Some(true), std::slice::from_ref(&phone)),
        "a fallback that is off covers nobody"
    );
    incident.fallbacks.insert(phone.clone(), FallbackState { on: true, ..FallbackState::default() });
    assert!(!asks(&incident, "uncovered", Some(true), std::slice::from_ref(&phone)));
    assert!(asks(&incident, "uncovered", Some(true), &[]));
}

#[test]
fn suppressed_unreachable_and_paced_contacts_are_counted_and_the_counts_add_up() {
    let via = [Via::Mail, Via::Webhook, Via::Page];
    let offered = [Locale::english(), Locale::chinese()];
    let one = Selection { audiences: 1, failed: 0 };
    let mut tally = Tally::default();
    let mut plan = |contact: &Contact, selection, suppressed, paced| {
        tally.plan(contact, selection, Standing { suppressed, paced }, &via, &offered)
    };
    let mail = |address: Address| vec![Row { via: Via::Mail, locale: Locale::english(), address }];
    let known = |address: &str| Address::Known(address.to_owned());
    assert_eq!(plan(&contact("a", "Acme", "", "a@x.com"), one, false, false), mail(known("a@x.com")));
    let twice = Selection { audiences: 2, failed: 1 };
    assert_eq!(plan(&contact("b", "acme", "", "b@x.com"), twice, false, false), mail(known("b@x.com")));
    assert_eq!(
        plan(&contact("c", "", "", "c@x.com"), one, true, false),
        mail(Address::Suppressed("c@x.com".to_owned()))
    );
    assert_eq!(plan(&contact("d", "", "", ""), one, false, false), mail(Address::Missing));
    assert_eq!(plan(&contact("e", "Beta", "", "e@x.com"), one, false, true), []);
    assert_eq!(plan(&contact("f", "Beta", "", "f@x.com"), Selection::default(), false, false), []);
    let hooked = Contact { webhook: "https://x.com/h".to_owned(), ..contact("g", "Beta", "", "g@x.com") };
    assert_eq!(plan(&hooked, one, false, true).len(), 1, "pacing is for mail alone");
    assert_eq!(plan(&hooked, one, false, false).len(), 2);
    let recipients = Recipients { rows: 7, contacts: 6, organisations: 4, endpoints: 0 };
    assert_eq!(tally.recipients, recipients);
    assert_eq!(tally.left_out, LeftOut { suppressed: 1, no_address: 1, duplicate: 1, paced: 2 });
    assert_eq!(tally.failed_conditions, 1);
}

#[test]
fn a_contact_reads_the_best_of_the_languages_on_offer() {
    let offered = [Locale::english(), Locale::chinese()];
    for (wanted, read) in [(Some("zh-CN"), "zh-Hans"), (Some("fr"), "en"), (None, "en")] {
        let locale = wanted.map(|tag| tag.parse().expect("a tag"));
        let reader = Contact { locale, id: ContactId::new("c"), ..contact("c", "", "", "") };
        assert_eq!(language(&reader, &offered).map(Locale::as_str), Some(read), "{wanted:?}");
    }
}
