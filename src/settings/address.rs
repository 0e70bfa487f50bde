//! Addresses as settings write them: the store's URL, the relay's, endpoints and address ranges.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use super::reader::Refused;
use super::{Postgres, Relay, Security, StoreUrl};

/// Reads `sqlite:FILE`, relative to the folder, or `postgres://…`.
pub(super) fn store(written: &str, folder: &Path) -> Result<StoreUrl, Refused> {
    if let Some(file) = written.strip_prefix("sqlite:") {
        let file = file.strip_prefix("//").unwrap_or(file);
        if file.is_empty() || file.starts_with(':') {
            return Err(Refused::new("`store` names no file").help("write `store = \"sqlite:muster.db\"`"));
        }
        return Ok(StoreUrl::Sqlite(folder.join(file)));
    }
    if written.starts_with("postgres:") || written.starts_with("postgresql:") {
        return Postgres::read(written, folder).map(StoreUrl::Postgres);
    }
    Err(Refused::new("`store` is not a store's URL")
        .help("write `store = \"sqlite:muster.db\"`, or `store = \"postgres://USER@HOST/DATABASE\"`"))
}

/// Reads where mail is handed over; folders are relative to the settings' folder.
pub(super) fn relay(written: &str, folder: &Path) -> Result<Relay, Refused> {
    const FORMS: &str = "write `smtp+starttls://HOST:587`, `smtps://HOST:465`, `smtp://HOST:25` or `file:FOLDER`";
    if let Some(outbox) = written.strip_prefix("file:") {
        let outbox = outbox.strip_prefix("//").unwrap_or(outbox);
        if outbox.is_empty() {
            return Err(Refused::new("`relay` names no folder").help("write `relay = \"file:outbox\"`"));
        }
        return Ok(Relay::Folder(folder.join(outbox)));
    }
    let Some((scheme, rest)) = written.split_once("://") else {
        return Err(Refused::new("`relay` is not a relay's address").help(FORMS));
    };
    let (security, default_port) = match scheme {
        "smtp" => (Security::Plain, 25),
        "smtp+starttls" => (Security::StartTls, 587),
        "smtps" => (Security::ImplicitTls, 465),
        other => return Err(Refused::new(format!("`{other}` is not a way to reach a relay")).help(FORMS)),
    };
    let (host, port) = host_and_port(rest.trim_end_matches('/'), default_port)?;
    Ok(Relay::Smtp { host, port, security })
}

fn host_and_port(rest: &str, default_port: u16) -> Result<(String, u16), Refused> {
    if rest.contains('@') {
        return Err(user_in_url("relay").help(
            "put the name into `username`, and the password into an environment variable named in `password_env`",
        ));
    }
    let (host, port) = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, port)) => (host, port.strip_prefix(':')),
        None => match rest.rsplit_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (rest, None),
        },
    };
    if host.is_empty() || host.chars().any(|c| c.is_whitespace() || matches!(c, '/' | '?' | '#')) {
        return Err(Refused::new("`relay` names no host"));
    }
    let port = match port {
        None => default_port,
        Some(port) => port
            .parse()
            .ok()
            .filter(|port| *port > 0)
            .ok_or_else(|| Refused::new(format!("`{port}` is not a port, which is a number from 1 to 65535")))?,
    };
    Ok((host.to_owned(), port))
}

/// Checks an address that is called over HTTP; one that carries a key belongs in the environment.
pub(super) fn endpoint(written: &str, key: &str) -> Result<String, Refused> {
    let not_http = || {
        Refused::new(format!("`{key}` is not an address that can be called"))
            .help("write it in full, as in `https://example.com/hook`")
    };
    // A placeholder may stand for a part of the path, so it is read as a plain word.
    let url = reqwest::Url::parse(&written.replace(['{', '}'], "_")).map_err(|_| not_http())?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(not_http());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(user_in_url(key).help("leave the name and password out of the address"));
    }
    if carries_a_key(&url) {
        let message = format!("`{key}` is an address that is itself a secret: whoever has it can post");
        return Err(Refused::coded("secret_in_settings", message)
            .help(format!("keep it in an environment variable and name that in `{key}_env`")));
    }
    Ok(written.to_owned())
}

/// Reads under which address the console is reached: a scheme and a host, as a browser names an origin.
pub(super) fn origin(written: &str) -> Result<String, Refused> {
    endpoint(written, "url")?;
    let whole = |url: &reqwest::Url| url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    match reqwest::Url::parse(written).ok().filter(whole) {
        Some(url) => Ok(url.origin().ascii_serialization()),
        None => Err(Refused::new("`url` of the console has more than a host and a port")
            .help("give the console a host of its own, as in `https://muster.example.com`")),
    }
}

fn user_in_url(key: &str) -> Refused {
    Refused::coded("secret_in_settings", format!("`{key}` holds a user or password in its address"))
}

/// Whether a robot's address holds the key it is called with.
fn carries_a_key(url: &reqwest::Url) -> bool {
    const KEY_HOSTS: [&str; 3] = ["hooks.slack.com", "open.feishu.cn", "open.larksuite.com"];
    const KEY_PARAMETERS: [&str; 6] = ["key", "access_token", "token", "sig", "secret", "api_key"];
    url.host_str().is_some_and(|host| KEY_HOSTS.contains(&host))
        || url.query_pairs().any(|(name, value)| {
            !value.starts_with('_') && KEY_PARAMETERS.contains(&name.to_ascii_lowercase().as_str())
        })
}

/// Checks an address range in CIDR notation; a single address is a range of one.
pub(super) fn range(written: &str) -> Result<(), Refused> {
    let (address, prefix) = written.split_once('/').map_or((written, None), |(a, p)| (a, Some(p)));
    let longest = match address.parse::<IpAddr>() {
        Ok(IpAddr::V4(_)) => 32,
        Ok(IpAddr::V6(_)) => 128,
        Err(_) => return Err(not_a_range(written)),
    };
    match prefix.map(str::parse::<u8>) {
        None => Ok(()),
        Some(Ok(prefix)) if prefix <= longest => Ok(()),
        Some(_) => Err(not_a_range(written)),
    }
}

fn not_a_range(written: &str) -> Refused {
    Refused::new(format!("`{written}` is not a range of addresses")).help("write it as in `10.0.0.0/8` or `fd00::/8`")
}

/// A path of the settings, relative to their folder.
pub(super) fn path(written: &str, folder: &Path) -> PathBuf {
    folder.join(written)
}
