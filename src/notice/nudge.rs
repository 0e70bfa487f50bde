//! What a nudge says: a short word to one of the team about what waits for them, with where to go or what to type.

use super::inert;
use super::when::Calendar;
use super::words::Language;
use crate::clock::Timestamp;
use crate::incident::nudge::{Ask, Matter};
use crate::incident::view::{self, Todo};
use crate::incident::{Incident, PersonId};
use crate::locale::Locale;
use crate::runbook::{Runbook, StepId};

/// The longest line robots and small screens show at once.
const SHORT: usize = 70;
/// How much of a fingerprint people are asked to type.
const HASH: usize = 12;

/// Whom a nudge is for, and what it is about.
#[derive(Debug, Clone, Copy)]
pub struct To<'a> {
    pub person: &'a PersonId,
    /// As they are addressed; may be empty.
    pub name: &'a str,
    pub locale: &'a Locale,
    /// Where the console is reached, without a slash at the end; none where only the command line is.
    pub console: Option<&'a str>,
}

/// A nudge in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The same but for its first word over the whole incident, so that mail stays one conversation.
    pub subject: String,
    pub short: String,
    /// Plain lines; what belongs together stands without a blank line between.
    pub text: String,
}

/// One thing that is asked, with what to type.
struct Line {
    ask: Ask,
    title: String,
    due: Option<String>,
    /// Where it can be done, then what does it on the command line.
    ways: Vec<String>,
}

/// Writes a nudge about things that wait for one person.
pub fn write(runbook: &Runbook, incident: &Incident, to: To<'_>, matters: &[Matter]) -> Written {
    let words = Words { language: Language::of(to.locale) };
    let calendar = Calendar { language: words.language, zone: incident.timezone, now: incident.at };
    let todo = view::todo(runbook, incident.at, incident, Some(to.person), to.locale);
    let lines: Vec<Line> =
        distinct(matters).map(|matter| line(runbook, incident, to, calendar, &todo, matter)).collect();
    let named = format!("{} {}", incident.number, inert::one_line(incident.title.get(to.locale)));
    let kind = words.kind(&lines);
    let drill = if incident.drill { words.drill() } else { "" };
    let shorts: Vec<String> = lines.iter().map(|line| words.said(line)).collect();
    let short = match shorts.as_slice() {
        [only] => only.clone(),
        several => words.several(several.len()),
    };
    Written {
        subject: format!("[{kind}] {drill}{named}"),
        short: inert::shorten(&words.in_incident(&incident.number.to_string(), &short), SHORT),
        text: words.text(to.name, &lines, &shorts, &whole(incident, to.console)),
    }
}

/// Each step once: that it is late says more than that it is to be done.
fn distinct(matters: &[Matter]) -> impl Iterator<Item = &Matter> {
    let is_late = |matter: &Matter| matches!(matter.ask, Ask::Late { .. });
    let said_better = move |matter: &Matter, at: usize| {
        let others = matters.iter().enumerate().filter(move |(other, _)| *other != at);
        let mut same = others.filter(|(_, other)| other.step == matter.step);
        same.any(|(other, said)| is_late(said) && (!is_late(matter) || other > at))
    };
    matters.iter().enumerate().filter(move |(at, matter)| !said_better(matter, *at)).map(|(_, matter)| matter)
}

fn line(
    runbook: &Runbook,
    incident: &Incident,
    to: To<'_>,
    calendar: Calendar,
    todo: &[Todo],
    matter: &Matter,
) -> Line {
    let id = &matter.step;
    let step = runbook.steps.get(id);
    let typed = |command: &str| command.replacen("muster", &format!("muster --incident {}", incident.number), 1);
    let mine = todo.iter().find(|todo| todo.step == *id && todo.task != view::Task::Lift);
    let commands: Vec<String> = match &matter.ask {
        Ask::Resume { .. } => vec!["muster timeline".to_owned(), format!("muster notice resume {id}")],
        Ask::Approve { hash } => approving(runbook, id, hash.as_deref()),
        Ask::Late { .. } | Ask::Do | Ask::Draft | Ask::Send | Ask::Run => match mine {
            Some(todo) if todo.task != view::Task::Approve => vec![todo.command.clone()],
            Some(todo) if todo.mine => approving(runbook, id, None),
            // It waits for somebody else, or for its turn.
            Some(_) | None => vec!["muster show".to_owned()],
        },
    };
    let due = match &matter.ask {
        Ask::Late { due_at } => Some(*due_at),
        Ask::Resume { .. } => None,
        Ask::Approve { .. } | Ask::Do | Ask::Draft | Ask::Send | Ask::Run => mine.and_then(|todo| todo.due_at),
    };
    Line {
        ask: matter.ask.clone(),
        title: inert::one_line(step.map_or(id.as_str(), |step| step.title.get(to.locale))),
        due: due.map(|due: Timestamp| calendar.soon(due)),
        ways: screen(runbook, incident, to.console, id)
            .into_iter()
            .chain(commands.iter().map(|it| typed(it)))
            .collect(),
    }
}

/// The screen on which a step is done: a notice has its own, everything else stands with its incident.
fn screen(runbook: &Runbook, incident: &Incident, console: Option<&str>, id: &StepId) -> Option<String> {
    let sends = runbook.steps.get(id).is_some_and(|step| step.kind.notice().is_some());
    let incident = whole(incident, Some(console?));
    Some(if sends { format!("{incident}/notices/{id}") } else { format!("{incident}#step-{id}") })
}

/// Where the whole incident is seen: in the console, or by its command.
fn whole(incident: &Incident, console: Option<&str>) -> String {
    match console {
        Some(console) => format!("{console}/incidents/{}", incident.number),
        None => format!("muster --incident {}", incident.number),
    }
}

/// Reading comes before approving, and approves exactly what was read.
fn approving(runbook: &Runbook, id: &StepId, hash: Option<&str>) -> Vec<String> {
    let sends = runbook.steps.get(id).is_some_and(|step| step.kind.notice().is_some());
    let exactly = hash.and_then(|hash| hash.get(..HASH)).map(|hash| format!(" --hash {hash}")).unwrap_or_default();
    let read = sends.then(|| format!("muster notice show {id}"));
    read.into_iter().chain([format!("muster approve {id}{exactly}")]).collect()
}

/// How it is said, in the two languages Muster speaks.
struct Words {
    language: Language,
}

impl Words {
    fn pick<T>(&self, english: T, chinese: T) -> T {
        match self.language {
            Language::English => english,
            Language::Chinese => chinese,
        }
    }

    fn drill(&self) -> &'static str {
        self.pick("(drill) ", "（演练）")
    }

    /// The word before the subject: what is most urgent in it.
    fn kind(&self, lines: &[Line]) -> &'static str {
        let any = |ask: fn(&Ask) -> bool| lines.iter().any(|line| ask(&line.ask));
        let all = |ask: fn(&Ask) -> bool| lines.iter().all(|line| ask(&line.ask));
        if any(|ask| matches!(ask, Ask::Resume { .. })) {
            self.pick("Paused", "已暂停")
        } else if any(|ask| matches!(ask, Ask::Late { .. })) {
            self.pick("Late", "已逾期")
        } else if all(|ask| matches!(ask, Ask::Approve { .. })) {
            self.pick("To approve", "待批准")
        } else {
            self.pick("To do", "待处理")
        }
    }

    fn in_incident(&self, incident: &str, said: &str) -> String {
        self.pick(format!("{incident}, {said}"), format!("{incident} {said}"))
    }

    fn several(&self, count: usize) -> String {
        self.pick(format!("{count} things wait for you"), format!("有 {count} 件事等你处理"))
    }

    /// One thing in a sentence, without its full stop.
    fn said(&self, line: &Line) -> String {
        let Line { ask, title, due, .. } = line;
        let what = self.pick(
            match ask {
                Ask::Do => "your turn",
                Ask::Draft => "please draft",
                Ask::Send => "approved, please send",
                Ask::Run => "please run",
                Ask::Approve { .. } => "your approval is needed",
                Ask::Late { .. } => "this is late",
                Ask::Resume { .. } => "sending is paused",
            },
            match ask {
                Ask::Do => "轮到你了",
                Ask::Draft => "请起草",
                Ask::Send => "已批准，请发送",
                Ask::Run => "请执行",
                Ask::Approve { .. } => "需要你批准",
                Ask::Late { .. } => "已逾期",
                Ask::Resume { .. } => "发送已暂停",
            },
        );
        let late = matches!(ask, Ask::Late { .. });
        // A question ends with its own mark.
        let then = if title.ends_with(['?', '？', '!', '！']) { self.pick(" ", "") } else { self.pick(", ", "，") };
        let by = match due {
            None => String::new(),
            Some(due) if late => self.pick(format!("{then}due by {due}"), format!("{then}应在 {due}前完成")),
            Some(due) => self.pick(format!("{then}by {due}"), format!("{then}请在 {due}前完成")),
        };
        self.pick(format!("{what}: {title}{by}"), format!("{what}：{title}{by}"))
    }

    /// What else there is to know before typing the command.
    fn more(&self, ask: &Ask) -> &'static str {
        match ask {
            Ask::Resume { .. } => self
                .pick(" The timeline says why; once that is mended, let it go on:", "原因见时间线，处理好后继续发送："),
            Ask::Do | Ask::Draft | Ask::Send | Ask::Run | Ask::Approve { .. } | Ask::Late { .. } => "",
        }
    }

    fn text(&self, name: &str, lines: &[Line], said: &[String], walk: &str) -> String {
        let hello = match (self.language, inert::one_line(name)) {
            (_, name) if name.is_empty() => String::new(),
            (Language::English, name) => format!("{name}, "),
            (Language::Chinese, name) => format!("{name}，"),
        };
        let mut blocks = Vec::new();
        if let [only] = lines {
            blocks.push(self.block(&format!("{hello}{}", said[0]), only));
        } else {
            blocks.push(format!("{hello}{}", self.ended(&self.several(lines.len()))));
            for (line, said) in lines.iter().zip(said) {
                blocks.push(self.block(&begun(said), line));
            }
        }
        blocks.push(self.pick(format!("Everything else that is open: {walk}"), format!("其他待办：{walk}")));
        blocks.join("\n\n")
    }

    fn block(&self, sentence: &str, line: &Line) -> String {
        format!("{}{}\n{}", self.ended(sentence), self.more(&line.ask), line.ways.join("\n"))
    }

    fn ended(&self, sentence: &str) -> String {
        self.pick(format!("{sentence}."), format!("{sentence}。"))
    }
}

/// The sentence with its first letter as a sentence has it.
fn begun(said: &str) -> String {
    let mut letters = said.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests;
