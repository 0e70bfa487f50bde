//! What is refused around accounts, in Chinese; in English the conductor says it itself.

use super::super::Refusal;
use super::super::people::{Access, minutes};

/// The message and the help of a refusal.
pub(super) fn refusal(refusal: Refusal) -> (String, Option<String>) {
    let (message, help) = match refusal {
        Refusal::NotSignedIn => {
            ("还没有登录".to_owned(), "请先登录；程序请带上 API 令牌：`Authorization: Bearer muster_…`")
        }
        Refusal::NotAllowed { needs } => (format!("这需要“{}”权限", access(needs)), "请找有管理权限的同事开通"),
        Refusal::Throttled { wait } => {
            (format!("尝试次数太多，请 {} 分钟后再试", minutes(wait)), "着急的话，可以请有管理权限的同事发一个新链接")
        }
    };
    (message, Some(help.to_owned()))
}

fn access(access: Access) -> &'static str {
    match access {
        Access::Watch => "查看",
        Access::Respond => "处理",
        Access::Approve => "审批",
        Access::Administer => "管理",
    }
}

/// The message and the help by their code.
pub(super) fn chinese(code: &str, message: &str) -> Option<(String, Option<String>)> {
    let one = message.split('`').nth(1).unwrap_or_default();
    let (message, help) = match code {
        "short_password" => ("密码至少要 10 个字符".to_owned(), "几个不相干的词连起来，好记又难猜"),
        "long_password" => ("密码最多 200 个字符".to_owned(), "请换一个短一些的"),
        "common_password" => {
            ("这个密码太常见，很容易被猜中".to_owned(), "请加入只有你想得到的内容，比如几个不相干的词")
        }
        "wrong_sign_in" => {
            ("用户名或密码不对".to_owned(), "请检查后再试；忘了密码，可以请有管理权限的同事发一个新链接")
        }
        "wrong_password" => ("当前密码不对".to_owned(), "请填写登录时用的密码；忘了可以请有管理权限的同事发一个新链接"),
        "unknown_link" => ("这个链接无效".to_owned(), "请复制完整的链接；如果它已被撤回，请再要一个"),
        "used_link" => ("这个链接已经用过".to_owned(), "请直接登录；忘了密码，可以再要一个新链接"),
        "expired_link" => ("这个链接已经过期".to_owned(), "请再要一个新链接"),
        "bad_handle" => {
            (format!("`{one}` 不能用作用户名"), "可以用字母、汉字、数字和 `-`、`_`、`.`、`@`，最多 64 个字符")
        }
        "bad_role" => (format!("`{one}` 不是角色的 id"), "角色 id 用小写英文，比如 `lead`"),
        "last_administrator" => (format!("`{one}` 是唯一的管理员"), "请先把管理权限给另一位同事"),
        "nameless_token" => ("令牌还没有名称".to_owned(), "请写明它的用途"),
        "too_many_tokens" => ("令牌已经太多".to_owned(), "请先吊销不再使用的"),
        _ => return None,
    };
    Some((message, Some(help.to_owned())))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::app::Error;
    use crate::locale::Locale;

    #[test]
    fn who_has_to_wait_is_told_for_how_long_and_never_too_short() {
        let told = |seconds, locale| {
            let wait = Duration::from_secs(seconds);
            Error::Access(Refusal::Throttled { wait }).told(&locale).0
        };
        assert_eq!(told(61, Locale::chinese()), "尝试次数太多，请 2 分钟后再试");
        assert_eq!(told(61, Locale::english()), "too many tries; try again in 2 minutes");
        assert_eq!(told(5, Locale::english()), "too many tries; try again in 1 minute");
    }

    #[test]
    fn a_refusal_names_its_object() {
        let error = Error::refused("last_administrator", "`dana` is the only one who administers Muster", "");
        assert_eq!(error.told(&Locale::chinese()).0, "`dana` 是唯一的管理员");
    }
}
