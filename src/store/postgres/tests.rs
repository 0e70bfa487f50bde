//! What the failures of a server mean for the store.

use super::*;
use crate::clock::Stopwatch;

fn store(url: &str) -> Postgres {
    let overrides = settings::Overrides { store: Some(url.to_owned()), ..settings::Overrides::default() };
    let settings = settings::load(std::path::Path::new("/"), &overrides).expect("settings");
    let settings::StoreUrl::Postgres(server) = settings.store else { panic!("{url}") };
    Postgres::at(&server, true)
}

#[derive(Debug, thiserror::Error)]
#[error("refused")]
struct Refused(&'static str);

impl sqlx::error::DatabaseError for Refused {
    fn message(&self) -> &str {
        "refused"
    }

    fn code(&self) -> Option<std::borrow::Cow<'_, str>> {
        Some(self.0.into())
    }

    fn as_error(&self) -> &(dyn std::error::Error + Send + Sync + 'static) {
        self
    }

    fn as_error_mut(&mut self) -> &mut (dyn std::error::Error + Send + Sync + 'static) {
        self
    }

    fn into_error(self: Box<Self>) -> Box<dyn std::error::Error + Send + Sync + 'static> {
        self
    }

    fn kind(&self) -> sqlx::error::ErrorKind {
        sqlx::error::ErrorKind::Other
    }
}

#[tokio::test]
async fn every_refusal_that_has_a_remedy_is_named_with_it() {
    let store = store("postgres://muster:hunter2@db.example.com/muster");
    for (code, message, help, waits) in [
        ("40001", "the incident has moved on since it was read", "try the same command again", false),
        ("40P01", "the incident has moved on since it was read", "try the same command again", false),
        ("57P01", "is starting up or shutting down", "wait until PostgreSQL is up again", true),
        ("57P03", "is starting up or shutting down", "wait until PostgreSQL is up again", true),
        ("53300", "takes no more connections", "raise `max_connections`", true),
        ("53100", "the disk that holds", "free some space", false),
        ("25006", "only follows another", "name the server that takes writes", true),
        ("3D000", "has no database", "createdb", false),
        ("28P01", "refuses the sign-in", "`PGPASSWORD`", false),
        ("42501", "may not do what Muster needs", "create tables", false),
        ("XX001", "is damaged", "restore the database", false),
        ("08006", "can't be reached", "check that PostgreSQL runs there", true),
    ] {
        let error = store.name(Failure::Sqlx(sqlx::Error::Database(Box::new(Refused(code)))));
        let said = format!("{error} / {error:?}");
        assert!(error.to_string().contains(message), "{code}: {said}");
        assert!(error.help().is_some_and(|said| said.contains(help)), "{code}: {:?}", error.help());
        assert_eq!(error.is_outage(), waits, "{code}");
        assert!(!said.contains("hunter2"), "{said}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named_before_anyone_loses_patience() {
    let watch = Stopwatch::start();
    // Nothing listens on the discard port.
    let error = store("postgres://muster:hunter2@127.0.0.1:9/muster").found().await.expect_err("unreachable");
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
    assert!(error.to_string().contains("postgres://muster@127.0.0.1:9/muster"), "{error}");
    assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
    assert!(watch.elapsed() < TO_OPEN * 2, "a person waits for this");
}
