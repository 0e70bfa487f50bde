//! The results in words: the story in one paragraph, the figures beside their targets, what became of promises.

use super::data::{FigureRow, People, Results};
use super::goals::{first_notice_severity, severities};
use super::markdown::cite;
use crate::incident::event::Event;
use crate::retrospective::figures::{Measured, Obligations, Promises, tells_staff_only};
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
        figures: measured
            .into_iter()
            .map(|(label, measured)| {
                let mut row = row(label, measured, words);
                if measured.target.is_some() && measured == figures.ttn {
                    let severity = first_notice_severity(sources.events);
                    let target = &row.target;
                    row.target = say!(words, "{target}（{severity}）", "{target} ({severity})");
                }
                row
            })
            .collect(),
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
    let staff_only = tells_staff_only(sources.runbook);
    promises(figures, staff_only, words, &mut sentences);
    notices(figures, staff_only, words, &mut sentences);
    deliveries(sources, figures, words, &mut sentences);
    coverage(sources, figures, words, &mut sentences);
    obligations(sources, figures, words, &mut sentences);
    match figures.deviations {
        0 => {}
        1 => sentences.push(
            words
                .pick(
                    "与预案不同的做法有 1 处，有记录的理由。",
                    "The work differed from the runbook once, with a recorded reason.",
                )
                .to_owned(),
        ),
        count => {
            let times = if count == 2 { "twice".to_owned() } else { format!("{count} times") };
            sentences.push(say!(
                words,
                "与预案不同的做法有 {count} 处，各有记录的理由。",
                "The work differed from the runbook {times}, each with a recorded reason."
            ))
        }
    }
    sentences
}

fn promises(figures: &Figures, staff_only: bool, words: &Words, sentences: &mut Vec<String>) {
    let (updates, deadlines) = (figures.updates, figures.deadlines);
    if updates.promised > 0 {
        let (promised, many) = (updates.promised, words.many(updates.promised, "update"));
        let what = match staff_only {
            true => say!(words, "向同事约定了 {promised} 次更新", "Colleagues were promised {many}"),
            false => say!(words, "向客户约定了 {promised} 次更新", "Customers were promised {many}"),
        };
        let became = kept(updates, words, ("次", "按时发出", "没有按时发出"), ("came in time", "did not"));
        sentences.push(say!(words, "{what}，{became}。", "{what}; {became}."));
    }
    if deadlines.promised > 0 {
        let (promised, many) = (deadlines.promised, words.many(deadlines.promised, "step"));
        let became = kept(deadlines, words, ("个", "按时完成", "超过时限"), ("met it", "went past it"));
        sentences.push(say!(words, "有时限的步骤 {promised} 个，{became}。", "{many} had a deadline; {became}."));
    }
}

/// What became of promises, without counting what there was none of.
fn kept(promises: Promises, words: &Words, chinese: (&str, &str, &str), english: (&str, &str)) -> String {
    let Promises { promised, kept, missed } = promises;
    let open = promised.saturating_sub(kept + missed);
    if open == 0 && (missed == 0 || kept == 0) {
        let how = words
            .pick(if missed == 0 { chinese.1 } else { chinese.2 }, if missed == 0 { english.0 } else { english.1 });
        return match (promised, words.is_chinese()) {
            (1, true) => how.to_owned(),
            (_, true) => format!("全部{how}"),
            (1, false) => format!("it {how}{}", if how == "did not" { " come in time" } else { "" }),
            (_, false) if how == "did not" => "none came in time".to_owned(),
            (_, false) => format!("all {how}"),
        };
    }
    let unit = chinese.0;
    let mut parts = Vec::new();
    for (count, zh, en) in [
        (kept, chinese.1, english.0),
        (missed, chinese.2, english.1),
        (open, "尚未到时", if open == 1 { "is still open" } else { "are still open" }),
    ] {
        if count > 0 {
            parts.push(say!(words, "{count} {unit}{zh}", "{count} {en}"));
        }
    }
    words.list(parts)
}

fn notices(figures: &Figures, staff_only: bool, words: &Words, sentences: &mut Vec<String>) {
    if figures.notices == 0 {
        sentences.push(words.pick("还没有发出通知。", "No notice has been sent.").to_owned());
        return;
    }
    let (notices, recipients, organisations) = (figures.notices, figures.recipients, figures.organisations);
    let sent = words.many(notices, "notice");
    if recipients == 0 {
        sentences.push(say!(words, "共发出 {notices} 封通知。", "{sent} went out."));
    } else if staff_only {
        let to = words.many(recipients, "colleague");
        sentences.push(say!(
            words,
            "共发出 {notices} 封通知，都是发给同事的，最多一次告知 {recipients} 人。",
            "{sent} went out, all to colleagues; the widest was for {to}."
        ));
    } else {
        let (to, of) = (words.many(recipients, "contact"), words.many(organisations, "organisation"));
        sentences.push(say!(
            words,
            "共发出 {notices} 封通知，最多一次面向 {recipients} 位联系人，涉及 {organisations} 家机构。",
            "{sent} went out; the widest was for {to} in {of}."
        ));
    }
}

fn deliveries(sources: &Sources<'_>, figures: &Figures, words: &Words, sentences: &mut Vec<String>) {
    let of = |state: &str| figures.deliveries.get(state).copied().unwrap_or_default();
    let (sent, suppressed) = (of("sent"), of("suppressed"));
    if let Some(share) = figures.delivery_share {
        let usable = figures.deliveries.values().sum::<u64>() - figures.no_address - suppressed;
        let other: Vec<(&str, u64)> = figures
            .deliveries
            .iter()
            .map(|(state, count)| match state.as_str() {
                "failed" => ("failed", count - figures.no_address),
                other => (other, *count),
            })
            .filter(|(state, count)| *count > 0 && !matches!(*state, "sent" | "suppressed"))
            .collect();
        let (share, other) = (format!("{:.1}%", share * 100.0), words.deliveries(&other));
        let messages = words.many(usable, "message");
        sentences.push(match sent == usable {
            true => say!(
                words,
                "发往可用地址的 {usable} 条消息全部送出。",
                "Of {messages} to a usable address, every one was sent."
            ),
            false => say!(
                words,
                "发往可用地址的 {usable} 条消息，送出 {sent} 条（{share}）；{other}。",
                "Of {messages} to a usable address, {sent} were sent ({share}); {other}."
            ),
        });
    }
    let widest = sources
        .events
        .iter()
        .filter_map(|recorded| match &recorded.event {
            Event::NoticeDrafted(draft) => Some((draft.left_out.no_address, draft.recipients.rows)),
            _ => None,
        })
        .max();
    if let Some((none, rows)) = widest.filter(|(none, _)| *none > 0 && figures.no_address > 0) {
        let recipients = words.many(rows, "recipient");
        sentences.push(say!(
            words,
            "{rows} 个收件人中，{none} 个没有邮箱地址，通知无法送到；他们在每封通知里都会计入一次。",
            "Of {recipients}, {none} have no address in the contact book. No notice can reach them that way; each notice counts them again."
        ));
    }
    if suppressed > 0 {
        let messages = words.many(suppressed, "message");
        sentences.push(say!(
            words,
            "另有 {suppressed} 条没有发出：收件地址退订或曾退信，已停发。",
            "{messages} stayed unsent, because the address had unsubscribed or had bounced."
        ));
    }
}

fn coverage(sources: &Sources<'_>, figures: &Figures, words: &Words, sentences: &mut Vec<String>) {
    // Without fallbacks there is nothing that could have covered anyone.
    let has_fallbacks = !sources.runbook.fallbacks.is_empty();
    if let Some(coverage) = figures.coverage.filter(|coverage| coverage.affected > 0 && has_fallbacks) {
        let (affected, covered, uncovered, remainder) =
            (coverage.affected, coverage.covered, coverage.uncovered, coverage.remainder);
        let otherwise = uncovered.saturating_sub(remainder);
        let have = if remainder == 1 { "has" } else { "have" };
        sentences.push(match (uncovered, remainder) {
            (0, _) => say!(
                words,
                "受影响的 {affected} 位客户，替代办法全部覆盖。",
                "Fallbacks covered all {affected} affected customers."
            ),
            (_, 0) => say!(
                words,
                "受影响的 {affected} 位客户中，替代办法覆盖 {covered} 位，其余 {uncovered} 位都已另行联系上。",
                "Of {affected} affected customers, fallbacks covered {covered}; the other {uncovered} were reached in another way."
            ),
            _ if otherwise == 0 => say!(
                words,
                "受影响的 {affected} 位客户中，替代办法覆盖 {covered} 位，其余 {uncovered} 位还没有逐一联系。",
                "Of {affected} affected customers, fallbacks covered {covered}; the other {uncovered} {have} not been reached by hand yet."
            ),
            _ => say!(
                words,
                "受影响的 {affected} 位客户中，替代办法覆盖 {covered} 位；其余 {uncovered} 位里，{otherwise} 位已逐一联系，{remainder} 位还没有。",
                "Of {affected} affected customers, fallbacks covered {covered}; of the other {uncovered}, {otherwise} were reached by hand and {remainder} {have} not been yet."
            ),
        });
    }
    match figures.reached_by_hand {
        0 => {}
        1 => sentences.push(words.pick("人工联系到 1 位客户。", "1 customer was reached by hand.").to_owned()),
        count => {
            sentences.push(say!(words, "人工逐一联系到 {count} 位客户。", "{count} customers were reached by hand."));
        }
    }
}

fn obligations(sources: &Sources<'_>, figures: &Figures, words: &Words, sentences: &mut Vec<String>) {
    let Obligations { opened, lifted, kept } = figures.obligations;
    if opened > 0 {
        let many = words.many(opened, "containment");
        let all = if opened == 2 { "Both".to_owned() } else { format!("All {opened}") };
        let were = if lifted == 1 { "was" } else { "were" };
        sentences.push(match (lifted == opened, kept) {
            (true, _) if opened == 1 => {
                words.pick("需要解除的止损措施 1 项，已解除。", "The one containment was lifted again.").to_owned()
            }
            (true, _) => {
                say!(words, "需要解除的止损措施 {opened} 项，全部解除。", "{all} containments were lifted again.")
            }
            (false, 0) => say!(
                words,
                "需要解除的止损措施 {opened} 项，已解除 {lifted} 项。",
                "{many} had to be lifted again; {lifted} {were}."
            ),
            (false, _) => say!(
                words,
                "需要解除的止损措施 {opened} 项，已解除 {lifted} 项，说明理由后保留 {kept} 项。",
                "{many} had to be lifted again; {lifted} {were}, and {kept} stayed in place with a reason."
            ),
        });
    }
    let open =
        words.list(
            sources.incident.obligations.iter().map(|step| {
                sources.runbook.steps.get(step).map_or(step.as_str(), |step| step.title.get(&words.locale))
            }),
        );
    if !open.is_empty() {
        sentences.push(say!(words, "仍待解除：{open}。", "Still to be lifted: {open}."));
    }
}

/// The whole in a paragraph that reads well aloud.
pub(super) fn story(sources: &Sources<'_>, figures: &Figures, words: &Words) -> String {
    let declared = words.moment(sources.incident.declared_at);
    let severities = severities(sources.events);
    let severity = severities.first().map(|(severity, _)| severity.as_str()).unwrap_or_default();
    let mut story = match figures.ttd.seconds.map(|seconds| words.span(seconds)) {
        Some(span) => say!(
            words,
            "{declared}，影响开始 {span}后，事件宣告，级别 {severity}。",
            "The incident was declared at {severity} on {declared}, {span} after the impact began."
        ),
        None => say!(
            words,
            "{declared}，事件宣告，级别 {severity}。",
            "The incident was declared at {severity} on {declared}."
        ),
    };
    let mut add = |sentence: String| {
        if !words.is_chinese() {
            story.push(' ');
        }
        story.push_str(&sentence);
    };
    if let Some(span) = figures.ttn.seconds.map(|seconds| words.span(seconds)) {
        let (whom_zh, whom) =
            if tells_staff_only(sources.runbook) { ("同事", "colleagues") } else { ("客户", "customers") };
        add(say!(
            words,
            "宣告后 {span}，给{whom_zh}的第一封通知发出。",
            "The first notice to {whom} left {span} after that."
        ));
    }
    for (severity, changed) in severities.iter().skip(1) {
        if let Some((at, seq)) = changed {
            let at = words.time(*at);
            add(say!(
                words,
                "{at}，级别调整为 {severity}（#{seq}）。",
                "At {at} the severity became {severity} (#{seq})."
            ));
        }
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
