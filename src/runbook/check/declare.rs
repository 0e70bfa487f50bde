//! Reads what a runbook declares ahead of its steps: severities, roles, facts, audiences, fallbacks, readiness.

use chrono::DateTime;
use indexmap::IndexMap;

use super::checker::Checker;
use super::top::by_id;
use crate::locale::Text;
use crate::runbook::condition::{self, Condition, Speaks};
use crate::runbook::source::{Content, Node, Sort};
use crate::runbook::{
    Audience, AudienceId, Fact, FactDefault, FactId, FactKind, Fallback, FallbackId, ReadyCheck, ReadyId, Role, RoleId,
    Select, Severity, SeverityId, builtin, fact, keys,
};

/// More levels than anyone can tell apart.
const MOST_SEVERITIES: usize = 20;

impl<'s> Checker<'s> {
    /// The levels, highest first; the built-in ones where none is declared.
    pub(super) fn severities(&mut self, node: Option<&Node<'s>>) -> Vec<Severity> {
        let built_in = builtin::severities(&self.locales[0]);
        let Some(entries) = node.and_then(|node| self.map(node, "`severities`")) else { return built_in };
        if let (true, Some(node)) = (entries.is_empty(), node) {
            self.error("empty_list", node.place, "`severities` declares at least one level", None);
        }
        if let (true, Some(node)) = (entries.len() > MOST_SEVERITIES, node) {
            let message = format!("`severities` declares at most {MOST_SEVERITIES} levels");
            self.error("too_many", node.place, message, None);
            return built_in;
        }
        let mut severities = Vec::with_capacity(entries.len());
        for (key, value) in entries {
            let Some(id) = self.key_id(key, "a severity's id") else { continue };
            let means_key = format!("{id}.means");
            let span = |checker: &mut Self, node: Option<&Node<'s>>| {
                node.and_then(|node| checker.duration(node)).unwrap_or_default()
            };
            let Some(fields) = self.fields(value, "a severity", &[keys::SEVERITY]) else { continue };
            severities.push(Severity {
                means: fields.get("means").and_then(|node| self.text(node, &[&means_key])).unwrap_or_default(),
                first_notice: span(self, fields.get("first_notice")),
                update_every: span(self, fields.get("update_every")),
                mail_every: span(self, fields.get("mail_every")),
                id: SeverityId::new(id),
            });
        }
        if severities.is_empty() { built_in } else { severities }
    }

    /// The built-in roles, changed where declared, and the runbook's own.
    pub(super) fn read_roles(&mut self, node: Option<&Node<'s>>) -> IndexMap<RoleId, Role> {
        let mut roles = by_id(builtin::roles(&self.locales[0]), |role| role.id.clone());
        let entries = node.and_then(|node| self.map(node, "`roles`")).unwrap_or_default();
        let mut backups = Vec::new();
        for (key, value) in entries {
            let Some(id) = self.key_id(key, "a role's id") else { continue };
            self.redeclare(&id, "role", key.place, roles.contains_key(id.as_str()));
            let usual = roles.get(id.as_str()).map_or_else(|| RoleId::new("lead"), |role| role.backup.clone());
            let title_key = format!("{id}.title");
            let title_keys = [id.as_str(), title_key.as_str()];
            let title = if matches!(value.content, Content::Map(_)) {
                let Some(fields) = self.fields(value, "a role", &[keys::ROLE]) else { continue };
                if let Some(backup) = fields.get("backup") {
                    backups.push((id.clone(), backup));
                }
                fields.get("title").and_then(|node| self.text(node, &title_keys))
            } else {
                self.text(value, &title_keys)
            };
            let id = RoleId::new(&id);
            roles.insert(id.clone(), Role { id, title: title.unwrap_or_default(), backup: usual });
        }
        self.roles = roles.keys().cloned().collect();
        for (id, node) in backups {
            let Some(backup) = self.role(node) else { continue };
            if backup.as_str() == id {
                let help = Some("name the role that takes over".to_owned());
                self.error("bad_backup", node.place, format!("`{id}` cannot be its own backup"), help);
            } else if let Some(role) = roles.get_mut(id.as_str()) {
                role.backup = backup;
            }
        }
        roles
    }

    /// The runbook's facts in its order, then the built-in ones it does not declare.
    pub(super) fn read_facts(&mut self, node: Option<&Node<'s>>) -> IndexMap<FactId, Fact> {
        let mut built_in = by_id(builtin::facts(&self.locales[0]), |fact| fact.id.clone());
        let mut facts = IndexMap::new();
        for (key, value) in node.and_then(|node| self.map(node, "`facts`")).unwrap_or_default() {
            let Some(id) = self.key_id(key, "a fact's id") else { continue };
            let known = built_in.shift_remove(id.as_str());
            self.redeclare(&id, "fact", key.place, known.is_some());
            let fact = if matches!(value.content, Content::Map(_)) {
                self.long_fact(&id, value, known)
            } else {
                self.short_fact(&id, value, known)
            };
            facts.extend(fact.map(|fact| (fact.id.clone(), fact)));
        }
        facts.extend(built_in);
        facts
    }

    /// `id: text`, with prepared wording; of a built-in fact of another kind, its prepared value.
    fn short_fact(&mut self, id: &str, node: &Node<'s>, known: Option<Fact>) -> Option<Fact> {
        let default_key = format!("{id}.default");
        let title_key = format!("{id}.title");
        let mut fact = match known {
            Some(fact) => fact,
            None => Fact {
                id: FactId::new(id),
                title: self.unwritten(id, &[&title_key]),
                kind: FactKind::Text,
                default: None,
                built_in: false,
            },
        };
        fact.default = self.prepared(id, node, &fact.kind, &[id, &default_key]);
        Some(fact)
    }

    /// `id: { type, title, default, choices }`.
    fn long_fact(&mut self, id: &str, node: &Node<'s>, known: Option<Fact>) -> Option<Fact> {
        let fields = self.fields(node, "a fact", &[keys::FACT])?;
        let choices = fields.get("choices").map(|node| self.labels(node, "`choices`", id, 1)).unwrap_or_default();
        let declared =
            fields.get("type").and_then(|node| Some((node, self.one_of(node, "a fact's type", keys::FACT_TYPES)?)));
        let built_in = known.is_some();
        let kind = match (declared, known.as_ref().map(|fact| &fact.kind)) {
            (None, Some(kind)) => kind.clone(),
            (None, None) if !choices.is_empty() => FactKind::Choice(choices.clone()),
            (None, None) => FactKind::Text,
            (Some((node, word)), known) => {
                let kind = kind_of(word, known, &choices);
                if let Some(known) =
                    known.filter(|known| std::mem::discriminant(*known) != std::mem::discriminant(&kind))
                {
                    let message = format!("`{id}` is built in as {}, and notices rely on it", describe(known));
                    self.error("built_in_fact", node.place, message, Some("give your fact another id".to_owned()));
                }
                kind
            }
        };
        let kind = match (kind, fields.get("choices")) {
            (FactKind::Choice(_), Some(_)) if !built_in => FactKind::Choice(choices),
            (kind, Some(node)) if built_in || !matches!(kind, FactKind::Choice(_)) => {
                let help = if built_in { "take `choices` out" } else { "add `type: choice`, or take `choices` out" };
                self.error(
                    "bad_choices",
                    node.place,
                    format!("`{id}` has no choices to declare"),
                    Some(help.to_owned()),
                );
                kind
            }
            (FactKind::Choice(known), None) if known.is_empty() => {
                let help = Some("write `choices: { id: text, … }`".to_owned());
                self.error("missing_key", fields.place, "a choice needs the key `choices`", help);
                FactKind::Choice(known)
            }
            (kind, _) => kind,
        };
        let (title_key, default_key) = (format!("{id}.title"), format!("{id}.default"));
        let wording = fields.get("default").is_some() && kind == FactKind::Text;
        let title_keys = [title_key.as_str(), id];
        let title_keys = if wording { &title_keys[..1] } else { &title_keys };
        let title = match (fields.get("title"), known) {
            (Some(node), _) => self.text(node, title_keys).unwrap_or_default(),
            (None, Some(fact)) => fact.title,
            (None, None) => self.unwritten(id, title_keys),
        };
        let default = fields.get("default").and_then(|node| self.prepared(id, node, &kind, &[id, &default_key]));
        Some(Fact { id: FactId::new(id), title, kind, default, built_in })
    }

    /// A prepared value, which must be of its fact's kind.
    fn prepared(&mut self, id: &str, node: &Node<'s>, kind: &FactKind, text_keys: &[&str]) -> Option<FactDefault> {
        if *kind == FactKind::Text {
            return self.text(node, text_keys).map(FactDefault::Text);
        }
        let written = match &node.content {
            Content::Scalar(scalar) if scalar.sort == Sort::Number => scalar.text.trim().to_owned(),
            _ => self.words(node)?.trim().to_owned(),
        };
        // Of a bare `14:05` only the writing is checked: its day is found when the incident starts.
        let context = fact::Context { locale: &self.locales[0], timezone: chrono_tz::UTC, now: DateTime::UNIX_EPOCH };
        let shell =
            Fact { id: FactId::new(id), title: Text::default(), kind: kind.clone(), default: None, built_in: false };
        if let Err(error) = fact::parse(&shell, &written, &context) {
            self.error("bad_default", node.place, error.to_string(), None);
            return None;
        }
        Some(FactDefault::Written(written))
    }

    /// A map from id to text: answers, choices.
    pub(super) fn labels(&mut self, node: &Node<'s>, what: &str, of: &str, least: usize) -> IndexMap<String, Text> {
        let Some(entries) = self.map(node, what) else { return IndexMap::new() };
        if entries.len() < least {
            let message = format!("{what} needs {least} or more");
            self.error("too_few", node.place, message, None);
        }
        let mut labels = IndexMap::new();
        for (key, value) in entries {
            let Some(id) = self.key_id(key, "an id") else { continue };
            let key = format!("{of}.{id}");
            let text = self.text(value, &[&key]).unwrap_or_default();
            labels.insert(id, text);
        }
        labels
    }

    /// The built-in audiences, changed where declared, and the runbook's own.
    pub(super) fn read_audiences(&mut self, node: Option<&Node<'s>>) -> IndexMap<AudienceId, Audience> {
        let mut audiences = by_id(builtin::audiences(), |audience| audience.id.clone());
        for (key, value) in node.and_then(|node| self.map(node, "`audiences`")).unwrap_or_default() {
            let Some(id) = self.key_id(key, "an audience's id") else { continue };
            self.redeclare(&id, "audience", key.place, audiences.contains_key(id.as_str()));
            if id == "page" {
                let help = Some("give your audience another id".to_owned());
                self.error("built_in_audience", key.place, "`page` is the status page: it has no contacts", help);
                continue;
            }
            let select = self.select(value);
            let id = AudienceId::new(&id);
            // What was wrong with it is reported; here it stands for the name alone.
            let select = select.unwrap_or(Select::Customers);
            audiences.insert(id.clone(), Audience { id, select });
        }
        audiences
    }

    fn select(&mut self, node: &Node<'s>) -> Option<Select> {
        let fields = self.fields(node, "an audience", &[keys::AUDIENCE])?;
        let given: Vec<_> = keys::AUDIENCE.iter().filter_map(|key| Some((key.name, fields.get(key.name)?))).collect();
        let [(name, node)] = given.as_slice() else {
            let message = "an audience is `tag`, `kind` or `where`: exactly one of them";
            let help =
                Some("a `where` can ask for several things: where: kind == 'customer' && 'vip' in tags".to_owned());
            self.error("bad_audience", fields.place, message, help);
            return None;
        };
        match *name {
            "tag" => self.words(node).map(|tag| Select::Tag(tag.to_owned())),
            "kind" => self.words(node).map(|kind| Select::Kind(kind.to_owned())),
            _ => self.condition(node, &Speaks::Contact).map(Select::Where),
        }
    }

    /// The fallbacks, best first.
    pub(super) fn read_fallbacks(&mut self, node: Option<&Node<'s>>) -> IndexMap<FallbackId, Fallback> {
        let mut fallbacks = IndexMap::new();
        for (key, value) in node.and_then(|node| self.map(node, "`fallbacks`")).unwrap_or_default() {
            let Some(id) = self.key_id(key, "a fallback's id") else { continue };
            self.declare(&id, "fallback", key.place);
            let title_key = format!("{id}.title");
            let fields = self.fields(value, "a fallback", &[keys::FALLBACK]);
            let field = |name| fields.as_ref().and_then(|fields| fields.get(name));
            let title = field("title").and_then(|node| self.text(node, &[&id, &title_key])).unwrap_or_default();
            let select = field("where").and_then(|node| self.condition(node, &Speaks::Contact));
            let capacity = field("capacity").and_then(|node| self.rate(node));
            let id = FallbackId::new(&id);
            fallbacks.insert(id.clone(), Fallback { id, title, select, capacity });
        }
        fallbacks
    }

    /// What is checked in peace time.
    pub(super) fn read_ready(&mut self, node: Option<&Node<'s>>) -> IndexMap<ReadyId, ReadyCheck> {
        let mut ready = IndexMap::new();
        for (key, value) in node.and_then(|node| self.map(node, "`ready`")).unwrap_or_default() {
            let Some(id) = self.key_id(key, "a readiness check's id") else { continue };
            self.declare(&id, "readiness check", key.place);
            let title_key = format!("{id}.title");
            let Some(fields) = self.fields(value, "a readiness check", &[keys::READY]) else { continue };
            let title = fields.get("title").and_then(|node| self.text(node, &[&id, &title_key])).unwrap_or_default();
            let role = fields.get("role").and_then(|node| self.role(node)).unwrap_or_else(|| RoleId::new("lead"));
            let every = fields.get("every").and_then(|node| self.duration(node));
            let id = ReadyId::new(&id);
            ready.insert(id.clone(), ReadyCheck { id, title, role, every });
        }
        ready
    }

    /// A condition, its faults placed inside the file.
    pub(super) fn condition(&mut self, node: &Node<'s>, speaks: &Speaks<'_>) -> Option<Condition> {
        if let Some(Sort::Bool(_)) = node.scalar().map(|scalar| scalar.sort) {
            let help = Some("leave it out: without one, it always applies".to_owned());
            self.error("not_text", node.place, "a condition is text that asks something", help);
            return None;
        }
        let source = self.words(node)?.to_owned();
        if self.checked_before {
            return Some(Condition::checked_before(&source, speaks));
        }
        match condition::compile(&source, speaks) {
            Ok(condition) => Some(condition),
            Err(faults) => {
                for fault in faults {
                    let place = node.within(self.text, fault.characters);
                    self.error(fault.code, place, fault.message, fault.help);
                }
                None
            }
        }
    }
}

fn kind_of(word: &str, known: Option<&FactKind>, choices: &IndexMap<String, Text>) -> FactKind {
    match (word, known) {
        ("number", _) => FactKind::Number,
        ("percent", _) => FactKind::Percent,
        ("datetime", Some(known @ FactKind::Datetime { .. })) => known.clone(),
        ("datetime", _) => FactKind::Datetime { upcoming: false },
        ("duration", _) => FactKind::Duration,
        ("choice", Some(known @ FactKind::Choice(_))) => known.clone(),
        ("choice", _) => FactKind::Choice(choices.clone()),
        _ => FactKind::Text,
    }
}

fn describe(kind: &FactKind) -> &'static str {
    match kind {
        FactKind::Text => "a text",
        FactKind::Number => "a number",
        FactKind::Percent => "a percentage from 0 to 100",
        FactKind::Datetime { .. } => "a moment: RFC 3339 or HH:MM",
        FactKind::Duration => "a duration",
        FactKind::Choice(_) => "one of the choices",
    }
}
