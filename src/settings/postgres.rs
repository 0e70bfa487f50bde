//! The address of a PostgreSQL store: its URL, with what PostgreSQL's own variables and password file add to it.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use sqlx::postgres::PgConnectOptions;

use super::reader::Refused;

/// What a URL may say after its `?`; anything else would be passed over in silence.
const PARAMETERS: [&str; 17] = [
    "sslmode",
    "ssl-mode",
    "sslrootcert",
    "ssl-root-cert",
    "ssl-ca",
    "sslcert",
    "ssl-cert",
    "sslkey",
    "ssl-key",
    "statement-cache-capacity",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "application_name",
    "options",
];

/// Where a PostgreSQL store is and how to sign in; the password is never shown.
#[derive(Clone)]
pub struct Postgres {
    options: Arc<PgConnectOptions>,
    place: String,
}

impl Postgres {
    /// Reads a URL; files it names are relative to the folder. What the URL leaves out is taken from the variables
    /// that every PostgreSQL client reads (`PGPASSWORD`, `PGHOST`, …) and from the password file (`~/.pgpass`).
    pub(super) fn read(written: &str, folder: &Path) -> Result<Self, Refused> {
        const FORM: &str = "write `postgres://USER@HOST/DATABASE`";
        let no_url = || Refused::new("`store` is not a PostgreSQL URL").help(FORM);
        let url = reqwest::Url::parse(written).map_err(|_| no_url())?;
        let known = |key: &str| PARAMETERS.contains(&key) || (key.starts_with("options[") && key.ends_with(']'));
        if let Some((key, _)) = url.query_pairs().find(|(key, _)| !known(key)) {
            return Err(Refused::new(format!("`{key}` is nothing that `store` can say of PostgreSQL"))
                .help("after the `?` it may say `sslmode`, `sslrootcert`, `sslcert`, `sslkey`, `options`"));
        }
        let mut options: PgConnectOptions = written.parse().map_err(|_| no_url())?;
        for (key, value) in url.query_pairs() {
            let file = folder.join(&*value);
            options = match &*key {
                "sslrootcert" | "ssl-root-cert" | "ssl-ca" => options.ssl_root_cert(file),
                "sslcert" | "ssl-cert" => options.ssl_client_cert(file),
                "sslkey" | "ssl-key" => options.ssl_client_key(file),
                _ => options,
            };
        }
        if options.get_database().is_none() {
            return Err(Refused::new("`store` names no database").help(FORM));
        }
        if options.get_application_name().is_none() {
            options = options.application_name("muster");
        }
        let place = place(&options);
        Ok(Self { options: Arc::new(options), place })
    }

    /// How to connect, secrets included.
    pub fn options(&self) -> &PgConnectOptions {
        &self.options
    }

    /// The address as people may see it: without the password.
    pub fn place(&self) -> &str {
        &self.place
    }
}

fn place(options: &PgConnectOptions) -> String {
    let (user, database) = (options.get_username(), options.get_database().unwrap_or_default());
    match options.get_socket() {
        Some(socket) => format!("postgres://{user}@{}/{database}", socket.display()),
        None => format!("postgres://{user}@{}:{}/{database}", options.get_host(), options.get_port()),
    }
}

impl fmt::Debug for Postgres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Postgres").field(&self.place).finish()
    }
}

impl PartialEq for Postgres {
    fn eq(&self, other: &Self) -> bool {
        self.place == other.place
    }
}

impl Eq for Postgres {}

#[cfg(test)]
mod tests {
    use sqlx::postgres::PgSslMode;

    use super::*;

    fn read(written: &str) -> Result<Postgres, String> {
        Postgres::read(written, Path::new("/etc/muster")).map_err(|refused| refused.into_parts().0)
    }

    #[test]
    fn the_password_is_used_but_never_shown() {
        let url = read("postgres://muster:hunter2@db.example.com/muster?sslmode=verify-full").expect("a URL");
        assert_eq!(url.options().to_url_lossy().password(), Some("hunter2"));
        assert!(matches!(url.options().get_ssl_mode(), PgSslMode::VerifyFull));
        assert_eq!(format!("{url:?}"), r#"Postgres("postgres://muster@db.example.com:5432/muster")"#);
    }

    #[test]
    fn what_a_url_cannot_say_is_refused_without_repeating_its_password() {
        for (written, refused) in [
            ("postgres://muster:hunter2@db/muster?sslmode=perhaps", "`store` is not a PostgreSQL URL"),
            ("postgres://muster:hunter2@db:port/muster", "`store` is not a PostgreSQL URL"),
            (
                "postgres://muster:hunter2@db/muster?connect_timeout=3",
                "`connect_timeout` is nothing that `store` can say of PostgreSQL",
            ),
            (
                "postgres://muster@db/muster?password=hunter2",
                "`password` is nothing that `store` can say of PostgreSQL",
            ),
        ] {
            assert_eq!(read(written).expect_err(written), refused, "{written}");
        }
    }

    #[test]
    fn a_socket_is_a_place_too() {
        let url = read("postgres://muster@%2Frun%2Fpostgresql/muster").expect("a URL");
        assert_eq!(url.place(), "postgres://muster@/run/postgresql/muster");
    }

    use sqlx::ConnectOptions as _;
}
