//! One calm sentence for each event worth telling; who did it stands beside it as a role.

use std::collections::HashMap;

use super::Kind;
use crate::incident::event::{DraftedNotice, Event, FactValue, Recorded};
use crate::incident::{NoticeId, Outcome};
use crate::retrospective::names::Roles;
use crate::retrospective::words::{Words, say};
use crate::runbook::{Runbook, Scope, StepId, StepKind};

/// What an event comes to on the timeline.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) kind: Kind,
    pub(super) what: String,
    pub(super) evidence: Option<String>,
    pub(super) step: Option<StepId>,
    pub(super) internal: bool,
    /// Neighbours with the same key are told together.
    pub(super) group: Option<String>,
}

/// Tells the events of one incident to one reader.
pub(super) struct Teller<'a> {
    pub(super) runbook: &'a Runbook,
    pub(super) roles: &'a Roles,
    pub(super) words: &'a Words,
    pub(super) notices: HashMap<NoticeId, &'a DraftedNotice>,
}

impl Teller<'_> {
    /// The sentence for an event; none where it only moves the engine along, or is told elsewhere.
    pub(super) fn tell(&self, recorded: &Recorded) -> Option<Told> {
        self.begin_and_end(recorded)
            .or_else(|| self.step(&recorded.event))
            .or_else(|| self.approval(&recorded.event))
            .or_else(|| self.known(&recorded.event))
            .or_else(|| self.notice(&recorded.event))
            .map(|mut told| {
                told.what = self.roles.replace(&told.what);
                told.evidence = told.evidence.map(|link| self.roles.replace(&link));
                told
            })
    }

    fn begin_and_end(&self, recorded: &Recorded) -> Option<Told> {
        let words = self.words;
        let what = match &recorded.event {
            Event::IncidentDeclared(declared) => {
                let severity = words.severity(self.runbook, declared.severity.as_str());
                let runbook = self.runbook.title.get(&words.locale);
                say!(
                    words,
                    "宣告事件，级别 {severity}，按预案“{runbook}”处理",
                    "Declared, severity {severity}; the runbook “{runbook}” began"
                )
            }
            Event::PhaseEntered { phase } if *phase != crate::runbook::Phase::Pre => {
                let phase = words.phase(*phase).to_lowercase();
                say!(words, "进入{phase}阶段", "The {phase} phase began")
            }
            Event::IncidentResolved { reason } => {
                with_reason(words, words.pick("事件解决", "Resolved"), reason.as_deref())
            }
            Event::IncidentClosed { reason } => with_reason(words, words.pick("事件关闭", "Closed"), reason.as_deref()),
            Event::IncidentReopened { reason, .. } => {
                with_reason(words, words.pick("事件重新打开", "Reopened"), Some(reason))
            }
            Event::StatusChanged { from, to } => {
                let to = words.status(*to);
                match from.map(|from| words.status(from)) {
                    Some(from) => {
                        say!(words, "对外状态由“{from}”变为“{to}”", "The public status went from {from} to {to}")
                    }
                    None => say!(words, "对外状态：{to}", "The public status became {to}"),
                }
            }
            _ => return None,
        };
        Some(Told::new(Kind::Milestone, what).public())
    }

    fn step(&self, event: &Event) -> Option<Told> {
        let words = self.words;
        let told = match event {
            Event::StepTakenEarly { step, reason, .. } => {
                let title = self.title(step);
                let what = say!(words, "“{title}”提前进行：{reason}", "Took “{title}” before its turn: {reason}");
                Told::new(Kind::Deviation, what).of(step)
            }
            Event::DecisionAnswered { step, answer } => {
                let (title, answer) = (self.title(step), self.answer(step, answer.as_str()));
                Told::new(Kind::Decision, say!(words, "{title}{answer}", "{title} {answer}")).of(step)
            }
            Event::SignalReceived { step } => {
                let title = self.title(step);
                Told::new(Kind::Step, say!(words, "收到“{title}”的信号", "The signal for “{title}” came")).of(step)
            }
            Event::ProbeAnswered { step, passed, detail } => {
                let title = self.title(step);
                let what = match passed {
                    true => say!(words, "“{title}”探测通过", "The probe of “{title}” passed"),
                    false => {
                        say!(words, "“{title}”探测未通过：{detail}", "The probe of “{title}” did not pass: {detail}")
                    }
                };
                Told::new(Kind::Step, what).of(step).grouped(format!("probe {step} {passed}"))
            }
            Event::StepEnded { step, outcome, note, evidence, reason } => {
                return self.ended(step, *outcome, note.as_deref().or(reason.as_deref()), evidence.clone());
            }
            Event::AttemptRestarted { because, attempt, .. } => {
                let title = self.title(because);
                let what = say!(
                    words,
                    "“{title}”未通过，第 {attempt} 次处理开始",
                    "“{title}” did not pass; attempt {attempt} began"
                );
                Told::new(Kind::Step, what).of(because)
            }
            Event::MeasureRequested { step, .. } => {
                let title = self.title(step);
                Told::new(Kind::Measure, say!(words, "申请执行“{title}”", "Asked to carry out “{title}”")).of(step)
            }
            Event::ActionWorked { step, detail, .. } => {
                let title = self.title(step);
                let what = say!(words, "系统执行“{title}”成功", "The system carried out “{title}”");
                Told::new(Kind::Measure, with_reason(words, &what, Some(detail))).of(step)
            }
            Event::ActionFailed { step, detail, .. } => {
                let title = self.title(step);
                let what = say!(words, "系统执行“{title}”没有成功", "The system could not carry out “{title}”");
                Told::new(Kind::Measure, with_reason(words, &what, Some(detail)))
                    .of(step)
                    .grouped(format!("action {step}"))
            }
            Event::ObligationLifted { step } => {
                let what = match self.lift(step) {
                    Some(lift) => say!(words, "已恢复：{lift}", "Lifted: {lift}"),
                    None => {
                        let title = self.title(step);
                        say!(words, "解除“{title}”", "Lifted “{title}”")
                    }
                };
                Told::new(Kind::Measure, what).of(step).scope(self.scope(step))
            }
            Event::ObligationKept { step, reason } => {
                let title = self.title(step);
                Told::new(
                    Kind::Measure,
                    say!(words, "“{title}”继续保留：{reason}", "Kept “{title}” in place: {reason}"),
                )
                .of(step)
            }
            Event::DeadlineMissed { step, due_at } => {
                let (title, due) = (self.title(step), words.time(*due_at));
                let what = say!(
                    words,
                    "“{title}”到了 {due} 的时限，尚未结束",
                    "“{title}” was still open at its deadline, {due}"
                );
                Told::new(Kind::Late, what).of(step)
            }
            _ => return None,
        };
        Some(told)
    }

    fn ended(&self, step: &StepId, outcome: Outcome, note: Option<&str>, evidence: Option<String>) -> Option<Told> {
        let (words, title) = (self.words, self.title(step));
        let kind = self.runbook.steps.get(step).map(|step| &step.kind);
        let told_elsewhere = matches!(
            kind,
            Some(
                StepKind::Notice(_)
                    | StepKind::Updates { .. }
                    | StepKind::Decide { .. }
                    | StepKind::Retrospective { .. }
            )
        );
        if told_elsewhere && outcome == Outcome::Done && note.is_none() && evidence.is_none() {
            return None;
        }
        let (row, what) = match (outcome, kind) {
            (Outcome::Skipped, _) => (Kind::Deviation, say!(words, "跳过“{title}”", "Skipped “{title}”")),
            (Outcome::Worked, _) => (Kind::Measure, say!(words, "“{title}”奏效", "“{title}” worked")),
            (Outcome::Failed, Some(StepKind::Accept { .. })) => {
                (Kind::Step, say!(words, "“{title}”未通过", "“{title}” did not pass"))
            }
            (Outcome::Failed, _) => (Kind::Measure, say!(words, "“{title}”没有奏效", "“{title}” did not work")),
            (Outcome::Done, Some(StepKind::Accept { .. })) => {
                (Kind::Step, say!(words, "“{title}”通过", "“{title}” passed"))
            }
            (Outcome::Done, Some(StepKind::Wait(_))) => {
                (Kind::Step, say!(words, "“{title}”等待结束", "“{title}”: the wait ended"))
            }
            (Outcome::Done, _) => (Kind::Step, say!(words, "完成“{title}”", "Done: “{title}”")),
        };
        let mut told = Told::new(row, with_reason(words, &what, note)).of(step).scope(self.scope(step));
        told.evidence = evidence;
        told.internal |= outcome == Outcome::Skipped;
        Some(told)
    }

    fn approval(&self, event: &Event) -> Option<Told> {
        let words = self.words;
        let told = match event {
            Event::Approved { step, alone: Some(reason), .. } => {
                let title = self.title(step);
                let what = say!(
                    words,
                    "“{title}”由起草者独自批准：{reason}",
                    "“{title}” was approved by its author alone: {reason}"
                );
                Told::new(Kind::Deviation, what).of(step)
            }
            Event::Approved { step, .. } => {
                let title = self.title(step);
                Told::new(Kind::Approval, say!(words, "批准“{title}”", "Approved “{title}”")).of(step)
            }
            Event::Rejected { step, reason, .. } => {
                let title = self.title(step);
                Told::new(Kind::Approval, say!(words, "退回“{title}”：{reason}", "Sent “{title}” back: {reason}"))
                    .of(step)
            }
            Event::ApprovalEscalated { step, to } => {
                let (title, to) = (self.title(step), words.list(to.iter().map(|role| self.roles.title(role))));
                let what = say!(
                    words,
                    "“{title}”等待审批已久，{to}也可批准",
                    "“{title}” waited for approval; {to} may now give it too"
                );
                Told::new(Kind::Late, what).of(step)
            }
            _ => return None,
        };
        Some(told)
    }

    fn known(&self, event: &Event) -> Option<Told> {
        let words = self.words;
        let told = match event {
            Event::FactStated { fact, value, .. } => {
                let what = self.fact(fact.as_str(), value);
                Told::new(Kind::Fact, what).grouped("facts".to_owned())
            }
            Event::FactsConfirmed { facts } => {
                let stated: Vec<_> = facts.iter().map(|(fact, value)| self.fact(fact.as_str(), value)).collect();
                Told::new(Kind::Fact, stated.join(words.pick("；", "; "))).grouped("facts".to_owned())
            }
            Event::SeverityChanged { from, to, reason, .. } => Told::new(
                Kind::Decision,
                say!(words, "级别由 {from} 调整为 {to}：{reason}", "Severity went from {from} to {to}: {reason}"),
            ),
            Event::CauseClassified { cause } => {
                let cause = words.cause(*cause);
                Told::new(Kind::Decision, say!(words, "原因归类为：{cause}", "The cause was classified as {cause}"))
            }
            Event::RoleAssigned { role, people } => {
                let role = self.roles.title(role);
                let what = match people.is_empty() {
                    true => say!(words, "{role}暂时无人担任", "Nobody held the role {role}"),
                    false => say!(words, "有人接任{role}", "The role {role} was taken"),
                };
                Told::new(Kind::Step, what)
            }
            Event::NoteAdded { text, .. } => Told::new(Kind::Note, text.clone()),
            Event::FallbackSwitched { fallback, on } => {
                let title =
                    self.runbook.fallbacks.get(fallback).map_or(fallback.as_str(), |f| f.title.get(&words.locale));
                let what = match on {
                    true => say!(words, "启用替代方案“{title}”", "Switched on the fallback “{title}”"),
                    false => say!(words, "停用替代方案“{title}”", "Switched off the fallback “{title}”"),
                };
                Told::new(Kind::Measure, what)
            }
            Event::FallbackImported { fallback, contacts } => {
                let title =
                    self.runbook.fallbacks.get(fallback).map_or(fallback.as_str(), |f| f.title.get(&words.locale));
                let what = say!(
                    words,
                    "导入“{title}”可覆盖的 {contacts} 位联系人",
                    "Imported {contacts} contacts that “{title}” covers"
                );
                Told::new(Kind::Step, what)
            }
            Event::AffectedImported { contacts } => Told::new(
                Kind::Fact,
                say!(
                    words,
                    "导入受影响名单，共 {contacts} 位",
                    "Imported the list of those affected: {contacts} contacts"
                ),
            ),
            Event::ContactsReached { step, contacts, by, note } => {
                let count = contacts.len();
                let what = say!(words, "逐一联系到 {count} 位客户（{by}）", "Reached {count} by hand ({by})");
                Told::new(Kind::Step, with_reason(words, &what, note.as_deref()))
                    .of(step)
                    .grouped(format!("reach {step}"))
            }
            _ => return None,
        };
        Some(told)
    }

    fn notice(&self, event: &Event) -> Option<Told> {
        let words = self.words;
        let told = match event {
            Event::NoticeQueued(queued) => {
                let subject = self.subject(queued.notice, &queued.step);
                let draft = self.notices.get(&queued.notice);
                let (rows, organisations) = draft.map_or((0, 0), |d| (d.recipients.rows, d.recipients.organisations));
                let mut what = say!(words, "发出“{subject}”", "Sent “{subject}”");
                if rows > 0 {
                    what += &say!(
                        words,
                        "，共 {rows} 个收件地址，涉及 {organisations} 家机构",
                        " to {rows} recipients in {organisations} organisations"
                    );
                }
                if let Some(next) = queued.next_update_at.map(|at| words.time(at)) {
                    what += &say!(words, "，约定 {next} 前再次告知", ", promising the next word by {next}");
                }
                let told = Told::new(Kind::Notice, what).of(&queued.step);
                if draft.is_some_and(|draft| draft.to_customers) { told.public() } else { told }
            }
            Event::NoticeVoided { notice, step, because } => {
                let (subject, because) = (self.subject(*notice, step), self.because(because));
                let what = say!(
                    words,
                    "草稿“{subject}”作废：{because}有变",
                    "The draft “{subject}” no longer held: {because} had changed"
                );
                Told::new(Kind::Notice, what).of(step).grouped(format!("void {step}"))
            }
            Event::NoticeCancelled { notice, step } => {
                let subject = self.subject(*notice, step);
                Told::new(Kind::Notice, say!(words, "撤下“{subject}”，不再发送", "Cancelled “{subject}”")).of(step)
            }
            Event::NoticePaused { notice, step, reason } => {
                let subject = self.subject(*notice, step);
                let what = say!(words, "暂停发送“{subject}”", "Paused “{subject}”");
                Told::new(Kind::Notice, with_reason(words, &what, reason.as_deref())).of(step)
            }
            Event::NoticeResumed { notice, step } => {
                let subject = self.subject(*notice, step);
                Told::new(Kind::Notice, say!(words, "继续发送“{subject}”", "Resumed “{subject}”")).of(step)
            }
            Event::NoticeResent { notice, step, rows } => {
                let subject = self.subject(*notice, step);
                Told::new(
                    Kind::Notice,
                    say!(words, "向 {rows} 个地址重发“{subject}”", "Sent “{subject}” again to {rows} recipients"),
                )
                .of(step)
            }
            Event::NoticeSettled { notice, step, counts } => {
                let subject = self.subject(*notice, step);
                let counts = words.list(
                    counts.iter().filter(|(_, n)| **n > 0).map(|(state, n)| format!("{} {n}", words.delivery(state))),
                );
                Told::new(Kind::Notice, say!(words, "“{subject}”投递完毕：{counts}", "“{subject}” settled: {counts}"))
                    .of(step)
            }
            Event::UpdateOwed { step, due_at, .. } => {
                let due = words.time(*due_at);
                let what =
                    say!(words, "约定 {due} 的更新未能按时发出", "The update promised for {due} was not out in time");
                Told::new(Kind::Late, what).of(step).grouped(format!("owed {step}"))
            }
            _ => return None,
        };
        Some(told)
    }

    fn title(&self, step: &StepId) -> String {
        self.runbook
            .steps
            .get(step)
            .map_or_else(|| step.to_string(), |step| step.title.get(&self.words.locale).to_owned())
    }

    fn answer(&self, step: &StepId, answer: &str) -> String {
        let kind = self.runbook.steps.get(step).map(|step| &step.kind);
        match kind {
            Some(StepKind::Decide { answers }) => {
                answers.get(answer).map_or(answer, |text| text.get(&self.words.locale)).to_owned()
            }
            _ => answer.to_owned(),
        }
    }

    fn lift(&self, step: &StepId) -> Option<String> {
        match &self.runbook.steps.get(step)?.kind {
            StepKind::Contain { lift: Some(lift), .. } => Some(lift.get(&self.words.locale).to_owned()),
            _ => None,
        }
    }

    fn scope(&self, step: &StepId) -> Scope {
        self.runbook.steps.get(step).map_or(Scope::Internal, |step| step.scope)
    }

    fn fact(&self, fact: &str, value: &FactValue) -> String {
        let (title, value) = (self.words.fact_title(self.runbook, fact), self.words.fact(self.runbook, fact, value));
        say!(self.words, "{title}：{value}", "{title}: {value}")
    }

    /// What made a draft untrue: a fact's title where it names a fact.
    fn because(&self, because: &str) -> String {
        match because {
            "severity" => self.words.pick("级别", "the severity").to_owned(),
            "cause" => self.words.pick("原因归类", "the cause").to_owned(),
            "status" => self.words.pick("对外状态", "the public status").to_owned(),
            "redrafted" => self.words.pick("草稿", "the draft").to_owned(),
            "step_ended" => self.words.pick("步骤状态", "the step").to_owned(),
            fact => self.words.fact_title(self.runbook, fact.strip_prefix("fact:").unwrap_or(fact)),
        }
    }

    /// The subject in the reader's language, without the prefix that threads it.
    fn subject(&self, notice: NoticeId, step: &StepId) -> String {
        let message = self.notices.get(&notice).and_then(|draft| {
            let found = self.words.locale.best(draft.messages.iter().map(|message| &message.locale));
            draft.messages.iter().find(|message| Some(&message.locale) == found).or(draft.messages.first())
        });
        message.map_or_else(|| self.title(step), |message| message.subject.clone())
    }
}

impl Told {
    fn new(kind: Kind, what: String) -> Self {
        Self { kind, what, evidence: None, step: None, internal: true, group: None }
    }

    pub(super) fn milestone(what: String) -> Self {
        Self::new(Kind::Milestone, what).public()
    }

    fn of(mut self, step: &StepId) -> Self {
        self.step = Some(step.clone());
        self
    }

    fn scope(mut self, scope: Scope) -> Self {
        self.internal = scope == Scope::Internal;
        self
    }

    fn public(mut self) -> Self {
        self.internal = false;
        self
    }

    fn grouped(mut self, group: String) -> Self {
        self.group = Some(group);
        self
    }
}

/// A sentence with the words someone gave for it.
fn with_reason(words: &Words, what: &str, reason: Option<&str>) -> String {
    match reason.map(str::trim).filter(|reason| !reason.is_empty()) {
        Some(reason) => say!(words, "{what}：{reason}", "{what}: {reason}"),
        None => what.to_owned(),
    }
}
