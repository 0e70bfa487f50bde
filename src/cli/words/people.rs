//! Words of `people`, and of the first account.

use super::Words;

impl Words {
    pub(crate) fn first_account_at(self, link: &str) -> String {
        self.pick(
            format!("Nobody has an account yet. Whoever opens this link first becomes the administrator: {link}"),
            format!("还没有任何账号。最先打开这个链接的人将成为管理员：{link}"),
        )
    }

    /// What the link in the next line is for.
    pub(crate) fn link_for(self, person: &str, days: u32) -> String {
        self.pick(
            format!(
                "With this link {person} chooses a password. It works once, within {days} days, and is not shown again:"
            ),
            format!("{person} 可以用这个链接设置密码。链接只能用一次，{days} 天内有效，之后不再显示："),
        )
    }

    pub(crate) fn nobody_may_sign_in(self) -> &'static str {
        self.pick(
            "Nobody has an account yet. Invite somebody: muster people invite PERSON --access administer",
            "还没有任何账号。邀请第一个人：muster people invite 用户名 --access administer",
        )
    }

    pub(crate) fn account_disabled(self) -> &'static str {
        self.pick("closed", "已停用")
    }

    pub(crate) fn account_invited(self) -> &'static str {
        self.pick("invited", "已邀请")
    }
}
