//! `muster try`: a drill that plays while it is watched; whoever looks is one of its people, and may take part.

use std::sync::{Arc, PoisonError, RwLock};

use crate::app::{App, SignedIn};
use crate::drill::Watched;
use crate::incident::PersonId;
use crate::incident::roles::LEAD;

/// A drill being watched.
pub(crate) struct Trial {
    pub(crate) watched: Arc<Watched>,
    /// Everyone in it, by handle and name.
    people: Vec<(PersonId, String)>,
    /// As whom the visitor looks and acts.
    visitor: RwLock<SignedIn>,
}

impl Trial {
    /// The visitor comes in as whoever leads.
    pub(crate) fn new(app: &App, watched: Arc<Watched>) -> Self {
        let known = &app.settings().people;
        let people: Vec<_> = known.iter().map(|(id, person)| (PersonId(id.clone()), person.name.clone())).collect();
        let leads = known.iter().position(|(_, person)| person.roles.iter().any(|role| role == LEAD));
        let first = people.get(leads.unwrap_or_default()).cloned();
        let (person, name) = first.unwrap_or_else(|| (PersonId("you".to_owned()), String::new()));
        Self { watched, people, visitor: RwLock::new(SignedIn::visitor(person, &name)) }
    }

    pub(crate) fn people(&self) -> &[(PersonId, String)] {
        &self.people
    }

    /// Who looks.
    pub(crate) fn visitor(&self) -> SignedIn {
        self.visitor.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Lets the visitor look with somebody else's eyes; nobody's who is not there.
    pub(crate) fn look_as(&self, person: &str) {
        if let Some((person, name)) = self.people.iter().find(|(id, _)| id.0 == person) {
            *self.visitor.write().unwrap_or_else(PoisonError::into_inner) = SignedIn::visitor(person.clone(), name);
        }
    }
}
