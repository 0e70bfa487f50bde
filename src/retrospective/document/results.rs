//! The results in words: the story in one paragraph, the figures beside their targets, what became of promises.

use super::data::{FigureRow, People, Results};
use super::markdown::cite;
use crate::retrospective::figures::Measured;
use crate::retrospective::words::{Words, say};
use crate::retrospective::{Figures, Sources};

pub(super) fn results(sources: &Sources<'_>, figures: &Figures, words: &Words, people: People) -> Results {
    let measured = [
        (words.pick("发现：影响开始到宣告（TTD）", "Detected: impact to declaration (TTD)"), figures.ttd),
        (words.pick("接手：宣告到负责人接手（TTA）", "Taken: declaration to the lead (TTA)"), figures.tta),
        (words.pick("告知：宣告到第一封通知送出（TTN）", "Told: declaration to first notice sent (TTN)"), figures.ttn),
        (words.pick("止损：影响开始到止损生效（TTM）", "Contained: impact to containment (TTM)"), figures.ttm),
        (words.pick("恢复：影响开始到解决（TTR）", "Resolved: impact to resolution (TTR)"), figures.ttr),
    ];
    Results {
        figures: measured.into_iter().map(|(label, measured)| row(label, measured, words)).collect(),
        impact_stated: figures.impact_stated,
        sentences: sentences(sources, figures, words),
        people,
    }
}

fn row(label: &str, measured: Measured, words: &Words) -> FigureRow {
    let verdict = match measured.kept {
        Some(true) => words.pick("守时", "met"),
        Some(false) => words.pick("超时", "past it"),
        None => "—",
    };
    let dash = || "—".to_owned();
    FigureRow {
        label: label.to_owned(),
        value: measured.seconds.map_or_else(dash, |seconds| words.span(seconds)),
        target: measured.target.map_or_else(dash, |target| words.span(target)),
        verdict: verdict.to_owned(),
        cite: measured.seq.map(|seq| cite(&[seq])).unwrap_or_default(),
    }
}

fn sentences(sources: &Sources<'_>, figures: &Figures, words: &Words) -> Vec<String> {
    let mut sentences = Vec::new();
    let (updates, deadlines) = (figures.updates, figures.deadlines);
    if updates.promised > 0 {
        let (promised, kept, missed) = (updates.promised, updates.kept, updates.missed);
        sentences.push(say!(
            words,
            "向客户约定了 {promised} 次更新，守约 {kept} 次，错过 {missed} 次。",
            "Customers were promised {promised} updates: {kept} kept, {missed} missed."
        ));
    }
    if deadlines.promised > 0 {
        let (promised, kept, missed) = (deadlines.promised, deadlines.kept, deadlines.missed);
        sentences.push(say!(
            words,
            "有时限的步骤 {promised} 个，按时 {kept} 个，超时 {missed} 个。",
            "{promised} steps had a deadline: {kept} met it, {missed} went past it."
        ));
    }
    reach(figures, words, &mut sentences);
    obligations(sources, figures, words, &mut sentences);
    if figures.deviations > 0 {
        let count = figures.deviations;
        sentences.push(say!(
            words,
            "与预案不同的做法有 {count} 处，各有记录的理由。",
            "The work differed from the runbook {count} times, each with a recorded reason."
        ));
    }
    sentences
}

fn reach(figures: &Figures, words: &Words, sentences: &mut Vec<String>) {
    if figures.notices == 0 {
        sentences.push(words.pick("还没有发出通知。", "No notice has been sent.").to_owned());
    } else {
        let (notices, recipients, organisations) = (figures.notices, figures.recipients, figures.organisations);
        sentences.push(say!(
            words,
            "共发出 {notices} 封通知，最多一次告知 {recipients} 位联系人，涉及 {organisations} 家机构。",
            "{notices} notices went out; the widest reached {recipients} contacts in {organisations} organisations."
        ));
    }
    if let Some(share) = figures.delivery_share {
        let share = format!("{:.1}%", share * 100.0);
        let states = figures.deliveries.iter().filter(|(_, count)| **count > 0);
        let counts = words.list(states.map(|(state, count)| format!("{} {count}", words.delivery(state))));
        sentences.push(say!(words, "投递成功率 {share}：{counts}。", "{share} of deliveries were sent: {counts}."));
    }
    if let Some(coverage) = figures.coverage.filter(|coverage| coverage.affected > 0) {
        let (affected, covered, uncovered, remainder) =
            (coverage.affected, coverage.covered, coverage.uncovered, coverage.remainder);
        sentences.push(say!(
            words,
            "受影响的 {affected} 位客户中，替代办法覆盖 {covered} 位，未覆盖 {uncovered} 位，其中 {remainder} 位至今没有联系上。",
            "Of {affected} affected customers, fallbacks covered {covered}; {uncovered} were not covered, and {remainder} of them have not been reached."
        ));
    }
    if figures.reached_by_hand > 0 {
        let count = figures.reached_by_hand;
        let customers = if count == 1 { "customer was" } else { "customers were" };
        sentences.push(say!(words, "人工逐一联系到 {count} 位客户。", "{count} {customers} reached by hand."));
    }
}

fn obligations(sources: &Sources<'_>, figures: &Figures, words: &Words, sentences: &mut Vec<String>) {
    let obligations = figures.obligations;
    if obligations.opened > 0 {
        let (opened, lifted, kept) = (obligations.opened, obligations.lifted, obligations.kept);
        sentences.push(say!(
            words,
            "需要解除的止损措施 {opened} 项：已解除 {lifted} 项，说明理由后保留 {kept} 项。",
            "Containments to be lifted again: {opened}; lifted: {lifted}; kept in place with a reason: {kept}."
        ));
    }
    let open =
        words.list(
            sources.incident.obligations.iter().map(|step| {
                sources.runbook.steps.get(step).map_or(step.as_str(), |step| step.title.get(&words.locale))
            }),
        );
    if !open.is_empty() {
        sentences.push(say!(words, "仍待恢复：{open}。", "Still to be lifted: {open}."));
    }
}

/// The whole in a paragraph that reads well aloud.
pub(super) fn story(sources: &Sources<'_>, figures: &Figures, words: &Words) -> String {
    let declared = words.moment(sources.incident.declared_at);
    let mut story = match figures.ttd.seconds.map(|seconds| words.span(seconds)) {
        Some(span) => say!(
            words,
            "{declared}，也就是影响开始 {span}之后，事件宣告，处理开始。",
            "The incident was declared at {declared}, {span} after the impact began."
        ),
        None => say!(words, "{declared}，事件宣告，处理开始。", "The incident was declared at {declared}."),
    };
    let mut add = |sentence: String| {
        if !words.is_chinese() {
            story.push(' ');
        }
        story.push_str(&sentence);
    };
    if let Some(span) = figures.ttn.seconds.map(|seconds| words.span(seconds)) {
        add(say!(
            words,
            "宣告后 {span}，第一封通知送到了客户那里。",
            "Customers had the first notice on its way {span} later."
        ));
    }
    if let Some(span) = figures.ttm.seconds.map(|seconds| words.span(seconds)) {
        let from = if figures.impact_stated {
            words.pick("影响开始", "the impact began")
        } else {
            words.pick("宣告", "the declaration")
        };
        add(say!(words, "{from}后 {span}，影响得到控制。", "The harm was contained {span} after {from}."));
    }
    match figures.ttr.seconds.map(|seconds| words.span(seconds)) {
        Some(span) => {
            let from = if figures.impact_stated {
                words.pick("影响开始", "the impact began")
            } else {
                words.pick("宣告", "the declaration")
            };
            add(say!(words, "从{from}算起，{span}后事件解决。", "It was resolved {span} after {from}."));
        }
        None => add(words.pick("事件仍在处理中。", "The work goes on.").to_owned()),
    }
    story
}
