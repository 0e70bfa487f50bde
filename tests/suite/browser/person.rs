//! What a person does in a browser and sees there: presses what it reads, fills what is labelled, waits for what appears.

use std::time::Duration;

use fantoccini::Locator;
use fantoccini::elements::Element;
use muster::clock::Stopwatch;
use serde_json::{Value, json};

use super::chromium::{Chromium, PATIENCE, Scripts};

const PASSWORD: &str = "three quiet harbour lamps";

/// What somebody with this handle is called.
fn name(handle: &str) -> String {
    let (first, rest) = handle.split_at(1);
    format!("{}{rest}", first.to_uppercase())
}

/// Somebody with a phone.
pub(super) struct Person {
    pub(super) chromium: Chromium,
    /// Where the console is.
    home: String,
    scripts: Scripts,
    /// How often they pressed something.
    presses: std::cell::Cell<usize>,
    /// How many fields they filled or chose.
    fields: std::cell::Cell<usize>,
}

impl Person {
    pub(super) fn with_phone(home: &str, language: &str, scripts: Scripts) -> Self {
        let chromium = Chromium::phone(language, scripts);
        Self { chromium, home: home.to_owned(), scripts, presses: 0.into(), fields: 0.into() }
    }

    /// Opens a page of the console, or any address.
    pub(super) fn opens(&self, path: &str) {
        let url = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.home) };
        self.chromium.does("opening a page", |client| async move { client.goto(&url).await });
    }

    /// Accepts a link: chooses a name and a password, and is signed in.
    pub(super) fn joins(&self, link: &str, handle: &str) {
        self.joins_as(link, handle, &name(handle));
    }

    /// The same by another name.
    pub(super) fn joins_as(&self, link: &str, handle: &str, name: &str) {
        self.opens(link);
        if self.has("//input[@name='person']") {
            self.fills_at("//input[@name='person']", handle);
        }
        self.fills_at("//input[@name='name']", name);
        self.fills_at("//input[@name='password']", PASSWORD);
        self.presses_at("//main//button[@type='submit']");
        self.waits_until("being signed in", || !self.address().contains("/join/"));
    }

    pub(super) fn opens_file(&self, file: &std::path::Path) {
        let url = format!("file://{}", file.display());
        self.chromium.does("opening a file", |client| async move { client.goto(&url).await });
    }

    pub(super) fn reloads(&self) {
        self.chromium.does("reloading", |client| async move { client.refresh().await });
    }

    pub(super) fn address(&self) -> String {
        self.chromium.does("its address", |client| async move { client.current_url().await }).to_string()
    }

    /// The text that the page shows.
    pub(super) fn page(&self) -> String {
        let read = self
            .chromium
            .tries("the page", |client| async move { client.find(Locator::Css("body")).await?.text().await });
        read.unwrap_or_default()
    }

    /// Whether the page shows this text within a while.
    pub(super) fn sees(&self, text: &str) {
        self.waits_until(&format!("`{text}` to be seen"), || self.page().contains(text));
    }

    pub(super) fn waits_until(&self, what: &str, holds: impl Fn() -> bool) {
        let watch = Stopwatch::start();
        while !holds() {
            assert!(watch.elapsed() < PATIENCE, "waited for {what}; at {} stood:\n{}", self.address(), self.page());
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Presses the first of these that can be seen.
    pub(super) fn presses_at(&self, xpath: &str) {
        self.presses.set(self.presses.get() + 1);
        let element = self.shown(xpath);
        match self.scripts {
            Scripts::On => self.chromium.does(&format!("pressing {xpath}"), |_| async move { element.click().await }),
            Scripts::Off => self.points_at(&element),
        }
    }

    /// Without scripts the driver would wait for one of its own after a click; so the pointer does it, and the page
    /// that answers is waited for.
    fn points_at(&self, element: &Element) {
        let place = self.asks(PLACE, vec![serde_json::to_value(element).expect("an element")]);
        for (kind, buttons) in [("mousePressed", 1), ("mouseReleased", 0)] {
            let event = json!({
                "type": kind, "x": place["x"], "y": place["y"], "button": "left", "buttons": buttons, "clickCount": 1,
            });
            self.chromium.tune("Input.dispatchMouseEvent", event);
        }
        if place["leads"] == true {
            self.waits_for_the_next_page();
        }
    }

    /// Waits until the page that was marked as left is gone and the next is there.
    pub(super) fn waits_for_the_next_page(&self) {
        self.waits_until("the next page", || {
            let seen = self.chromium.tries("its state", |client| async move {
                client.execute("return !document.left && document.readyState === 'complete'", vec![]).await
            });
            seen.is_ok_and(|seen| seen == true)
        });
    }

    /// Writes into a field, instead of what stands there.
    pub(super) fn fills_at(&self, xpath: &str, text: &str) {
        self.fields.set(self.fields.get() + 1);
        let element = self.shown(xpath);
        let text = text.to_owned();
        self.chromium.does(&format!("filling {xpath}"), |_| async move {
            element.clear().await?;
            element.send_keys(&text).await
        });
    }

    /// Picks a moment, which browsers let people do in many ways.
    pub(super) fn picks_at(&self, xpath: &str, moment: &str) {
        self.fields.set(self.fields.get() + 1);
        let element = serde_json::to_value(self.shown(xpath)).expect("an element");
        self.asks("arguments[0].value = arguments[1]", vec![element, moment.into()]);
    }

    /// Whether the page has this now.
    pub(super) fn has(&self, xpath: &str) -> bool {
        let found =
            self.chromium.tries("looking", |client| async move { client.find_all(Locator::XPath(xpath)).await });
        found.is_ok_and(|found| !found.is_empty())
    }

    /// Chooses an option of a list, or ticks a box.
    pub(super) fn chooses_at(&self, xpath: &str) {
        self.fields.set(self.fields.get() + 1);
        let element = self.shown(xpath);
        self.chromium.does(&format!("choosing {xpath}"), |_| async move { element.click().await });
    }

    /// The first such element that can be seen, waited for.
    pub(super) fn shown(&self, xpath: &str) -> Element {
        let watch = Stopwatch::start();
        loop {
            let found = self.chromium.tries("looking", |client| async move {
                for element in client.find_all(Locator::XPath(xpath)).await? {
                    let option = element.tag_name().await? == "option";
                    if option || element.is_displayed().await? {
                        return Ok(Some(element));
                    }
                }
                Ok(None)
            });
            // A page that is just being replaced is looked at again.
            if let Ok(Some(element)) = found {
                return element;
            }
            assert!(watch.elapsed() < PATIENCE, "no {xpath} at {} in:\n{}", self.address(), self.page());
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// What a script says about the page.
    pub(super) fn asks(&self, script: &str, about: Vec<Value>) -> Value {
        self.chromium.does("asking the page", |client| async move { client.execute(script, about).await })
    }

    /// A page's HTML as the server sends it to this person.
    pub(super) fn source_of(&self, path: &str) -> String {
        let script = "const [path, done] = arguments; fetch(path).then(answer => answer.text()).then(done, done);";
        let got = self
            .chromium
            .does("fetching", |client| async move { client.execute_async(script, vec![path.into()]).await });
        got.as_str().unwrap_or_default().to_owned()
    }

    /// Types on the keyboard, wherever it is.
    pub(super) fn types(&self, keys: &str) {
        for key in keys.chars() {
            self.chromium.tune("Input.dispatchKeyEvent", pressed("keyDown", key));
            self.chromium.tune("Input.dispatchKeyEvent", pressed("keyUp", key));
        }
    }

    /// Sends the form that they write in, by the keyboard.
    pub(super) fn sends(&self) {
        for kind in ["keyDown", "keyUp"] {
            let key = json!({ "type": kind, "key": "Enter", "modifiers": 2, "windowsVirtualKeyCode": 13 });
            self.chromium.tune("Input.dispatchKeyEvent", key);
        }
    }

    /// How many fields they have filled or chosen and buttons they have pressed.
    pub(super) fn counted(&self) -> usize {
        self.fields.get() + self.presses.get()
    }
}

/// Where the middle of an element is, once it is in sight, and whether pressing it leads to another page.
const PLACE: &str = "
    const element = arguments[0];
    element.scrollIntoView({ block: 'center' });
    const box = element.getBoundingClientRect();
    const leads = element.tagName !== 'SUMMARY' && !(element.getAttribute('href') || '').startsWith('#');
    if (leads) document.left = true;
    return { x: box.x + box.width / 2, y: box.y + box.height / 2, leads };
";

fn pressed(kind: &str, key: char) -> Value {
    let (name, text, code) = match key {
        '\n' => ("Enter".to_owned(), "\r".to_owned(), 13),
        '\t' => ("Tab".to_owned(), String::new(), 9),
        '\u{1b}' => ("Escape".to_owned(), String::new(), 27),
        key => (key.to_string(), key.to_string(), u32::from(key.to_ascii_uppercase())),
    };
    json!({ "type": kind, "key": name, "text": if kind == "keyDown" { text } else { String::new() }, "windowsVirtualKeyCode": code })
}
