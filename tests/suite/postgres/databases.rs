//! Databases: one for each test, made and dropped by a thread that outlives the test's runtime.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;

use muster::settings::StoreUrl;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

use super::store_url;

/// A database, dropped with this.
pub(crate) struct Database {
    admin: String,
    name: String,
}

struct Order {
    admin: String,
    statement: String,
    done: Option<mpsc::Sender<()>>,
}

impl Database {
    pub(super) fn create(admin: String) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("test_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let (done, waiting) = mpsc::channel();
        order(Order { admin: admin.clone(), statement: format!("CREATE DATABASE {name}"), done: Some(done) });
        waiting.recv().expect("a database");
        Self { admin, name }
    }

    /// Its address, as `store` has it.
    pub(crate) fn url(&self) -> String {
        let (server, _) = self.admin.rsplit_once('/').expect("a URL");
        format!("{server}/{}", self.name)
    }

    pub(crate) fn store_url(&self) -> StoreUrl {
        store_url(&self.url())
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The first number that a question is answered with.
    pub(crate) async fn number(&self, sql: &str) -> i64 {
        let mut connection = PgConnection::connect(&self.url()).await.expect("a connection");
        let number = sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_one(&mut connection).await;
        connection.close().await.expect("closed");
        number.expect("a number")
    }

    /// What someone with a database tool does.
    pub(crate) async fn run(&self, sql: &str) {
        let mut connection = PgConnection::connect(&self.url()).await.expect("a connection");
        connection.execute(sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))).await.expect("the statement works");
        connection.close().await.expect("closed");
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let statement = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        order(Order { admin: self.admin.clone(), statement, done: None });
    }
}

fn order(order: Order) {
    static CLERK: OnceLock<mpsc::Sender<Order>> = OnceLock::new();
    let clerk = CLERK.get_or_init(|| {
        let (sender, orders) = mpsc::channel::<Order>();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            for order in orders {
                runtime.block_on(carry_out(order));
            }
        });
        sender
    });
    let _ = clerk.send(order);
}

async fn carry_out(order: Order) {
    let done = async {
        let mut connection = PgConnection::connect(&order.admin).await?;
        connection.execute(sqlx::raw_sql(AssertSqlSafe(order.statement))).await?;
        connection.close().await
    };
    // A server that its test has stopped takes its databases with it.
    if let (Ok(()), Some(done)) = (done.await, order.done) {
        let _ = done.send(());
    }
}
