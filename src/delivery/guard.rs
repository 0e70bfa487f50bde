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

/// What `localhost` stands for (RFC 6761, 6.3), whatever a name server says.
const LOOPBACK: [IpAddr; 2] = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];

fn is_this_machine(host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    host == "localhost" || host.ends_with(".localhost")
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
        if is_this_machine(host) && !LOOPBACK.into_iter().any(|address| self.permits(address)) {
            return Err(Refusal::NotAllowed { host: host.to_owned() });
        }
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

/// Whether an address is in one of these ranges; they were checked as they were read.
pub fn is_in(ranges: &[String], address: IpAddr) -> bool {
    ranges.iter().filter_map(|range| Range::read(range)).any(|range| range.holds(address.to_canonical()))
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

/// The IPv4 address that an IPv6 address stands for: mapped, compatible, NAT64, ISATAP or 6to4.
fn embedded(address: IpAddr) -> Option<Ipv4Addr> {
    let IpAddr::V6(address) = address else { return None };
    let bits = address.to_bits();
    let low = Ipv4Addr::from_bits(bits as u32);
    let mapped = bits >> 32 == 0xffff;
    let compatible = bits >> 32 == 0 && bits > 1;
    let translated = bits >> 32 == 0xffff_0000;
    let nat64 = bits >> 32 == 0x0064_ff9b << 64;
    let isatap = matches!((bits >> 32) as u32, 0x0000_5efe | 0x0200_5efe);
    if mapped || compatible || translated || nat64 || isatap {
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
        (192, 0, 0 | 2) | (192, 88, 99) | (198, 51, 100) | (203, 0, 113) => true,
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
        // Teredo, benchmarks, ORCHID and what else the IETF keeps for protocols.
        || (segments[0] == 0x2001 && segments[1] < 0x0200)
        || segments[..2] == [0x2001, 0x0db8]
        || (segments[0] == 0x3fff && segments[1] < 0x1000)
        || segments[0] == 0x5f00
        || segments[..4] == [0x0100, 0, 0, 0]
        || segments[..3] == [0x0064, 0xff9b, 1]
}

#[cfg(test)]
mod tests;
