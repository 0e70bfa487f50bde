//! Words of `serve` and `page export`.

use std::net::SocketAddr;
use std::path::Path;

use super::Words;

impl Words {
    pub(crate) fn console_is_at(self, url: &str) -> String {
        self.pick(format!("Console: {url}"), format!("控制台：{url}"))
    }

    pub(crate) fn page_is_at(self, url: &str) -> String {
        self.pick(format!("Public page: {url}"), format!("公开状态页：{url}"))
    }

    pub(crate) fn page_exported(self, files: usize, folder: &Path, removed: usize) -> String {
        let folder = folder.display();
        let gone = match (self, removed) {
            (_, 0) => String::new(),
            (Self::English, removed) => format!(" {removed} that an earlier export wrote are gone."),
            (Self::Chinese, removed) => format!("已删除以前导出的 {removed} 个过期文件。"),
        };
        self.pick(
            format!("The public page stands in {folder}: {files} files.{gone}"),
            format!("状态页已导出到 {folder}，共 {files} 个文件。{gone}"),
        )
    }

    pub(crate) fn page_without_url(self) -> &'static str {
        self.pick(
            "The settings name no address for the page; with `url` under [page] the feed's links are complete.",
            "设置中没有状态页的地址；在 [page] 下写上 url 后，订阅源里的链接才完整。",
        )
    }

    pub(crate) fn export_elsewhere(self) -> &'static str {
        self.pick(
            "nothing was written; name a folder for the page alone, or move that file away",
            "没有写入任何文件；请指定一个专用文件夹，或移走该文件",
        )
    }

    pub(crate) fn serving_until_stopped(self) -> &'static str {
        self.pick(
            "Notices are delivered and clocks are kept from here until it is stopped (Ctrl-C).",
            "通知发送和时限检查由此进程负责，按 Ctrl-C 停止。",
        )
    }

    /// Where to watch a drill, and what it is.
    pub(crate) fn trial_is_at(self, url: &str, runbook: &str, speed: u32) -> String {
        self.pick(
            format!("Open {url} : a drill of {runbook} plays there, {speed} times faster than life. Nothing leaves this machine."),
            format!("请打开 {url} ：那里正以 {speed} 倍速演练 {runbook}，任何消息都不会离开本机。"),
        )
    }

    pub(crate) fn watching_until_stopped(self) -> &'static str {
        self.pick("Ctrl-C ends it and leaves nothing behind.", "按 Ctrl-C 结束，不会留下任何文件。")
    }

    pub(crate) fn listen_elsewhere(self, address: SocketAddr) -> String {
        self.pick(
            format!("another program may use {address}; name a free one with --listen or --public-listen"),
            format!("{address} 可能已被其他程序占用，请用 --listen 或 --public-listen 换一个地址"),
        )
    }
}
