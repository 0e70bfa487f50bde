//! What has happened before somebody looks: one incident over and written up, one in its midst.

use super::site::Site;
use crate::faults::incident::{VISITS, from_start_to_review};

const RESULTS: &str = "Half an hour.\n\n- The form has a limit now.\n";

/// Customers know, the desks are open, one containment is in force and one waits; the second notice waits for approval.
const MIDST: [&str; 13] = [
    "start crm-withdrawals --severity sev1 --role lead=dana --role support=kim",
    "done take_lead",
    "done first_facts",
    "notice draft first_notice --as kim",
    "approve first_notice --as dana",
    "notice send first_notice --recipients 3",
    "note \"Bank A says that nothing changed on their side\"",
    "affected import contacts.csv",
    "fallback on mail_desk",
    "done hold_payouts",
    "done brief_desk",
    "followup add \"Try the desks' lines\" --owner support",
    "update \"We found the cause and roll back\" --status identified --as kim",
];

impl Site {
    /// Lets an incident run from its start to its review.
    pub(super) fn had_an_incident(&self) {
        self.environment.write("results.md", RESULTS);
        self.environment.write("visits.csv", VISITS);
        for line in from_start_to_review() {
            let by = if line.contains(" --as ") { "" } else { " --as kim" };
            self.environment.done(&format!("{line}{by}"));
        }
    }

    /// Lets an incident begin, and get as far as its second notice.
    pub(super) fn has_an_incident(&self) {
        MIDST.iter().for_each(|line| drop(self.environment.done(line)));
    }
}
