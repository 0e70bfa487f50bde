//! The contact book: imported in any chunks, found without regard to case, sets replaced as a whole.

use muster::contact::{Contact, ContactId, import};
use muster::runbook::{FallbackId, ReadyId, RunbookId, StepId};
use muster::store::book::{ContactSet, Imported, Readiness, endpoint_key};
use muster::store::journal::RowChange;

use super::fixture::{Fixture, On, at, commit, on_both};

on_both! {
    what_was_suppressed_says_why_and_can_be_let_back,
    importing_twice_changes_nothing,
    the_mark_of_the_book_changes_with_its_contacts_and_with_nothing_else,
    organisations_are_counted_once_each,
    a_text_is_found_wherever_it_stands_in_a_row_and_means_itself,
    ids_that_differ_by_case_are_one_contact_under_its_first_spelling,
    a_book_of_any_size_is_read_in_pages_without_a_gap,
    a_set_takes_effect_as_a_whole_and_replaces_the_one_before,
    people_reached_by_hand_are_kept_once_a_step,
    the_newest_readiness_of_each_check_counts,
    suppressed_addresses_are_listed_in_their_order,
}

fn contacts(csv: &str) -> Vec<Contact> {
    import::read(csv.as_bytes()).into_iter().map(|row| row.expect("a good row")).collect()
}

fn ids(names: &[&str]) -> Vec<ContactId> {
    names.iter().map(|name| ContactId::new(*name)).collect()
}

async fn importing_twice_changes_nothing(on: On) {
    let fixture = Fixture::new(on).await;
    let book = contacts("id,org,emails,tags,seats\nb,B,b@b.example,vip;cn,3\nA,甲,a@a.example,,\nc,,,,\n");
    let first = fixture.store.import_contacts(&book).await.expect("imported");
    assert_eq!(first, Imported { imported: 3, updated: 0, unchanged: 0 });
    let again = fixture.store.import_contacts(&book).await.expect("imported");
    assert_eq!(again, Imported { imported: 0, updated: 0, unchanged: 3 });
    let changed = fixture.store.import_contacts(&contacts("id,org\nb,Bee\nd,D\n")).await.expect("imported");
    assert_eq!(changed, Imported { imported: 1, updated: 1, unchanged: 0 });
    assert_eq!(fixture.store.contact_count().await.expect("counted"), 4);
}

async fn the_mark_of_the_book_changes_with_its_contacts_and_with_nothing_else(on: On) {
    let fixture = Fixture::new(on).await;
    let (here, there) = (&fixture.store, fixture.again().await);
    let mark = async || here.book_mark().await.expect("a mark");
    let empty = mark().await;
    here.import_contacts(&contacts("id,org\na,A\nb,B\n")).await.expect("imported");
    let first = mark().await;
    assert_ne!(first, empty);
    there.import_contacts(&contacts("id,org\nb,Bee\n")).await.expect("imported");
    let second = mark().await;
    assert_ne!(second, first, "whoever imports");
    assert_ne!(second, empty);
    there.import_contacts(&contacts("id,org\na,A\nb,Bee\n")).await.expect("imported");
    there.import_contacts(&[]).await.expect("imported");
    let incident = fixture.incident(1, 1).await;
    let staged = here.stage_set(incident, &ContactSet::Affected, at(1)).await.expect("staged");
    here.add_to_set(staged, &ids(&["a"])).await.expect("added");
    commit(here, incident, 1, 1, 1, vec![RowChange::UseSet(staged)]).await.expect("used");
    here.suppress("a@a.example", "asked", at(2)).await.expect("suppressed");
    assert_eq!(mark().await, second, "the book is as it was");
    let reading = muster::store::Store::open_to_read(&fixture.url).await.expect("opened").expect("a store");
    assert_eq!(reading.book_mark().await.expect("a mark"), second, "it needs no writer");
    // Two who import at once are both heard of.
    let (mine, theirs) = (contacts("id,org\nc,C\n"), contacts("id,org\nd,D\n"));
    let (one, other) = tokio::join!(here.import_contacts(&mine), there.import_contacts(&theirs));
    assert_eq!((one.expect("imported").imported, other.expect("imported").imported), (1, 1));
    let third = mark().await;
    here.import_contacts(&contacts("id,org\nc,Sea\n")).await.expect("imported");
    assert_ne!((third, mark().await), (second, third));
}

async fn organisations_are_counted_once_each(on: On) {
    let fixture = Fixture::new(on).await;
    assert_eq!(fixture.store.organisation_count().await.expect("counted"), 0);
    let book = contacts("id,org\na,Acme\nb,Acme\nc,\nd,博远\ne,\"\"\"Quoted\"\" & Sons\"\n");
    fixture.store.import_contacts(&book).await.expect("imported");
    assert_eq!(fixture.store.organisation_count().await.expect("counted"), 3);
}

async fn a_text_is_found_wherever_it_stands_in_a_row_and_means_itself(on: On) {
    let fixture = Fixture::new(on).await;
    let store = &fixture.store;
    let book = "id,org,name,emails\na-1,Ärzte,Ann,Ann@Acme.example\nb-2,Beta_50%,\"Bob \"\"B\"\"\",\n\
                c-3,C\\D,博远,\nd-4,Acme,Di,\n";
    store.import_contacts(&contacts(book)).await.expect("imported");
    let found = async |text: &str| -> Vec<String> {
        let found = store.contacts_holding(text, None, 10).await.expect("asked");
        found.into_iter().map(|contact| contact.id.to_string()).collect()
    };
    for (text, wanted) in [
        ("ACME", vec!["a-1", "d-4"]),
        ("ann@acme", vec!["a-1"]),
        ("Ärzte", vec!["a-1"]),
        ("博远", vec!["c-3"]),
        ("50%", vec!["b-2"]),
        ("a_5", vec!["b-2"]),
        ("a%5", vec![]),
        ("a-_", vec![]),
        ("Bob \"B\"", vec!["b-2"]),
        ("C\\D", vec!["c-3"]),
        ("nobody", vec![]),
    ] {
        assert_eq!(found(text).await, wanted, "{text}");
    }
    let second = store.contacts_holding("acme", Some(&ContactId::new("A-1")), 10).await.expect("asked");
    assert_eq!(second.len(), 1, "after the first");
    assert_eq!(store.contacts_holding("acme", None, 1).await.expect("asked").len(), 1);
}

async fn ids_that_differ_by_case_are_one_contact_under_its_first_spelling(on: On) {
    let fixture = Fixture::new(on).await;
    fixture.store.import_contacts(&contacts("id,name\nAcme-Ä,one\n")).await.expect("imported");
    let other = contacts("id,name\nACME-ä,two\n");
    let report = fixture.store.import_contacts(&other).await.expect("imported");
    assert_eq!(report, Imported { imported: 0, updated: 1, unchanged: 0 });
    let found = fixture.store.contacts(&ids(&["acme-ä"])).await.expect("found");
    assert_eq!((found.len(), found[0].id.as_str(), found[0].name.as_str()), (1, "Acme-Ä", "two"));
    let report = fixture.store.import_contacts(&other).await.expect("imported");
    assert_eq!(report.unchanged, 1);
}

async fn a_book_of_any_size_is_read_in_pages_without_a_gap(on: On) {
    let fixture = Fixture::new(on).await;
    let rows: String = (0..7001).map(|n| format!("c{n:05},n\n")).collect();
    fixture.store.import_contacts(&contacts(&format!("id,name\n{rows}"))).await.expect("imported");
    let (mut after, mut seen) = (None, Vec::new());
    loop {
        let page = fixture.store.contacts_after(after.as_ref(), 1000).await.expect("a page");
        let Some(last) = page.last() else { break };
        after = Some(last.id.clone());
        seen.extend(page.into_iter().map(|contact| contact.id.as_str().to_owned()));
    }
    let wanted: Vec<_> = (0..7001).map(|n| format!("c{n:05}")).collect();
    assert_eq!(seen, wanted);
}

async fn a_set_takes_effect_as_a_whole_and_replaces_the_one_before(on: On) {
    let fixture = Fixture::new(on).await;
    let store = &fixture.store;
    let incident = fixture.incident(1, 1).await;
    let set = ContactSet::Affected;
    let first = store.stage_set(incident, &set, at(0)).await.expect("staged");
    assert_eq!(store.add_to_set(first, &ids(&["b", "a", "B"])).await.expect("added"), 2);
    assert_eq!(store.set_members(incident, &set, None, 10).await.expect("asked"), [], "staged only");
    commit(store, incident, 1, 1, 1, vec![RowChange::UseSet(first)]).await.expect("used");
    assert_eq!(store.set_members(incident, &set, None, 10).await.expect("asked"), ids(&["a", "b"]));

    let second = store.stage_set(incident, &set, at(0)).await.expect("staged");
    store.add_to_set(second, &ids(&["b", "c"])).await.expect("added");
    let given_up = store.stage_set(incident, &set, at(0)).await.expect("staged");
    store.add_to_set(given_up, &ids(&["z"])).await.expect("added");
    store.discard_set(given_up).await.expect("discarded");
    commit(store, incident, 1, 2, 1, vec![RowChange::UseSet(second)]).await.expect("used");
    store.discard_set(second).await.expect("a used set stays");
    assert_eq!(store.set_members(incident, &set, None, 1).await.expect("asked"), ids(&["b"]));
    assert_eq!(store.set_members(incident, &set, Some(&ContactId::new("B")), 9).await.expect("asked"), ids(&["c"]));
    let found = store.in_set(incident, &set, &ids(&["a", "C", "b"])).await.expect("asked");
    assert_eq!(found.into_iter().collect::<Vec<_>>(), ids(&["C", "b"]));
    let fallback = ContactSet::Fallback(FallbackId::new("class_groups"));
    assert_eq!(store.set_members(incident, &fallback, None, 9).await.expect("asked"), []);
}

async fn people_reached_by_hand_are_kept_once_a_step(on: On) {
    let fixture = Fixture::new(on).await;
    let incident = fixture.incident(1, 1).await;
    let reach = |contacts: &[&str]| {
        vec![RowChange::ReachByHand { step: StepId::new("call"), contacts: ids(contacts), by: "phone".to_owned() }]
    };
    commit(&fixture.store, incident, 1, 1, 1, reach(&["a", "b"])).await.expect("committed");
    commit(&fixture.store, incident, 1, 2, 1, reach(&["b", "c"])).await.expect("committed");
    let touches = fixture.store.touches(incident).await.expect("asked");
    let seen: Vec<_> = touches.iter().map(|t| (t.contact.as_str(), t.by.as_str(), t.at)).collect();
    assert_eq!(seen, [("a", "phone", at(1)), ("b", "phone", at(1)), ("c", "phone", at(2))]);
}

async fn the_newest_readiness_of_each_check_counts(on: On) {
    let fixture = Fixture::new(on).await;
    let done = |check: &str, seconds, by: &str| Readiness {
        runbook: RunbookId::new("tags-deleted"),
        check: ReadyId::new(check),
        done_at: at(seconds),
        by: by.to_owned(),
    };
    for one in [done("test_account", 1, "dana"), done("backup", 5, "wei"), done("test_account", 9, "wei")] {
        fixture.store.record_readiness(&one).await.expect("recorded");
    }
    let newest = fixture.store.readiness(&RunbookId::new("tags-deleted")).await.expect("asked");
    assert_eq!(newest, [done("backup", 5, "wei"), done("test_account", 9, "wei")]);
    assert_eq!(fixture.store.readiness(&RunbookId::new("smear")).await.expect("asked"), []);
}

async fn suppressed_addresses_are_listed_in_their_order(on: On) {
    let fixture = Fixture::new(on).await;
    for address in ["b@x.example", " A@X.example "] {
        fixture.store.suppress(address, "asked to", at(1)).await.expect("suppressed");
    }
    let all = fixture.store.suppressions(None, 10).await.expect("asked");
    assert_eq!(all.iter().map(|s| s.address.as_str()).collect::<Vec<_>>(), ["a@x.example", "b@x.example"]);
    assert_eq!(fixture.store.suppressions(Some("a@x.example"), 10).await.expect("asked").len(), 1);
}

async fn what_was_suppressed_says_why_and_can_be_let_back(on: On) {
    let fixture = Fixture::new(on).await;
    let store = &fixture.store;
    let (hook, other) = (endpoint_key("Ops", "0af1"), endpoint_key("ops-2", "0af1"));
    for (address, reason) in [
        ("Ann@Acme.example", "unsubscribed"),
        ("https://acme.example/Hook", "410"),
        (hook.as_str(), "410 gone"),
        (other.as_str(), "410"),
    ] {
        assert!(store.suppress(address, reason, at(1)).await.expect("suppressed"));
        assert!(!store.suppress(address, "again", at(2)).await.expect("suppressed"));
    }
    let reason = async |address: &str| store.suppression(address).await.expect("asked").map(|found| found.reason);
    assert_eq!(reason(" ann@acme.EXAMPLE").await.as_deref(), Some("unsubscribed"));
    assert_eq!(reason("https://acme.example/Hook").await.as_deref(), Some("410"));
    assert_eq!(reason("https://acme.example/hook").await, None, "an address is not a mail address");
    assert_eq!(reason(&endpoint_key("Ops", "ffff")).await, None, "with another address it is another endpoint");
    let lifted = async |written: &str| store.unsuppress(written).await.expect("lifted").len();
    assert_eq!([lifted("ops").await, lifted("ops").await, lifted("ann@acme.example").await], [1, 0, 1]);
    assert_eq!((reason(&hook).await, reason(&other).await.as_deref()), (None, Some("410")));
    assert_eq!(lifted("https://acme.example/Hook").await, 1);
}
