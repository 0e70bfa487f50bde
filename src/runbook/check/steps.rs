//! Reads the phases' lists: steps of every kind, and branches side by side.

use std::cell::Cell;

use indexmap::IndexMap;

use super::checker::{Checker, Fields, spend};
use super::top::by;
use crate::problem::Place;
use crate::runbook::near::nearest;
use crate::runbook::source::{Content, Node, Sort};
use crate::runbook::{
    AnswerId, Audience, AudienceId, Fact, FactId, Fallback, FallbackId, Gate, Item, List, ListIndex, Named, NoticeSpec,
    Phase, ProbeFor, Requirement, RoleId, Run, Scope, Status, Step, StepId, StepKind, Via, WaitFor, keys,
};

/// Reads steps, with what they may refer to.
pub(super) struct StepReader<'c, 'n, 's> {
    checker: &'c mut Checker<'s>,
    facts: &'c IndexMap<FactId, Fact>,
    audiences: &'c IndexMap<AudienceId, Audience>,
    fallbacks: &'c IndexMap<FallbackId, Fallback>,
    approve: Option<Gate>,
    read: Read<'n, 's>,
}

/// The steps as far as each can be read alone; what joins them is still to be checked.
#[derive(Default)]
pub(super) struct Read<'n, 's> {
    pub(super) steps: IndexMap<StepId, Step>,
    pub(super) lists: Vec<List>,
    /// Where each step's id stands, in the order of `steps`.
    pub(super) places: Vec<Place>,
    pub(super) when: Vec<(StepId, &'n Node<'s>)>,
    pub(super) until: Vec<(StepId, &'n Node<'s>)>,
    pub(super) on_fail: Vec<(StepId, &'n Node<'s>)>,
}

impl<'c, 'n, 's> StepReader<'c, 'n, 's> {
    pub(super) fn new(
        checker: &'c mut Checker<'s>,
        facts: &'c IndexMap<FactId, Fact>,
        audiences: &'c IndexMap<AudienceId, Audience>,
        fallbacks: &'c IndexMap<FallbackId, Fallback>,
        approve: Option<Gate>,
    ) -> Self {
        let list = |phase| List { phase, parent: None, branch: None, items: Vec::new() };
        let read = Read { lists: Phase::ALL.map(list).into(), ..Read::default() };
        Self { checker, facts, audiences, fallbacks, approve, read }
    }

    pub(super) fn finish(self) -> Read<'n, 's> {
        self.read
    }

    /// Reads a phase's own list.
    pub(super) fn phase(&mut self, phase: Phase, node: &'n Node<'s>) {
        let what = format!("`{}`", phase.as_str());
        self.items(ListIndex(phase as usize), phase, node, &what, "empty_phase");
    }

    fn items(&mut self, list: ListIndex, phase: Phase, node: &'n Node<'s>, what: &str, empty: &'static str) {
        let nothing = node.scalar().is_some_and(|scalar| scalar.sort == Sort::Null);
        let nodes = if nothing { Some(Default::default()) } else { self.checker.list(node, what) };
        let Some(nodes) = nodes else { return };
        if nodes.is_empty() {
            let help = Some("one step is enough: `- task: an_id`".to_owned());
            self.checker.error(empty, node.place, format!("{what} has no steps"), help);
        }
        for node in nodes {
            let position = self.read.lists[list.0].items.len();
            if let Some(item) = self.item(list, position, phase, node) {
                self.read.lists[list.0].items.push(item);
            }
        }
    }

    fn item(&mut self, list: ListIndex, position: usize, phase: Phase, node: &'n Node<'s>) -> Option<Item> {
        let entries = self.checker.map(node, "a step")?;
        let (key, value) = entries.first()?;
        let name = key.scalar()?.text.as_ref();
        if name == keys::TOGETHER.name {
            return self.together(list, position, phase, node, value);
        }
        let Some(kind) = keys::kind(name) else {
            self.unknown_kind(key, entries);
            return None;
        };
        let what = format!("a `{name}`");
        let placed = keys::Key { name: kind.name, shape: keys::Shape::Id, required: false, about: kind.about };
        let fields = self.checker.fields(node, &what, &[&[placed], kind.keys, keys::COMMON])?;
        let id = self.checker.words(value)?;
        if !super::checker::is_id(id) {
            self.checker.bad_id(id, "a step's id", value.place);
            return None;
        }
        self.checker.declare(id, "step", value.place);
        let id = StepId::new(id);
        let step = self.step(&id, kind.name, (list, position, phase), &fields);
        if self.read.steps.contains_key(&id) {
            return None;
        }
        self.read.places.push(value.place);
        self.read.steps.insert(id.clone(), step);
        Some(Item::Step(id))
    }

    fn unknown_kind(&mut self, key: &Node<'s>, entries: &[(Node<'s>, Node<'s>)]) {
        let name = key.scalar().map(|scalar| scalar.text.as_ref()).unwrap_or_default();
        let known = || keys::KINDS.iter().map(|kind| kind.name).chain([keys::TOGETHER.name]);
        let later = entries.iter().filter_map(|(key, _)| key.scalar()).find(|key| known().any(|kind| kind == key.text));
        let (message, help) = match later {
            Some(kind) => (
                format!("a step begins with its kind, not with `{name}`"),
                Some(format!("move `{}` to the front", kind.text)),
            ),
            None => (
                format!("there is no kind of step called `{name}`"),
                self.checker.suggestion(name, known().collect::<Vec<_>>()),
            ),
        };
        self.checker.error("unknown_kind", key.place, message, help);
    }

    fn together(
        &mut self,
        list: ListIndex,
        position: usize,
        phase: Phase,
        node: &'n Node<'s>,
        value: &'n Node<'s>,
    ) -> Option<Item> {
        const KEYS: &[keys::Key] = &[keys::Key {
            name: "together",
            shape: keys::Shape::Branches,
            required: true,
            about: keys::TOGETHER.about,
        }];
        self.checker.fields(node, "a `together`", &[KEYS]);
        let branches = self.checker.map(value, "`together`")?;
        if branches.is_empty() {
            let help = Some("write a name and a list of steps for each branch".to_owned());
            self.checker.error("empty_together", value.place, "`together` has no branches", help);
        }
        let mut indices = Vec::with_capacity(branches.len());
        for (key, steps) in branches {
            let Some(name) = self.checker.key_id(key, "a branch's name") else { continue };
            let index = ListIndex(self.read.lists.len());
            let what = format!("the branch `{name}`");
            self.read.lists.push(List { phase, parent: Some((list, position)), branch: Some(name), items: Vec::new() });
            self.items(index, phase, steps, &what, "empty_branch");
            indices.push(index);
        }
        Some(Item::Together(indices))
    }

    fn step(&mut self, id: &StepId, kind: &str, place: (ListIndex, usize, Phase), fields: &Fields<'n, 's>) -> Step {
        let (list, position, phase) = place;
        let (bare, title_key, detail_key) = (id.as_str(), format!("{id}.title"), format!("{id}.detail"));
        let title_keys = [bare, title_key.as_str()];
        // `title` and `summary` alone are the runbook's own.
        let title_keys = if matches!(bare, "title" | "summary") { &title_keys[1..] } else { &title_keys };
        let written = fields.get("title").or_else(|| {
            let signal = fields.get("signal")?;
            signal.scalar().is_some_and(|scalar| scalar.sort == Sort::Text).then_some(signal)
        });
        let title = match written {
            Some(node) => self.checker.text(node, title_keys).unwrap_or_default(),
            None => self.checker.unwritten(bare, title_keys),
        };
        let detail = fields.get("detail").and_then(|node| self.checker.text(node, &[&detail_key]));
        let role = fields.get("role").and_then(|node| self.checker.role(node));
        let within = fields.get("within").and_then(|node| self.checker.duration(node));
        if let Some(node) = fields.get("when") {
            self.read.when.push((id.clone(), node));
        }
        let scope = fields.get("scope").and_then(|node| self.checker.one_of(node, "the scope", keys::SCOPES));
        let kind = self.kind(id, kind, within, fields);
        let scope = match scope {
            Some("external") => Scope::External,
            Some(_) => Scope::Internal,
            None => self.usual_scope(&kind),
        };
        let role = role.unwrap_or_else(|| RoleId::new(usual_role(&kind)));
        Step { id: id.clone(), phase, list, position, title, detail, role, within, when: None, scope, kind }
    }

    /// What goes to customers is external, everything else the team's own.
    fn usual_scope(&self, kind: &StepKind) -> Scope {
        let audience = match kind {
            StepKind::Notice(notice) | StepKind::Updates { notice, .. } => &notice.audience,
            StepKind::Reach { audience } => audience,
            _ => return Scope::Internal,
        };
        if self.staff_only(audience) { Scope::Internal } else { Scope::External }
    }

    fn staff_only(&self, audience: &[AudienceId]) -> bool {
        audience.iter().all(|id| self.audiences.get(id).is_some_and(Audience::is_staff_only))
    }

    fn kind(
        &mut self,
        id: &StepId,
        kind: &str,
        within: Option<std::time::Duration>,
        fields: &Fields<'n, 's>,
    ) -> StepKind {
        let get = |name: &str| fields.get(name);
        match kind {
            "gather" => StepKind::Gather { facts: get("facts").map(|node| self.gathered(node)).unwrap_or_default() },
            "decide" => {
                let answers = get("answers").map(|node| self.checker.labels(node, "`answers`", id.as_str(), 2));
                let answers = answers.unwrap_or_default().into_iter().map(|(id, text)| (AnswerId::new(id), text));
                StepKind::Decide { answers: answers.collect() }
            }
            "approval" => {
                let by = get("by").map(|node| self.checker.roles_of(node)).unwrap_or_default();
                let quorum = get("quorum").and_then(|node| self.checker.count(node, 1)).unwrap_or(1);
                StepKind::Approval { gate: Gate { by, quorum, within } }
            }
            "contain" => {
                let approve = get("approve").and_then(|node| self.checker.approve(node)).and_then(by);
                let run = get("run").and_then(|node| self.run(node));
                let lift_key = format!("{id}.lift");
                let lift = get("lift").and_then(|node| self.checker.text(node, &[&lift_key]));
                StepKind::Contain { approve, run, lift }
            }
            "action" => {
                let approve = get("approve").and_then(|node| self.checker.approve(node)).and_then(by);
                let run = get("run").and_then(|node| self.run(node));
                let mut run = run.unwrap_or(Run { action: String::new(), with: IndexMap::new(), retries: 0 });
                run.with = get("with").map(|node| self.arguments(node)).unwrap_or_default();
                run.retries = get("retries").and_then(|node| self.checker.count(node, 0)).unwrap_or(0);
                StepKind::Action { approve, run }
            }
            "accept" => self.accept(id, fields),
            "notice" => StepKind::Notice(self.message(fields, None)),
            "updates" => {
                let notice = self.message(fields, Some("update"));
                if let Some(node) = get("until") {
                    self.read.until.push((id.clone(), node));
                }
                StepKind::Updates { notice, until: id.clone() }
            }
            "cover" => {
                let all = || self.fallbacks.keys().cloned().collect();
                let fallbacks = get("fallbacks").map_or_else(all, |node| self.covered(node));
                if self.fallbacks.is_empty() {
                    let help = Some("declare `fallbacks`, or take this step out".to_owned());
                    self.checker.error("no_fallbacks", fields.place, "there are no fallbacks to go through", help);
                }
                StepKind::Cover { fallbacks }
            }
            "reach" => StepKind::Reach { audience: self.audience(get("audience"), &["uncovered"]) },
            "wait" => self.wait(fields),
            "retrospective" => self.retrospective(id, fields),
            _ => StepKind::Task { evidence_required: self.evidence(get("evidence")) },
        }
    }

    fn evidence(&mut self, node: Option<&Node<'s>>) -> bool {
        node.is_some_and(|node| self.checker.one_of(node, "`evidence`", &["required"]).is_some())
    }

    fn gathered(&mut self, node: &Node<'s>) -> Vec<FactId> {
        let facts = self.facts;
        self.references(
            node,
            "`facts`",
            "a fact",
            "unknown_fact",
            |id| facts.contains_key(id),
            facts.keys().map(FactId::as_str),
        )
        .into_iter()
        .map(FactId::new)
        .collect()
    }

    fn covered(&mut self, node: &Node<'s>) -> Vec<FallbackId> {
        let known = self.fallbacks;
        let names = known.keys().map(FallbackId::as_str);
        self.references(node, "`fallbacks`", "a fallback", "unknown_fallback", |id| known.contains_key(id), names)
            .into_iter()
            .map(FallbackId::new)
            .collect()
    }

    fn audience(&mut self, node: Option<&Node<'s>>, usual: &[&str]) -> Vec<AudienceId> {
        let Some(node) = node else { return usual.iter().map(AudienceId::new).collect() };
        let known = self.audiences;
        let names = known.keys().map(AudienceId::as_str);
        self.references(node, "`audience`", "an audience", "unknown_audience", |id| known.contains_key(id), names)
            .into_iter()
            .map(AudienceId::new)
            .collect()
    }

    /// Ids of one sort, each known.
    fn references<'k>(
        &mut self,
        node: &Node<'s>,
        list: &str,
        what: &str,
        code: &'static str,
        is_known: impl Fn(&str) -> bool,
        known: impl Iterator<Item = &'k str> + Clone,
    ) -> Vec<String> {
        let mut found = Vec::new();
        for node in self.checker.one_or_more(node, list) {
            let Some(id) = self.checker.reference(node, what) else { continue };
            if is_known(id) {
                found.push(id.to_owned());
            } else {
                let sort = what.rsplit(' ').next().unwrap_or(what);
                let help = self.checker.suggestion(id, known.clone());
                self.checker.error(code, node.place, format!("there is no {sort} `{id}`"), help);
            }
        }
        found
    }

    fn run(&mut self, node: &Node<'s>) -> Option<Run> {
        let action = self.checker.outside_name(node, "an action")?.to_owned();
        self.checker.mention(Named::Action, &action, node.place);
        Some(Run { action, with: IndexMap::new(), retries: 0 })
    }

    fn arguments(&mut self, node: &Node<'s>) -> IndexMap<String, String> {
        let entries = self.checker.map(node, "`with`").unwrap_or_default();
        let mut arguments = IndexMap::new();
        for (key, value) in entries {
            let Some(name) = self.checker.key_id(key, "an argument's name") else { continue };
            if let Some(words) = self.checker.words(value) {
                arguments.insert(name, words.to_owned());
            }
        }
        arguments
    }

    fn accept(&mut self, id: &StepId, fields: &Fields<'n, 's>) -> StepKind {
        let key = format!("{id}.confirm");
        let confirm = fields.get("confirm").map(|node| self.checker.texts(node, "`confirm`", &key));
        let probe = fields.get("probe").and_then(|node| {
            let name = self.checker.outside_name(node, "a probe")?;
            self.checker.mention(Named::Probe, name, node.place);
            Some(name.to_owned())
        });
        let hold = fields.get("for").and_then(|node| self.checker.duration(node));
        if let (None, Some(node)) = (fields.get("probe"), fields.get("for")) {
            let help = Some("name the `probe` that must hold so long".to_owned());
            self.checker.error("missing_key", node.place, "`for` belongs to a `probe`", help);
        }
        if confirm.is_none() && fields.get("probe").is_none() {
            let help = Some("write `confirm: [what a person confirms]`, or `probe` and `for`".to_owned());
            self.checker.error("missing_key", fields.place, "an `accept` needs `confirm` or `probe`", help);
        }
        if let Some(node) = fields.get("on_fail") {
            self.read.on_fail.push((id.clone(), node));
        }
        let probe = probe.map(|probe| ProbeFor { probe, hold });
        StepKind::Accept { confirm: confirm.unwrap_or_default(), probe, on_fail: None }
    }

    fn message(&mut self, fields: &Fields<'n, 's>, usual_template: Option<&str>) -> NoticeSpec {
        let status = fields.get("status").and_then(|node| self.checker.one_of(node, "the status", keys::STATUSES));
        let status = status.and_then(|word| Status::ALL.into_iter().find(|status| status.as_str() == word));
        let audience = self.audience(fields.get("audience"), &["affected", "page"]);
        let template = match fields.get("template") {
            Some(node) => self.checker.outside_name(node, "a template").map(|name| (name.to_owned(), node.place)),
            None => {
                let usual =
                    usual_template.map(str::to_owned).or_else(|| status.map(|status| status.as_str().to_owned()));
                if usual.is_none() && fields.get("status").is_none() {
                    let help = Some("write `status: investigating`, or `template: statement`".to_owned());
                    self.checker.error("missing_key", fields.place, "a `notice` needs `status` or `template`", help);
                }
                usual.map(|name| (name, fields.get("status").map_or(fields.place, |node| node.place)))
            }
        };
        let template = template.map(|(name, place)| {
            self.checker.mention(Named::NoticeTemplate, &name, place);
            name
        });
        let via = match fields.get("via") {
            Some(node) => self.channels(node),
            None => vec![Via::Mail, Via::Webhook, Via::Page],
        };
        let approve = match fields.get("approve") {
            Some(node) => self.checker.approve(node).and_then(by),
            None if self.staff_only(&audience) => None,
            None => self.approve.clone(),
        };
        NoticeSpec { status, audience, template: template.unwrap_or_default(), via, approve }
    }

    fn channels(&mut self, node: &Node<'s>) -> Vec<Via> {
        let nodes = self.checker.one_or_more(node, "`via`");
        let words: Vec<_> =
            nodes.into_iter().filter_map(|n| self.checker.one_of(n, "a channel", keys::CHANNELS)).collect();
        let via = |word: &str| match word {
            "mail" => Via::Mail,
            "webhook" => Via::Webhook,
            _ => Via::Page,
        };
        words.into_iter().map(via).collect()
    }

    fn wait(&mut self, fields: &Fields<'n, 's>) -> StepKind {
        match (fields.get("for"), fields.get("signal")) {
            (Some(_), Some(signal)) => {
                let help = Some("for a signal that is late after some time, write `within`".to_owned());
                self.checker.error("bad_wait", signal.place, "a `wait` is for time or for a signal, not both", help);
            }
            (None, None) => {
                let help = Some("write `for: 15m`, or `signal: true`".to_owned());
                self.checker.error("missing_key", fields.place, "a `wait` needs `for` or `signal`", help);
            }
            (Some(node), None) => {
                let span = self.checker.duration(node).unwrap_or_default();
                return StepKind::Wait(WaitFor::Time(span));
            }
            (None, Some(node)) => {
                let said = node.scalar().map(|scalar| scalar.sort);
                if !matches!(said, Some(Sort::Bool(true) | Sort::Text)) && node.content != Content::Refused {
                    let help = Some("write `signal: true`, or say what is awaited".to_owned());
                    self.checker.error("bad_wait", node.place, format!("a signal is not {}", node.what()), help);
                }
            }
        }
        StepKind::Wait(WaitFor::Signal)
    }

    fn retrospective(&mut self, id: &StepId, fields: &Fields<'n, 's>) -> StepKind {
        let template = fields.get("template");
        let name =
            template.and_then(|node| self.checker.outside_name(node, "a template")).unwrap_or("six_steps").to_owned();
        let place = template.map_or(fields.place, |node| node.place);
        self.checker.mention(Named::RetrospectiveTemplate, &name, place);
        let key = format!("{id}.follow_ups");
        let follow_ups = fields.get("follow_ups").map(|node| self.checker.texts(node, "`follow_ups`", &key));
        let require = match fields.get("require") {
            Some(node) => self.requirements(node),
            None => Vec::new(),
        };
        StepKind::Retrospective { template: name, follow_ups: follow_ups.unwrap_or_default(), require }
    }

    fn requirements(&mut self, node: &Node<'s>) -> Vec<Requirement> {
        let nodes = self.checker.one_or_more(node, "`require`");
        let words: Vec<_> =
            nodes.into_iter().filter_map(|n| self.checker.one_of(n, "a requirement", keys::REQUIREMENTS)).collect();
        let requirement = |word: &str| match word {
            "factors" => Requirement::Factors,
            "follow_ups" => Requirement::FollowUps,
            _ => Requirement::Sections,
        };
        words.into_iter().map(requirement).collect()
    }
}

fn usual_role(kind: &StepKind) -> &'static str {
    match kind {
        StepKind::Notice(_) | StepKind::Updates { .. } => "comms",
        StepKind::Reach { .. } => "support",
        _ => "lead",
    }
}

/// The step that a misspelt id may have meant.
pub(super) fn near_step(left: &Cell<usize>, wrong: &str, steps: &IndexMap<StepId, Step>) -> Option<String> {
    if !spend(left) {
        return None;
    }
    nearest(wrong, steps.keys().map(StepId::as_str)).map(str::to_owned)
}
