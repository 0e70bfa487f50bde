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
    visitor: RwLock<PersonId>,
}

impl Trial {
    /// The visitor comes in as whoever leads.
    pub(crate) fn new(app: &App, watched: Arc<Watched>) -> Self {
        let known = &app.settings().people;
        let people: Vec<_> = known.iter().map(|(id, person)| (PersonId(id.clone()), person.name.clone())).collect();
        let leads = known.iter().find(|(_, person)| person.roles.iter().any(|role| role == LEAD));
        let first = leads.map(|(id, _)| PersonId(id.clone())).or_else(|| people.first().map(|(id, _)| id.clone()));
        let visitor = first.unwrap_or_else(|| PersonId("you".to_owned()));
        Self { watched, people, visitor: RwLock::new(visitor) }
    }

    pub(crate) fn people(&self) -> &[(PersonId, String)] {
        &self.people
    }

    /// Who looks.
    pub(crate) fn visitor(&self) -> SignedIn {
        let person = self.visitor.read().unwrap_or_else(PoisonError::into_inner).clone();
        let name = self.people.iter().find(|(id, _)| *id == person).map(|(_, name)| name.clone());
        SignedIn::visitor(person, name)
    }

    /// Lets the visitor look with somebody else's eyes; nobody who is not there.
    pub(crate) fn look_as(&self, person: &str) {
        if let Some((person, _)) = self.people.iter().find(|(id, _)| id.0 == person) {
            *self.visitor.write().unwrap_or_else(PoisonError::into_inner) = person.clone();
        }
    }
}
