//! Outbound addresses: which of them nothing may be sent to, however they are spelt.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use reqwest::Url;

/// Refuses loopback, private, link-local and metadata addresses, except for ranges the operator allows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Guard {
    allowed: Vec<Range>,
}

/// An address range: every address whose first `prefix` bits are these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Range {
    address: IpAddr,
    prefix: u8,
}

/// Why an address is not called.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("this is not an address that can be called over HTTP")]
    NotHttp,
    #[error("the address holds a user or password")]
    UserInAddress,
    #[error(
        "`{host}` is an address of this machine or a private network; allow it in `[outbound] allow` if that is meant"
    )]
    NotAllowed { host: String },
}

impl Guard {
    /// Allows the ranges that the settings name; they were checked as they were read.
    pub fn new(allowed: &[String]) -> Self {
        Self { allowed: allowed.iter().filter_map(|range| Range::read(range)).collect() }
    }

    /// Checks a URL before anything is resolved: its scheme, and its host where that is an address.
    pub fn check_url(&self, url: &Url) -> Result<(), Refusal> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Refusal::NotHttp);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refusal::UserInAddress);
        }
        let host = url.host_str().ok_or(Refusal::NotHttp)?;
        match host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
            Ok(address) if !self.permits(address) => Err(Refusal::NotAllowed { host: host.to_owned() }),
            _ => Ok(()),
        }
    }

    /// Whether an address, however it was found, may be called.
    pub fn permits(&self, address: IpAddr) -> bool {
        let inside = embedded(address);
        let refused = is_refused(address) || inside.is_some_and(|inside| is_refused(IpAddr::V4(inside)));
        !refused || self.allows(address) || inside.is_some_and(|inside| self.allows(IpAddr::V4(inside)))
    }

    fn allows(&self, address: IpAddr) -> bool {
        self.allowed.iter().any(|range| range.holds(address))
    }
}

impl Range {
    fn read(written: &str) -> Option<Self> {
        let (address, prefix) = written.split_once('/').map_or((written, None), |(a, p)| (a, Some(p)));
        let address: IpAddr = address.trim().parse().ok()?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.map_or(Some(longest), |prefix| prefix.trim().parse().ok())?;
        (prefix <= longest).then_some(Self { address, prefix })
    }

    fn holds(self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(range), IpAddr::V4(address)) => {
                same_start(u128::from(range.to_bits()) << 96, u128::from(address.to_bits()) << 96, self.prefix)
            }
            (IpAddr::V6(range), IpAddr::V6(address)) => same_start(range.to_bits(), address.to_bits(), self.prefix),
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }
}

fn same_start(a: u128, b: u128, bits: u8) -> bool {
    bits == 0 || (a ^ b) >> (128 - u32::from(bits)) == 0
}

/// The IPv4 address that an IPv6 address stands for: mapped, compatible, NAT64 or 6to4.
fn embedded(address: IpAddr) -> Option<Ipv4Addr> {
    let IpAddr::V6(address) = address else { return None };
    let bits = address.to_bits();
    let low = Ipv4Addr::from_bits(bits as u32);
    let mapped = bits >> 32 == 0xffff;
    let compatible = bits >> 32 == 0 && bits > 1;
    let translated = bits >> 32 == 0xffff_0000;
    let nat64 = bits >> 32 == 0x0064_ff9b << 64;
    if mapped || compatible || translated || nat64 {
        return Some(low);
    }
    (bits >> 112 == 0x2002).then(|| Ipv4Addr::from_bits((bits >> 80) as u32))
}

fn is_refused(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_refused_v4(address),
        IpAddr::V6(address) => is_refused_v6(address),
    }
}

/// What the IANA registry of special-purpose addresses does not call globally reachable, and metadata services.
fn is_refused_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    match (a, b, c) {
        (0 | 10 | 127, ..) | (169, 254, _) | (192, 168, _) => true,
        (100, 64..=127, _) | (172, 16..=31, _) | (198, 18..=19, _) => true,
        (192, 0, 0 | 2) | (198, 51, 100) | (203, 0, 113) => true,
        (224.., ..) => true,
        _ => address == Ipv4Addr::new(168, 63, 129, 16),
    }
}

fn is_refused_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    address.is_unspecified()
        || address.is_loopback()
        || address.is_multicast()
        || address.is_unique_local()
        || address.is_unicast_link_local()
        || segments[0] & 0xffc0 == 0xfec0
        || segments[..2] == [0x2001, 0]
        || segments[..2] == [0x2001, 0x0db8]
        || segments[..4] == [0x0100, 0, 0, 0]
        || segments[..3] == [0x0064, 0xff9b, 1]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(guard: &Guard, url: &str) -> bool {
        guard.check_url(&Url::parse(url).expect(url)).is_err()
    }

    #[test]
    fn private_loopback_link_local_and_metadata_addresses_are_refused_in_every_spelling() {
        for host in [
            "127.0.0.1",
            "127.1",
            "0x7f.1",
            "0x7f000001",
            "2130706433",
            "0177.0.0.1",
            "017700000001",
            "127.0.0.1.",
            "１２７.０.０.１",
            "0",
            "0.0.0.0",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "100.64.0.1",
            "169.254.169.254",
            "0xa9fea9fe",
            "2852039166",
            "0251.0376.0251.0376",
            "100.100.100.200",
            "168.63.129.16",
            "192.0.0.192",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "[::]",
            "[::1]",
            "[0:0:0:0:0:0:0:1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[::127.0.0.1]",
            "[64:ff9b::169.254.169.254]",
            "[64:ff9b:1::1]",
            "[2002:7f00:1::]",
            "[2002:a9fe:a9fe::1]",
            "[::ffff:0:127.0.0.1]",
            "[fc00::1]",
            "[fd00:ec2::254]",
            "[fe80::1]",
            "[fec0::1]",
            "[ff02::1]",
            "[2001::1]",
            "[2001:db8::1]",
        ] {
            assert!(refused(&Guard::default(), &format!("http://{host}/hook")), "{host}");
        }
    }

    #[test]
    fn public_addresses_and_names_pass() {
        for host in ["1.1.1.1", "172.32.0.1", "100.128.0.1", "[2606:4700::1111]", "[64:ff9b::1.1.1.1]", "example.com"] {
            assert!(!refused(&Guard::default(), &format!("https://{host}/hook")), "{host}");
        }
    }

    #[test]
    fn only_http_without_a_user_is_called() {
        for url in ["ftp://example.com/", "file:///etc/passwd", "gopher://1.1.1.1/", "https://dana:pw@example.com/"] {
            assert!(refused(&Guard::default(), url), "{url}");
        }
    }

    #[test]
    fn the_operator_allows_ranges_and_nothing_beside_them() {
        let guard = Guard::new(&["127.0.0.0/8".into(), "fd00::/8".into(), "192.168.7.9".into()]);
        for (url, is_refused) in [
            ("http://127.0.0.1:8025/", false),
            ("http://2130706433/", false),
            ("http://[::ffff:127.0.0.1]/", false),
            ("http://[::1]/", true),
            ("http://[fd12::1]/", false),
            ("http://[fe80::1]/", true),
            ("http://192.168.7.9/", false),
            ("http://192.168.7.8/", true),
            ("http://169.254.169.254/", true),
        ] {
            assert_eq!(refused(&guard, url), is_refused, "{url}");
        }
        assert!(!refused(&Guard::new(&["0.0.0.0/0".into()]), "http://10.0.0.1/"));
    }
}
