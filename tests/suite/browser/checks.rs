//! What judges a page: axe, its width on a phone, the size of what is pressed; and what looks at its HTML and at the feed.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use super::chromium::Chromium;

/// A file that `tests/run` puts below `target`.
pub(super) fn installed(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target").join(name)
}

/// How a page is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scheme {
    Light,
    Dark,
}

impl Scheme {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

impl Chromium {
    /// Puts axe into every page from now on.
    pub(super) fn takes_axe_along(&self) {
        let axe = std::fs::read_to_string(installed("checkers/axe.min.js")).expect("axe: call tests/run");
        self.tune("Page.addScriptToEvaluateOnNewDocument", json!({ "source": axe }));
    }

    pub(super) fn prefers(&self, scheme: Scheme) {
        let feature = json!({ "name": "prefers-color-scheme", "value": scheme.name() });
        self.tune("Emulation.setEmulatedMedia", json!({ "media": "screen", "features": [feature] }));
    }

    /// As wide as a phone, or as a desk's screen.
    pub(super) fn is_wide(&self, width: u32) {
        let mobile = width < 600;
        let height = if mobile { 800 } else { 900 };
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile });
        self.tune("Emulation.setDeviceMetricsOverride", metrics);
    }

    /// What axe finds by WCAG 2.2 A and AA, one line each; all its rules, or only whether colours differ enough.
    pub(super) fn axe_finds(&self, all: bool) -> Vec<String> {
        let tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
        let rules = if all {
            json!({ "type": "tag", "values": tags })
        } else {
            json!({ "type": "rule", "values": ["color-contrast"] })
        };
        let options =
            json!({ "runOnly": rules, "rules": { "target-size": { "enabled": all } }, "resultTypes": ["violations"] });
        let found = self.does("axe", |client| async move { client.execute_async(AXE, vec![options]).await });
        lines(&found)
    }

    /// What does not fit: wider than the screen, or too small to be hit by a thumb.
    pub(super) fn layout_finds(&self, width: u32) -> Vec<String> {
        lines(&self.does("its layout", |client| async move { client.execute(LAYOUT, vec![width.into()]).await }))
    }

    /// The whole page as a picture, for people to look at.
    pub(super) fn pictures(&self, name: &str) {
        let folder = installed("screenshots");
        std::fs::create_dir_all(&folder).expect("a folder");
        let whole = json!({ "format": "png", "captureBeyondViewport": true });
        let picture = self.tune("Page.captureScreenshot", whole);
        let bytes = base64::Engine::decode(
            &base64::engine::general_purpose::STANDARD,
            picture["data"].as_str().expect("a picture"),
        );
        std::fs::write(folder.join(format!("{name}.png")), bytes.expect("base64")).expect("a file");
    }
}

fn lines(found: &Value) -> Vec<String> {
    let found = found.as_array().expect("a list");
    found.iter().map(|line| line.as_str().unwrap_or_default().to_owned()).collect()
}

const AXE: &str = "
    const [options, done] = arguments;
    axe.run(document, options).then(
        result => done(result.violations.flatMap(violation => violation.nodes.map(node =>
            violation.id + ': ' + node.target.join(' ') + ': ' + node.failureSummary.replace(/\\s+/g, ' ')))),
        error => done(['axe failed: ' + error]));
";

const LAYOUT: &str = "
    const found = [];
    const name = element => element.tagName.toLowerCase() + (element.id ? '#' + element.id : '')
        + (element.className && element.className.trim ? '.' + element.className.trim().replace(/\\s+/g, '.') : '')
        + ' ' + JSON.stringify((element.innerText || element.value || '').trim().slice(0, 40));
    const wide = arguments[0];
    if (document.documentElement.scrollWidth > wide) {
        found.push('scrolls sideways: ' + document.documentElement.scrollWidth + ' of ' + wide);
        const out = [...document.body.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > wide + 1);
        out.filter(e => ![...e.children].some(c => out.includes(c))).slice(0, 5).forEach(e => found.push('  sticks out: ' + name(e)));
    }
    for (const element of document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')) {
        const style = getComputedStyle(element);
        if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
        const label = element.closest('label') || (element.labels && element.labels[0]);
        const boxes = [element.getBoundingClientRect()];
        if (label && ['checkbox', 'radio', 'file'].includes(element.type)) boxes.push(label.getBoundingClientRect());
        if (boxes[0].right < 0 || boxes[0].bottom < 0) continue;
        const high = Math.max(...boxes.map(b => b.height)), across = Math.max(...boxes.map(b => b.width));
        if (high === 0 || (across <= 1 && high <= 1)) continue;
        const text = [...element.parentElement.childNodes].some(n => n.nodeType === 3 && n.data.trim());
        const inline = element.tagName === 'A' && style.display.startsWith('inline') && (text || element.closest('p, dd, td, .prose, blockquote'));
        const least = inline ? 0 : 44;
        if (high < least - 0.5 || across < Math.min(least, 24)) found.push('small: ' + name(element) + ' ' + Math.round(across) + 'x' + Math.round(high));
    }
    return found;
";

/// What the checker of HTML says about a folder of saved pages, one line each.
pub(super) fn vnu_finds(folder: &Path) -> Vec<String> {
    let output = Command::new("java")
        .args(["-Xss4m", "-jar"])
        .arg(installed("checkers/vnu.jar"))
        .args(["--format", "json", "--exit-zero-always", "--skip-non-html"])
        .arg(folder)
        .output()
        .expect("java runs: call tests/run");
    let told = String::from_utf8_lossy(&output.stderr);
    let said: Value = serde_json::from_str(told.trim()).unwrap_or_else(|_| panic!("vnu said: {told}"));
    let messages = said["messages"].as_array().expect("messages");
    let text = |message: &Value, key: &str| message[key].as_str().unwrap_or_default().to_owned();
    let of = |message: &Value| {
        let file = text(message, "url");
        let file = file.rsplit_once('/').map_or(file.as_str(), |(_, name)| name);
        format!("{file}: {} ({})", text(message, "message"), text(message, "extract").replace('\n', " "))
    };
    messages.iter().filter(|message| message["type"] != "info" || message["subType"] == "warning").map(of).collect()
}

/// What a reader of feeds finds wrong in one, one line each.
pub(super) fn feed_reader_finds(feed: &Path) -> Vec<String> {
    let output = Command::new(installed("readers/bin/python"))
        .args(["-c", include_str!("feed.py")])
        .arg(feed)
        .output()
        .expect("python runs: call tests/run");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
}
