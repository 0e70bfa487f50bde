//! Words of `serve`.

use std::net::SocketAddr;

use super::Words;

impl Words {
    pub(crate) fn console_is_at(self, url: &str) -> String {
        self.pick(format!("Console: {url}"), format!("控制台：{url}"))
    }

    pub(crate) fn page_is_at(self, url: &str) -> String {
        self.pick(format!("Public page: {url}"), format!("公开状态页：{url}"))
    }

    pub(crate) fn serving_until_stopped(self) -> &'static str {
        self.pick(
            "Notices are delivered and clocks are kept from here until it is stopped (Ctrl-C).",
            "通知发送和时限检查由此进程负责，按 Ctrl-C 停止。",
        )
    }

    pub(crate) fn listen_elsewhere(self, address: SocketAddr) -> String {
        self.pick(
            format!("another program may use {address}; name a free one with --listen or --public-listen"),
            format!("{address} 可能已被其他程序占用，请用 --listen 或 --public-listen 换一个地址"),
        )
    }
}
