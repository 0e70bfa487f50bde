//! Connections to the server: a bounded number, each given back only while it is known to be sound.
//!
//! Not sqlx's own pool: that one answers "timed out" whatever the reason, asks the server once more at
//! every return, and keeps a connection whose question was given up halfway.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlx::postgres::{PgArguments, PgConnectOptions, PgRow};
use sqlx::{ConnectOptions as _, Connection as _, PgConnection};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::error::Elapsed;
use tokio::time::timeout;

/// A statement with its values.
pub(super) type Query = sqlx::query::Query<'static, sqlx::Postgres, PgArguments>;

/// A node asks a few things at a time; more connections than this would only queue on the server instead.
const MOST: usize = 8;
/// How long someone waits for a connection that others hold, for a new one to stand, and for an answer.
const FOR_A_TURN: Duration = Duration::from_secs(20);
const TO_CONNECT: Duration = Duration::from_secs(8);
const TO_ANSWER: Duration = Duration::from_secs(60);

/// Why there is no connection, or no answer on it.
#[derive(Debug)]
pub(super) enum Failure {
    /// Every connection is in use, and none came free.
    NoneFree,
    /// The server could not be reached in time, or did not answer in time.
    Silent(&'static str),
    Sqlx(sqlx::Error),
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        Self::Sqlx(error)
    }
}

#[derive(Debug, Clone)]
pub(super) struct Connections {
    options: Arc<PgConnectOptions>,
    /// Said on every new connection before anything else.
    greeting: &'static str,
    idle: Arc<Mutex<Vec<PgConnection>>>,
    turns: Arc<Semaphore>,
}

impl Connections {
    pub(super) fn new(options: PgConnectOptions, greeting: &'static str) -> Self {
        let options = Arc::new(options.disable_statement_logging());
        Self { options, greeting, idle: Arc::default(), turns: Arc::new(Semaphore::new(MOST)) }
    }

    /// A connection: an idle one, or a new one.
    pub(super) async fn get(&self) -> Result<Held, Failure> {
        let turn = timeout(FOR_A_TURN, self.turns.clone().acquire_owned()).await.map_err(|_| Failure::NoneFree)?;
        let turn = turn.map_err(|_| Failure::Sqlx(sqlx::Error::PoolClosed))?;
        let idle = self.idle().pop();
        let connection = match idle {
            Some(connection) => connection,
            None => self.connect().await?,
        };
        Ok(Held { connection: Some(connection), asking: false, home: self.clone(), _turn: turn })
    }

    async fn connect(&self) -> Result<PgConnection, Failure> {
        let connected = async {
            let mut connection = self.options.connect().await?;
            sqlx::raw_sql(self.greeting).execute(&mut connection).await?;
            Ok(connection)
        };
        timeout(TO_CONNECT, connected).await.map_err(|_| Failure::Silent("no connection came about in time"))?
    }

    /// Forgets the idle connections: after one was found dead, the others are likely to be.
    pub(super) fn forget(&self) {
        self.idle().clear();
    }

    /// Takes leave of the server; whoever still holds a connection keeps it until it is given back.
    pub(super) async fn close(&self) {
        self.turns.close();
        let idle = std::mem::take(&mut *self.idle());
        for connection in idle {
            let _ = timeout(Duration::from_secs(1), connection.close()).await;
        }
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<PgConnection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection in use; given back when dropped, unless what it was asked has not been answered.
pub(super) struct Held {
    connection: Option<PgConnection>,
    asking: bool,
    home: Connections,
    _turn: OwnedSemaphorePermit,
}

impl Held {
    /// Says something that has no values and whose answer does not matter beyond its success.
    pub(super) async fn tell(&mut self, statement: &'static str) -> Result<(), Failure> {
        let connection = self.before_asking()?;
        let answer = timeout(TO_ANSWER, sqlx::raw_sql(statement).execute(connection)).await;
        self.heard(answer).map(drop)
    }

    pub(super) async fn execute(&mut self, query: Query) -> Result<u64, Failure> {
        let connection = self.before_asking()?;
        let answer = timeout(TO_ANSWER, query.execute(connection)).await;
        self.heard(answer).map(|done| done.rows_affected())
    }

    pub(super) async fn all(&mut self, query: Query) -> Result<Vec<PgRow>, Failure> {
        let connection = self.before_asking()?;
        let answer = timeout(TO_ANSWER, query.fetch_all(connection)).await;
        self.heard(answer)
    }

    pub(super) async fn first(&mut self, query: Query) -> Result<Option<PgRow>, Failure> {
        let connection = self.before_asking()?;
        let answer = timeout(TO_ANSWER, query.fetch_optional(connection)).await;
        self.heard(answer)
    }

    fn before_asking(&mut self) -> Result<&mut PgConnection, Failure> {
        self.asking = true;
        self.connection.as_mut().ok_or(Failure::Silent("the connection was lost"))
    }

    /// An answer that does not come, or a broken connection, makes this one unfit for more.
    fn heard<T>(&mut self, answer: Result<Result<T, sqlx::Error>, Elapsed>) -> Result<T, Failure> {
        let answer = answer.map_err(|_| Failure::Silent("no answer came in time"));
        let answer = answer.and_then(|answer| answer.map_err(Failure::Sqlx));
        self.asking = false;
        if !answer.as_ref().err().is_none_or(|failure| matches!(failure, Failure::Sqlx(error) if is_refusal(error))) {
            self.connection = None;
        }
        answer
    }

    /// Never gives this connection back; the server ends what was under way on it.
    pub(super) fn give_up(&mut self) {
        self.connection = None;
    }

    pub(super) fn is_sound(&self) -> bool {
        self.connection.is_some()
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take().filter(|_| !self.asking && !self.home.turns.is_closed()) {
            self.home.idle().push(connection);
        }
    }
}

/// Whether the server refused a statement and goes on serving this connection.
fn is_refusal(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Database(error) => {
            let code = error.code().unwrap_or_default();
            // 57P0x: the server goes down; 25P03: it has ended an idle transaction; 25006: it is no primary any more.
            !code.starts_with("57P") && !code.starts_with("08") && code != "25P03" && code != "25006"
        }
        sqlx::Error::RowNotFound | sqlx::Error::ColumnDecode { .. } => true,
        _ => false,
    }
}
