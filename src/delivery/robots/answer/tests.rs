//! What each robot's answers mean, as its documentation and those who met them write them down.

use std::time::Duration;

use super::*;

fn answer(status: u16, body: &str) -> Answer {
    Answer { status, retry_after: None, body: body.into(), cut_short: false }
}

fn now() -> Timestamp {
    chrono::DateTime::from_timestamp(1_790_000_000, 0).expect("a moment")
}

#[test]
fn every_code_has_its_meaning() {
    use Meaning::{Enough, Gone, Refused, Taken, Trouble};
    use WebhookKind::{Dingtalk, Feishu, Slack, Teams, Wecom};
    for (kind, status, body, wanted) in [
        (Feishu, 200, r#"{"code":0,"msg":"success"}"#, Taken),
        (Feishu, 200, r#"{"StatusCode":0,"StatusMessage":"success"}"#, Taken),
        (Feishu, 200, r#"{"code":11232,"msg":"frequency limited psm[lark.oapi]"}"#, Enough),
        (Feishu, 400, r#"{"code":11232,"msg":"frequency limited"}"#, Enough),
        (Feishu, 400, r#"{"code":9499,"msg":"too many request"}"#, Enough),
        (Feishu, 429, r#"{"code":9499,"msg":"Bad Request"}"#, Enough),
        (Feishu, 429, "", Enough),
        (Feishu, 400, r#"{"code":9499,"msg":"Bad Request","data":{}}"#, Refused(TEXT)),
        (
            Feishu,
            200,
            r#"{"code":19001,"msg":"param invalid: incoming webhook access token invalid"}"#,
            Refused(ADDRESS),
        ),
        (
            Feishu,
            200,
            r#"{"code":19021,"msg":"sign match fail or timestamp is not within one hour"}"#,
            Refused(SIGNATURE),
        ),
        (Feishu, 200, r#"{"code":19022,"msg":"Ip Not Allowed"}"#, Refused(CALLER)),
        (Feishu, 200, r#"{"code":19024,"msg":"Key Words Not Found"}"#, Refused(KEYWORD)),
        (Feishu, 200, r#"{"code":19002,"msg":"param invalid: msg_type"}"#, Refused(TEXT)),
        (Feishu, 200, r#"{"code":2200,"msg":"internal error"}"#, Trouble),
        (Feishu, 502, r#"{"code":9499}"#, Trouble),
        (Dingtalk, 200, r#"{"errcode":0,"errmsg":"ok"}"#, Taken),
        (Dingtalk, 200, r#"{"errcode":130101,"errmsg":"send too fast, exceed 20 times per minute"}"#, Enough),
        (Dingtalk, 200, r#"{"errcode":410100,"errmsg":"发送速度太快而限流"}"#, Enough),
        (Dingtalk, 200, r#"{"errcode":-1,"errmsg":"系统繁忙"}"#, Trouble),
        (Dingtalk, 200, r#"{"errcode":310000,"errmsg":"keywords not in content"}"#, Refused(KEYWORD)),
        (Dingtalk, 200, r#"{"errcode":310000,"errmsg":"sign not match"}"#, Refused(SIGNATURE)),
        (Dingtalk, 200, r#"{"errcode":310000,"errmsg":"invalid timestamp"}"#, Refused(SIGNATURE)),
        (
            Dingtalk,
            200,
            r#"{"errcode":310000,"errmsg":"description:机器人发送签名不匹配;solution:请确认"}"#,
            Refused(SIGNATURE),
        ),
        (Dingtalk, 200, r#"{"errcode":310000,"errmsg":"ip 203.0.113.7 not in whitelist"}"#, Refused(CALLER)),
        (Dingtalk, 200, r#"{"errcode":300005,"errmsg":"token is not exist"}"#, Refused(ADDRESS)),
        (Dingtalk, 200, r#"{"errcode":400102,"errmsg":"机器人已停用"}"#, Refused(ADDRESS)),
        (Dingtalk, 200, r#"{"errcode":430104,"errmsg":"text contains inappropriate content"}"#, Refused(TEXT)),
        (Wecom, 200, r#"{"errcode":0,"errmsg":"ok"}"#, Taken),
        (Wecom, 200, r#"{"errcode":45009,"errmsg":"api freq out of limit"}"#, Enough),
        (Wecom, 200, r#"{"errcode":-1,"errmsg":"system busy"}"#, Trouble),
        (Wecom, 200, r#"{"errcode":93000,"errmsg":"invalid webhook url"}"#, Refused(ADDRESS)),
        (Wecom, 200, r#"{"errcode":60020,"errmsg":"not allow to access from your ip"}"#, Refused(CALLER)),
        (Wecom, 200, r#"{"errcode":40058,"errmsg":"markdown.content exceed max length 4096"}"#, Refused(TEXT)),
        (Wecom, 200, "<html>gateway</html>", Trouble),
        (Wecom, 502, "<html>gateway</html>", Trouble),
        (Slack, 200, "ok", Taken),
        (Slack, 429, "rate_limited", Enough),
        (Slack, 404, "no_service", Refused(ADDRESS)),
        (Slack, 403, "action_prohibited", Refused(RIGHTS)),
        (Slack, 400, "invalid_payload", Refused(TEXT)),
        (Slack, 400, "invalid_blocks", Refused(TEXT)),
        (Slack, 410, "channel_is_archived", Gone),
        (Slack, 500, "rollup_error", Trouble),
        (Teams, 202, "", Taken),
        (Teams, 200, "1", Taken),
        (
            Teams,
            200,
            "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429",
            Enough,
        ),
        (Teams, 200, "Microsoft Teams endpoint returned HTTP error 413 with ContextId tcid=3626", Refused(TEXT)),
        (Teams, 200, "Microsoft Teams endpoint returned HTTP error 404", Refused(ADDRESS)),
        (Teams, 429, "", Enough),
    ] {
        let said = one_line(body);
        assert_eq!(meaning(kind, &answer(status, body), &said), wanted, "{kind:?} {status} {body}");
    }
}

#[test]
fn what_someone_has_to_change_is_said_and_the_robots_own_words_stay() {
    let verdict = judge(WebhookKind::Feishu, &answer(200, r#"{"code":19024,"msg":"Key Words Not Found"}"#), now());
    let Verdict::Failed { reason, suppress: false } = verdict else { panic!("{verdict:?}") };
    insta::assert_snapshot!(reason, @r#"it takes only texts with its keyword: let it check signatures instead, or write the keyword into the template (200 {"code":19024,"msg":"Key Words Not Found"})"#);
}

#[test]
fn a_robot_that_had_enough_is_left_alone_for_as_long_as_it_asks_or_its_makers_say() {
    let enough = |kind, body: &str, retry_after: Option<&str>| {
        let answer = Answer { retry_after: retry_after.map(str::to_owned), ..answer(429, body) };
        match judge(kind, &answer, now()) {
            Verdict::Limited { wait, .. } => wait,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(enough(WebhookKind::Slack, "rate_limited", Some("7")), Duration::from_secs(7));
    assert_eq!(enough(WebhookKind::Slack, "rate_limited", Some("soon")), Duration::from_secs(30));
    assert_eq!(enough(WebhookKind::Dingtalk, r#"{"errcode":130101}"#, None), Duration::from_secs(600));
    assert_eq!(enough(WebhookKind::Wecom, r#"{"errcode":45009}"#, None), Duration::from_secs(60));
}
