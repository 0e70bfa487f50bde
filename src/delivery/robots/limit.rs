//! How often each robot may be called, as its makers say.

use std::time::Duration;

use crate::settings::WebhookKind;
use crate::store::limits::Limit;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A call may be under way for longer than the one before it: what left in a minute may arrive in less.
fn limit(most: usize, within: Duration) -> Limit {
    Limit { most, within: within + (within / 10).min(SECOND) }
}

/// The limits of one robot; none where there are no robots.
///
/// Slack: one a second. Teams: four a second, 60 in 30 seconds, 100 an hour, 150 in two, 1,800 a day. Feishu: five a
/// second and 100 a minute. DingTalk and WeCom: 20 a minute.
pub fn limits(kind: WebhookKind) -> Vec<Limit> {
    match kind {
        WebhookKind::Standard => Vec::new(),
        WebhookKind::Slack => vec![limit(1, SECOND)],
        WebhookKind::Teams => {
            vec![limit(4, SECOND), limit(60, MINUTE / 2), limit(100, HOUR), limit(150, HOUR * 2), limit(1_800, DAY)]
        }
        WebhookKind::Feishu => vec![limit(5, SECOND), limit(100, MINUTE)],
        WebhookKind::Dingtalk | WebhookKind::Wecom => vec![limit(20, MINUTE)],
    }
}
