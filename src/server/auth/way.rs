//! By which way a request comes: under which name, encrypted or not, from whom.

use std::net::{IpAddr, SocketAddr};

use axum::http::header;
use axum::http::request::Parts;
use axum::http::uri::Authority;

use crate::app::people::Place;
use crate::server::listener::Peer;
use crate::server::site::Site;
use crate::settings::Settings;

/// By which way a request comes, as far as that decides what it may carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// Under the console's own address, which begins with `https`.
    Encrypted,
    /// From this machine to itself.
    ThisMachine,
    /// Under the console's own address, which the operator says is not encrypted.
    AsTheOperatorSays,
    /// Across a network under a bare address: nobody is asked for a password here.
    Open,
}

impl Way {
    pub(crate) fn of(parts: &Parts, site: &Site) -> Self {
        match host(parts) {
            Some(authority) => Named::of(&authority, site.app.settings()).way(),
            None => Self::Open,
        }
    }

    /// Whether someone may sign in by it.
    pub(crate) fn is_safe(self) -> bool {
        self != Self::Open
    }
}

/// What a request's host is to this installation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    Console {
        encrypted: bool,
    },
    ThisMachine,
    /// An address: no name server can lead anybody to it.
    Address,
    /// A name that is not ours: somebody's own, led here by their name server.
    Stranger,
}

impl Named {
    pub(super) fn of(authority: &Authority, settings: &Settings) -> Self {
        let host = authority.host().trim_end_matches('.').to_ascii_lowercase();
        let console = settings.console.url.as_deref().and_then(|url| url.split_once("://"));
        if let Some((scheme, ours)) = console
            && (authority.as_str().eq_ignore_ascii_case(ours) || host == ours)
        {
            return Self::Console { encrypted: scheme == "https" };
        }
        let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        match address.map(|address| address.to_canonical()) {
            Ok(address) if address.is_loopback() => Self::ThisMachine,
            Ok(_) => Self::Address,
            Err(_) if host == "localhost" || host.ends_with(".localhost") => Self::ThisMachine,
            Err(_) => Self::Stranger,
        }
    }

    fn way(self) -> Way {
        match self {
            Self::Console { encrypted: true } => Way::Encrypted,
            Self::Console { encrypted: false } => Way::AsTheOperatorSays,
            Self::ThisMachine => Way::ThisMachine,
            Self::Address | Self::Stranger => Way::Open,
        }
    }
}

/// The host that a request names; none where it names none, as only very old clients do, and `Err` where it is no host.
pub(super) fn host(parts: &Parts) -> Option<Authority> {
    if let Some(authority) = parts.uri.authority() {
        return Some(authority.clone());
    }
    parts.headers.get(header::HOST)?.to_str().ok()?.parse().ok()
}

/// Where somebody is: the browser, and the address that counts for throttling.
pub(super) fn place(parts: &Parts, site: &Site) -> Place {
    let browser = parts.headers.get(header::USER_AGENT).and_then(|header| header.to_str().ok()).unwrap_or_default();
    let peer = parts.extensions.get::<Peer>().map(|peer| peer.0);
    let forwarded = parts.headers.get_all("x-forwarded-for").into_iter().filter_map(|header| header.to_str().ok());
    let address = peer.map(|peer| client(peer, forwarded, |address| site.app.is_proxy(address)));
    Place { browser: browser.to_owned(), address: address.map(|address| address.to_string()).unwrap_or_default() }
}

/// On whose behalf a request comes: what a proxy of ours says, read from the end as far as only such proxies stand there.
fn client<'a>(peer: SocketAddr, forwarded: impl Iterator<Item = &'a str>, is_proxy: impl Fn(IpAddr) -> bool) -> IpAddr {
    let mut client = peer.ip().to_canonical();
    let said: Vec<&str> = forwarded.flat_map(|header| header.split(',')).map(str::trim).collect();
    for said in said.into_iter().rev() {
        if !is_proxy(client) {
            break;
        }
        match said.parse::<IpAddr>() {
            Ok(address) => client = address.to_canonical(),
            Err(_) => break,
        }
    }
    client
}

/// A path on this console that someone may be sent on to; anything else is no such path.
pub(crate) fn local_path(written: &str) -> Option<&str> {
    let fits = |c: char| c.is_ascii_graphic() && !matches!(c, '\\' | '"' | '<' | '>');
    let local = written.starts_with('/') && !written.starts_with("//") && written.chars().all(fits);
    (local && written.len() <= 1_000).then_some(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_elsewhere_after_signing_in() {
        for (written, local) in [
            ("/", true),
            ("/incidents/INC-7?tab=facts#timeline", true),
            ("//evil.example", false),
            ("/\\evil.example", false),
            ("https://evil.example", false),
            ("javascript:alert(1)", false),
            ("", false),
            ("/a\r\nSet-Cookie: b", false),
            ("/\u{9}/evil.example", false),
        ] {
            assert_eq!(local_path(written).is_some(), local, "{written:?}");
        }
    }

    #[test]
    fn only_our_own_proxies_say_on_whose_behalf_they_ask() {
        let proxy = |address: IpAddr| address.is_loopback() || address.to_string() == "10.0.0.5";
        for (peer, forwarded, client_is) in [
            ("192.0.2.9:1", vec!["203.0.113.1"], "192.0.2.9"),
            ("127.0.0.1:1", vec![], "127.0.0.1"),
            ("127.0.0.1:1", vec!["203.0.113.1"], "203.0.113.1"),
            ("127.0.0.1:1", vec!["198.51.100.1, 203.0.113.1"], "203.0.113.1"),
            ("[::ffff:127.0.0.1]:1", vec!["198.51.100.1", "203.0.113.1, 10.0.0.5"], "203.0.113.1"),
            ("127.0.0.1:1", vec!["198.51.100.1, nonsense"], "127.0.0.1"),
        ] {
            let peer = peer.parse().expect("an address");
            assert_eq!(client(peer, forwarded.iter().copied(), proxy).to_string(), client_is, "{forwarded:?}");
        }
    }

    #[test]
    fn a_name_that_is_not_ours_is_a_strangers() {
        let folder = tempfile::tempdir().expect("a folder");
        let config = folder.path().join("muster.toml");
        std::fs::write(&config, "[console]\nurl = \"https://Muster.example.com/\"\n").expect("written");
        let overrides = crate::settings::Overrides { config: Some(config), ..Default::default() };
        let settings = crate::settings::load(folder.path(), &overrides).expect("settings");
        assert_eq!(settings.console.url.as_deref(), Some("https://muster.example.com"));
        for (host, named) in [
            ("muster.example.com", Named::Console { encrypted: true }),
            ("MUSTER.example.com:443", Named::Console { encrypted: true }),
            ("muster.example.com.", Named::Console { encrypted: true }),
            ("127.0.0.1:7070", Named::ThisMachine),
            ("[::1]:7070", Named::ThisMachine),
            ("localhost:7070", Named::ThisMachine),
            ("192.168.1.20:7070", Named::Address),
            ("rebound.evil.example:7070", Named::Stranger),
            ("127.0.0.1.evil.example", Named::Stranger),
            ("muster.example.com.evil.example", Named::Stranger),
        ] {
            assert_eq!(Named::of(&host.parse().expect("a host"), &settings), named, "{host}");
        }
    }
}
