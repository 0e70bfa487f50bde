//! What has happened before somebody looks: one incident over and written up, one in its midst.

use super::site::Site;

const RESULTS: &str = "Half an hour.\n\n- The form has a limit now.\n";

/// From its start to the review, as `whole.yaml` has it.
const OVER: [&str; 33] = [
    "start whole --severity high --title Logins --set impact=Nobody --role support=kim --role lead=dana",
    "done take_lead --note Kim",
    "set impact=Errors --confirm",
    "done first_facts",
    "note reports",
    "notice draft first_notice --as kim",
    "approve first_notice --as dana",
    "notice send first_notice --recipients 3",
    "update Found --status identified --as kim",
    "approve progress --as dana",
    "notice send progress --recipients 3",
    "cause system",
    "done close_form --outcome worked",
    "answer recent_change changed",
    "fallback on phone_desk",
    "fallback off visits",
    "affected import contacts.csv",
    "done desks",
    "lift close_form",
    "correct 5 Dana --reason typo",
    "done accepted",
    "set started_at=2026-01-02T01:02:03Z ended_at=2026-01-02T03:04:05Z data_loss=none --confirm",
    "done outcome",
    "notice draft resolved --as kim",
    "approve resolved --as dana",
    "notice send resolved --recipients 3",
    "reach second_touch cy --by phone --note knows",
    "done second_touch",
    "retro edit results --file results.md",
    "retro factor add alarm",
    "retro factor add limit",
    "followup add alert --owner ops",
    "done review",
];

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
    /// Lets an incident run from its start to its review, and ended.
    pub(super) fn had_an_incident(&self) {
        self.environment.write("results.md", RESULTS);
        OVER.iter().for_each(|line| drop(self.environment.done(line)));
    }

    /// Lets an incident begin, and get as far as its second notice.
    pub(super) fn has_an_incident(&self) {
        MIDST.iter().for_each(|line| drop(self.environment.done(line)));
    }
}
