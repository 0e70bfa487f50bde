//! The contact book a screen at a time: looked through, counted, with whom nothing is sent to.

use std::collections::{HashMap, HashSet};

use super::book::{self, CHUNK};
use super::coverage::reach_step;
use super::recipients::Sets;
use super::view::{ContactLine, ContactPage, ReachPage, Suppressed, SuppressedPage, Touched};
use super::{App, Result};
use crate::contact::{Contact, ContactId};
use crate::incident::IncidentId;
use crate::notice::audience::Filter;
use crate::store::Store;

/// How many of those reached a page shows.
const MOST_REACHED: usize = 200;

impl App {
    /// Up to `limit` contacts after this id, of those in which the text is found; the book is not read beyond them.
    pub async fn contact_page(&self, text: Option<&str>, after: Option<&str>, limit: usize) -> Result<ContactPage> {
        let Some(store) = self.reader().await? else { return Ok(ContactPage::default()) };
        let after = after.map(ContactId::new);
        let text = text.map(str::trim).filter(|text| !text.is_empty());
        let mut contacts = match text {
            None => store.contacts_after(after.as_ref(), limit + 1).await?,
            Some(text) => found(store, text, after, limit + 1).await?,
        };
        let next = cut(&mut contacts, limit).map(|contact| contact.id.to_string());
        let addresses: Vec<String> = contacts.iter().filter_map(Contact::mail_address).map(str::to_owned).collect();
        let suppressed = store.suppressed(&addresses).await?;
        let is_suppressed = |contact: &Contact| {
            contact.mail_address().is_some_and(|address| suppressed.contains(&address.trim().to_lowercase()))
        };
        Ok(ContactPage {
            contacts: contacts
                .into_iter()
                .map(|contact| ContactLine { suppressed: is_suppressed(&contact), contact })
                .collect(),
            next,
            total: store.contact_count().await?,
            organisations: store.organisation_count().await?,
        })
    }

    /// Up to `limit` of the addresses and endpoints that nothing is sent to, after this one.
    pub async fn suppressed_page(&self, after: Option<&str>, limit: usize) -> Result<SuppressedPage> {
        let Some(store) = self.reader().await? else { return Ok(SuppressedPage::default()) };
        let mut found = store.suppressions(after, limit + 1).await?;
        let next = cut(&mut found, limit).map(|last| last.address.clone());
        let line = |known: crate::store::book::Suppression| Suppressed {
            address: known.address,
            reason: known.reason,
            at: known.at,
        };
        Ok(SuppressedPage { lines: found.into_iter().map(line).collect(), next })
    }

    /// Whom a `reach` step asks to be reached by hand: up to `limit` of those left after this id, and who has been.
    pub async fn reach_page(&self, id: IncidentId, step: &str, after: Option<&str>, limit: usize) -> Result<ReachPage> {
        let loaded = self.load(id).await?;
        let (step, audience) = reach_step(&loaded, step)?;
        let Some(store) = self.reader().await? else { return Ok(ReachPage::default()) };
        let touches: HashMap<ContactId, _> = store
            .touches(id)
            .await?
            .into_iter()
            .filter(|touch| &touch.step == step)
            .map(|touch| (touch.contact.clone(), touch))
            .collect();
        let filter = Filter::new(&loaded.runbook, &loaded.incident, audience);
        let after = after.map(str::to_lowercase);
        let (mut page, mut left, mut reached) = (ReachPage::default(), HashSet::new(), HashSet::new());
        let mut book = book::Walk::new(store);
        while let Some(contacts) = book.next().await? {
            let sets = Sets::of(store, &loaded, &contacts).await?;
            let membership: Vec<bool> =
                contacts.iter().map(|c| filter.select(c, sets.membership(c)).is_selected()).collect();
            for (contact, _) in contacts.into_iter().zip(membership).filter(|(_, selected)| *selected) {
                if loaded.incident.reached_by_hand.contains(&contact.id) {
                    page.reached_count += 1;
                    reached.insert(contact.org.clone());
                    let touch = touches.get(&contact.id);
                    let by = touch.map(|touch| touch.by.clone()).unwrap_or_default();
                    page.reached.push(Touched { by, at: touch.map(|touch| touch.at), contact });
                } else {
                    page.left += 1;
                    left.insert(contact.org.clone());
                    let is_before = after.as_ref().is_some_and(|after| contact.id.as_str().to_lowercase() <= *after);
                    if !is_before && page.to_reach.len() <= limit {
                        page.to_reach.push(contact);
                    }
                }
            }
        }
        page.next = cut(&mut page.to_reach, limit).map(|last| last.id.to_string());
        page.reached.sort_by_key(|touched| std::cmp::Reverse(touched.at));
        page.reached.truncate(MOST_REACHED);
        let organisations = |orgs: HashSet<String>| orgs.iter().filter(|org| !org.is_empty()).count() as u64;
        page.left_organisations = organisations(left);
        page.reached_organisations = organisations(reached);
        Ok(page)
    }
}

/// Leaves `limit` of what was asked for with one more; the last of them, if there is more after it.
fn cut<T>(found: &mut Vec<T>, limit: usize) -> Option<&T> {
    if found.len() <= limit {
        return None;
    }
    found.truncate(limit);
    found.last()
}

/// Contacts in which a text is found: in their id, organisation, name, addresses, phone, tags or columns of the book.
async fn found(store: &Store, text: &str, mut after: Option<ContactId>, limit: usize) -> Result<Vec<Contact>> {
    let wanted = text.to_lowercase();
    let mut found = Vec::new();
    loop {
        let some = store.contacts_holding(text, after.as_ref(), CHUNK).await?;
        let at_end = some.len() < CHUNK;
        after = some.last().map(|contact| contact.id.clone());
        found.extend(some.into_iter().filter(|contact| mentions(contact, &wanted)).take(limit - found.len()));
        if at_end || found.len() == limit {
            return Ok(found);
        }
    }
}

fn mentions(contact: &Contact, wanted: &str) -> bool {
    let of_lists = contact.emails.iter().chain(&contact.tags).chain(contact.attributes.values());
    let own = [contact.id.as_str(), &contact.org, &contact.name, &contact.phone, &contact.duty, &contact.kind];
    own.into_iter().chain(of_lists.map(String::as_str)).any(|held| held.to_lowercase().contains(wanted))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Outlet;
    use crate::clock::Clock;
    use crate::settings::{Overrides, load};

    async fn app(book: &str) -> App {
        let clock = Clock::virtual_at(chrono::DateTime::UNIX_EPOCH, 1);
        let store = Store::in_memory().await.expect("a store");
        let folder = tempfile::tempdir().expect("a folder");
        let settings = load(folder.path(), &Overrides::default()).expect("settings");
        let app = App::on(store, settings, clock, Outlet::World);
        app.import_contacts(book.as_bytes()).await.expect("a book");
        app
    }

    fn ids(page: &ContactPage) -> Vec<&str> {
        page.contacts.iter().map(|line| line.contact.id.as_str()).collect()
    }

    const BOOK: &str = "id,org,name,emails,tags\n\
        a-1,Acme,Ann,ann@acme.example,vip\n\
        b-1,Beta_50%,Bo,bo@beta.example,\n\
        b-2,Beta_50%,名字,,\n\
        c-1,,Cy,cy@c.example,\n";

    #[tokio::test]
    async fn a_page_of_the_book_says_how_to_go_on_and_what_the_whole_adds_up_to() {
        let app = app(BOOK).await;
        let first = app.contact_page(None, None, 2).await.expect("a page");
        assert_eq!((ids(&first), first.next.as_deref()), (vec!["a-1", "b-1"], Some("b-1")));
        assert_eq!((first.total, first.organisations), (4, 2));
        let second = app.contact_page(None, first.next.as_deref(), 2).await.expect("a page");
        assert_eq!((ids(&second), second.next.clone()), (vec!["b-2", "c-1"], None));
    }

    #[tokio::test]
    async fn contacts_are_found_by_what_they_hold_and_not_by_how_they_are_kept() {
        let app = app(BOOK).await;
        for (text, expected) in [
            ("ACME", vec!["a-1"]),
            ("名字", vec!["b-2"]),
            ("VIP", vec!["a-1"]),
            ("_50%", vec!["b-1", "b-2"]),
            ("%", vec!["b-1", "b-2"]),
            ("attributes", vec![]),
            ("\\", vec![]),
            ("  ", vec!["a-1", "b-1", "b-2", "c-1"]),
        ] {
            let page = app.contact_page(Some(text), None, 10).await.expect("a page");
            assert_eq!(ids(&page), expected, "{text}");
        }
    }

    #[tokio::test]
    async fn a_suppressed_address_shows_beside_its_contact_and_on_its_own_list() {
        let app = app(BOOK).await;
        app.suppress("Bo@beta.example").await.expect("suppressed");
        let page = app.contact_page(None, None, 10).await.expect("a page");
        let marks: Vec<_> = page.contacts.iter().map(|line| line.suppressed).collect();
        assert_eq!(marks, [false, true, false, false]);
        let list = app.suppressed_page(None, 10).await.expect("a page");
        assert_eq!((list.lines.len(), list.lines[0].address.as_str(), list.next), (1, "bo@beta.example", None));
    }
}
