//! A change under way on a connection of its own, from its beginning to its commit or its rollback.

use sqlx::postgres::PgRow;

use super::connections::{Failure, Held, Query};
use super::{Error, Patience, Postgres};

/// A change that has begun; dropped before its commit, it has not happened.
pub(in crate::store) struct Change {
    held: Option<Held>,
    store: Postgres,
    /// A statement was refused: the server takes nothing more, and would answer a commit with a rollback.
    refused: bool,
}

impl Change {
    pub(in crate::store) async fn begin(store: &Postgres) -> Result<Self, Error> {
        if !store.writes {
            return Err(Error::ReadOnly(store.place.clone()));
        }
        let mut patience = Patience::new();
        loop {
            match Self::try_begin(store).await.map_err(|failure| store.name(failure)) {
                // Nothing has happened yet, so that it may begin again.
                Err(error) if patience.lasts(&error).await => {}
                begun => return begun,
            }
        }
    }

    async fn try_begin(store: &Postgres) -> Result<Self, Failure> {
        let mut held = store.connection().await?;
        held.tell("BEGIN ISOLATION LEVEL READ COMMITTED").await?;
        Ok(Self { held: Some(held), store: store.clone(), refused: false })
    }

    pub(in crate::store) async fn execute(&mut self, query: Query) -> Result<u64, Error> {
        let answer = self.held().execute(query).await;
        self.heard(answer)
    }

    pub(in crate::store) async fn all(&mut self, query: Query) -> Result<Vec<PgRow>, Error> {
        let answer = self.held().all(query).await;
        self.heard(answer)
    }

    pub(in crate::store) async fn first(&mut self, query: Query) -> Result<Option<PgRow>, Error> {
        let answer = self.held().first(query).await;
        self.heard(answer)
    }

    fn heard<T>(&mut self, answer: Result<T, Failure>) -> Result<T, Error> {
        self.refused |= answer.is_err();
        answer.map_err(|failure| self.store.name(failure))
    }

    /// Makes the changes durable; [`Error::InDoubt`] where the server went away and nobody can say.
    pub(in crate::store) async fn commit(mut self) -> Result<(), Error> {
        if self.refused {
            return Err(Error::Database(sqlx::Error::Protocol("a change went on after a refusal".to_owned())));
        }
        let told = self.held().tell("COMMIT").await;
        let is_sound = self.held().is_sound();
        if is_sound {
            self.held = None;
        }
        match told.map_err(|failure| self.store.name(failure)) {
            Err(error) if error.is_outage() && !is_sound => {
                Err(Error::InDoubt { place: self.store.place.clone(), source: Box::new(error) })
            }
            told => told,
        }
    }

    fn held(&mut self) -> &mut Held {
        self.held.as_mut().expect("a change has its connection until it ends")
    }
}

impl Drop for Change {
    /// Takes back what was not committed before anyone else gets the connection.
    fn drop(&mut self) {
        let Some(mut held) = self.held.take().filter(Held::is_sound) else { return };
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => {
                runtime.spawn(async move {
                    // Where it fails the connection is not used again, and the server rolls back by itself.
                    let _ = held.tell("ROLLBACK").await;
                });
            }
            Err(_) => held.give_up(),
        }
    }
}
