//! What somebody does in an incident on a screen: each deed is one form of a page, found by what it asks for.

use super::person::Person;

/// A form by the command that it asks for, and what else it says by itself, such as which step.
pub(super) struct Deed<'a> {
    command: &'a str,
    about: Vec<(&'a str, &'a str)>,
    having: Option<&'a str>,
    filled: Vec<(&'a str, &'a str)>,
}

/// A deed about nothing more.
pub(super) fn deed(command: &str) -> Deed<'_> {
    Deed { command, about: Vec::new(), having: None, filled: Vec::new() }
}

impl<'a> Deed<'a> {
    /// The one that says this by itself.
    pub(super) fn of(mut self, name: &'a str, value: &'a str) -> Self {
        self.about.push((name, value));
        self
    }

    pub(super) fn step(self, step: &'a str) -> Self {
        self.of("step", step)
    }

    /// The one that has this field.
    pub(super) fn having(mut self, name: &'a str) -> Self {
        self.having = Some(name);
        self
    }

    /// With this written into a field, chosen from a list, or ticked.
    pub(super) fn with(mut self, name: &'a str, value: &'a str) -> Self {
        self.filled.push((name, value));
        self
    }

    /// Where its form is.
    pub(super) fn form(&self) -> String {
        let says = |(name, value): &(&str, &str)| format!("[.//*[@name='{name}' and @value='{value}']]");
        let about: String = self.about.iter().map(says).collect();
        let having = self.having.map(|name| format!("[.//*[@name='{name}']]")).unwrap_or_default();
        format!("//form{}{about}{having}", says(&("command", self.command)))
    }
}

impl Person {
    /// Declares an incident from the page that starts one.
    pub(super) fn declares(&self, runbook: &str, severity: &str) {
        self.opens("/start");
        self.presses_at(&format!("//main//a[contains(@href,'runbook={runbook}')]"));
        self.presses_at(&format!("//main//form//button[@name='severity' and @value='{severity}']"));
        self.waits_until("the incident", || self.address().contains("/incidents/"));
    }

    /// Does it with the form that the page has for it; what is folded is opened.
    pub(super) fn does(&self, deed: &Deed<'_>) {
        let form = deed.form();
        self.waits_until(&form, || self.has(&form));
        self.unfolds(&form);
        let mut press = None;
        for (name, value) in &deed.filled {
            let button = format!("{form}//button[@name='{name}' and @value='{value}']");
            if self.has(&button) {
                press = Some(button);
            } else {
                self.sets(&form, name, value);
            }
        }
        let own = format!("{form}//button[@name='command' and @value='{}']", deed.command);
        let any = format!("{form}//button[not(@type) or @type='submit']");
        self.asks("document.left = true", vec![]);
        self.presses_at(press.as_deref().unwrap_or(if self.has(&own) { &own } else { &any }));
        self.waits_for_the_next_page();
        assert!(!self.has("//*[@id='refusal']"), "`{form}` was refused:\n{}", self.page());
    }

    /// Opens what is folded around an element.
    pub(super) fn unfolds(&self, xpath: &str) {
        let folded = format!("({xpath})[1]/ancestor::details[not(@open)][last()]/summary");
        while self.has(&folded) {
            self.presses_at(&folded);
        }
    }

    /// Writes into a field of a form, chooses from its list, or ticks.
    fn sets(&self, form: &str, name: &str, value: &str) {
        let written = format!(
            "{form}//*[@name='{name}'][self::textarea or self::input[not(@type='radio' or @type='checkbox' or @type='hidden')]]"
        );
        let listed = format!("{form}//select[@name='{name}']/option[@value='{value}']");
        let ticked = format!("{form}//input[@name='{name}'][@type='checkbox' or @type='radio'][@value='{value}']");
        let timed = format!("{form}//input[@name='{name}'][@type='datetime-local']");
        if self.has(&timed) {
            self.unfolds(&timed);
            self.picks_at(&timed, value);
        } else if self.has(&listed) {
            self.chooses_at(&listed);
        } else if self.has(&ticked) {
            self.chooses_at(&ticked);
        } else {
            self.unfolds(&written);
            self.fills_at(&written, value);
        }
    }
}
