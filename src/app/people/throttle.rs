//! Throttling: how often a sign-in may fail before the next try has to wait.

use std::net::IpAddr;
use std::time::Duration;

use crate::store::people::Bound;

/// The stretch of time in which failures are counted.
const WITHIN: Duration = Duration::from_secs(15 * 60);
/// For one account from one address: five, as somebody has who is looking for the right one.
const HERE: u32 = 5;
/// For one account from anywhere: guessing goes nowhere, and its owner is not easily kept out by others.
const ACCOUNT: u32 = 50;
/// From one address, on any accounts: a team behind one address still gets in.
const ADDRESS: u32 = 40;
/// On the whole installation.
const ALL: u32 = 3_000;
const EVERYTHING: &str = "all";

/// What a try to sign in counts for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Counted {
    account: String,
    address: String,
}

impl Counted {
    /// Named by what was typed, whether there is such an account or not, so that the answer does not tell.
    pub(super) fn of(typed: &str, address: &str) -> Self {
        let account: String = typed.trim().to_lowercase().chars().take(64).collect();
        Self { account, address: network(address) }
    }

    pub(super) fn bounds(&self) -> Vec<Bound> {
        let bound = |counted, most| Bound { counted, most, within: WITHIN };
        vec![
            bound(self.here(), HERE),
            bound(self.everywhere(), ACCOUNT),
            bound(self.neighbourhood(), ADDRESS),
            bound(EVERYTHING.to_owned(), ALL),
        ]
    }

    /// Counts that begin anew with the right password.
    pub(super) fn anew(&self) -> [String; 1] {
        [self.here()]
    }

    /// Counts from which a try is taken back with the right password.
    pub(super) fn taken_back(&self) -> [String; 3] {
        [self.everywhere(), self.neighbourhood(), EVERYTHING.to_owned()]
    }

    fn here(&self) -> String {
        format!("{}|{}", self.account, self.address)
    }

    fn everywhere(&self) -> String {
        format!("account|{}", self.account)
    }

    fn neighbourhood(&self) -> String {
        format!("address|{}", self.address)
    }
}

/// An address as one home or office has it: of IPv6 the first 64 bits.
fn network(address: &str) -> String {
    match address.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V4(address)) => address.to_string(),
        Ok(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        Err(_) => "unknown".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_counts_as_its_home_or_office_does() {
        for (address, counted) in [
            ("192.0.2.7", "192.0.2.7"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
            ("nonsense", "unknown"),
        ] {
            assert_eq!(network(address), counted, "{address}");
        }
        assert_eq!(Counted::of(" Dana ", "192.0.2.7"), Counted::of("dana", "::ffff:192.0.2.7"));
    }
}
