//! Letters for tests.

use uuid::Uuid;

use super::Letter;
use crate::incident::event::Message;
use crate::incident::{IncidentId, IncidentNumber, NoticeId};
use crate::locale::Locale;
use crate::runbook::Status;

/// A letter in Chinese to Dana, with a fixed name and date.
pub(crate) fn letter() -> Letter {
    Letter {
        delivery: "0190.1".into(),
        incident: IncidentId(Uuid::from_u128(7)),
        number: IncidentNumber(7),
        notice: NoticeId(Uuid::from_u128(8)),
        status: Some(Status::Investigating),
        to: "dana@example.com".into(),
        name: "Dana 丹".into(),
        message: Message {
            locale: Locale::chinese(),
            subject: "[调查中] 出金申请不可用".into(),
            preheader: "我们正在处理".into(),
            short: "出金申请不可用，我们正在处理".into(),
            markdown: "**影响**：出金申请提交失败".into(),
            text: "影响：出金申请提交失败\n\n下次更新：03:30\n".into(),
            html: "<!doctype html><html lang=\"zh-Hans\"><body><p>影响：出金申请提交失败</p></body></html>".into(),
        },
        next_update_at: chrono::DateTime::from_timestamp(1_790_001_800, 0),
        date: chrono::DateTime::from_timestamp(1_790_000_000, 0).expect("a moment"),
        unsubscribe: None,
    }
}
