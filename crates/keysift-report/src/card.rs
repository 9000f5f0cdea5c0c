//! The identity card of a credential: what it is, whose, what it can reach, since when, until when, and what to do.
//!
//! Each answer says where it comes from. A card holds no secret unless one was asked for.

use std::io::{self, Write};

use keysift_core::facts::{FactKey, Facts, Input, Proof, Validity, rfc3339};
use keysift_core::{Action, Finding, Severity};
use serde_json::Value;

use crate::mask::Mask;
use crate::page::{Page, Style};
use crate::{ReportOptions, SecretDisplay, part, record};

/// The version of the shape of cards in JSON.
const VERSION: u32 = 1;

/// The columns at which labels and what they label begin.
const LABEL_COLUMN: usize = 2;
const VALUE_COLUMN: usize = 16;

/// What a fact is an answer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Question {
    What,
    Whose,
    Reach,
    Since,
    Until,
}

/// Questions in their order, as they are asked.
const QUESTIONS: &[(Question, &str)] = &[
    (Question::What, "what it is"),
    (Question::Whose, "whose"),
    (Question::Reach, "reaches"),
    (Question::Since, "since"),
    (Question::Until, "until"),
];

/// What the marks behind answers mean.
const MARKS: &[(&str, &str)] = &[
    ("vector", "[vector]: run against public examples"),
    ("source", "[source]: read in the issuer's code"),
    (
        "documentation",
        "[documentation]: documented by the issuer or a standard",
    ),
    ("community", "[community]: found out by others"),
];

fn question(key: &str) -> Question {
    match key {
        "account" | "app" | "bot" | "client" | "comment" | "email" | "group" | "issuer"
        | "name" | "namespace" | "object-id" | "organization" | "pod" | "project"
        | "service-account" | "subject" | "team" | "tenant" | "user" | "alternative-name" => {
            Question::Whose
        }
        "audience" | "cell" | "channel" | "database" | "domain" | "host" | "port" | "provider"
        | "region" | "restriction" | "role" | "scope" | "url" | "usage" => Question::Reach,
        "created" | "issued" | "not-before" => Question::Since,
        "expires" => Question::Until,
        _ => Question::What,
    }
}

/// One thing that the credential says of itself.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
struct CardFact {
    key: String,
    value: String,
    evidence: String,
}

/// What is known of one credential.
#[derive(Debug, Clone, Default, serde::Serialize)]
pub struct Card {
    /// The rule that knows it; `None` for what no rule knows.
    rule: Option<String>,
    /// A name for people.
    name: String,
    provider: Option<String>,
    kind: Option<String>,
    severity: Option<String>,
    confidence: Option<String>,
    description: Option<String>,
    /// Redacted, unless secrets are shown.
    secret: Option<String>,
    fingerprint: Option<String>,
    /// `path:line:column` of each place that is known.
    places: Vec<String>,
    /// What stands beside it and belongs to it.
    parts: Vec<String>,
    /// What it is hidden in; `None` where it stands there plainly.
    hidden: Option<String>,
    /// What its checks prove, or why they doubt it.
    proof: Vec<String>,
    facts: Vec<CardFact>,
    action: Option<String>,
    steps: Option<String>,
    link: Option<String>,
    /// Rules whose form it has as well.
    also: Vec<String>,
    /// Why the checks drop it; `None` for a finding.
    dropped: Option<String>,
}

/// What a finding of a report is hidden in.
fn hidden(finding: &Value) -> Option<String> {
    let via = finding.get("via")?.as_array()?.iter().rev();
    Some(
        via.filter_map(Value::as_str)
            .collect::<Vec<_>>()
            .join(" in "),
    )
}

impl Card {
    /// The card of a finding, or of a match that was dropped.
    pub fn of(finding: &Finding, options: &ReportOptions) -> Self {
        let rule = &finding.rule;
        let findings = std::slice::from_ref(finding);
        let mask = Mask::new(findings, options.secrets);
        let secret = match options.secrets {
            SecretDisplay::Redacted => finding.secret.redacted(),
            SecretDisplay::Shown => String::from_utf8_lossy(finding.secret.expose()).into_owned(),
        };
        Self {
            rule: Some(rule.id.clone()),
            name: rule.name.clone(),
            provider: Some(rule.provider.clone()),
            kind: Some(rule.kind.to_string()),
            severity: Some(rule.severity.to_string()),
            confidence: Some(finding.confidence.to_string()),
            description: Some(rule.description.trim().to_owned()),
            secret: Some(secret),
            fingerprint: Some(finding.fingerprint.to_string()),
            parts: finding
                .parts
                .iter()
                .map(|part| part::told(part, &mask))
                .collect(),
            hidden: crate::place::hidden_in(finding),
            proof: proof(finding),
            facts: finding
                .facts
                .iter()
                .map(|fact| CardFact {
                    key: fact.key.to_string(),
                    value: mask.fact(finding, &fact.value).into_owned(),
                    evidence: fact.evidence.to_string(),
                })
                .collect(),
            action: Some(rule.remediation.action.to_string()),
            steps: Some(rule.remediation.steps.clone()),
            link: rule.remediation.link.clone(),
            dropped: finding
                .dropped
                .map(|reason| format!("{}: {}", reason.as_str(), reason.meaning())),
            ..Self::default()
        }
    }

    /// The card of something that no rule knows, by what it says; its kind is its name.
    pub fn of_facts(facts: &Facts) -> Self {
        let all = facts.iter().filter(|fact| fact.key != FactKey::Kind);
        Self {
            name: facts.get(FactKey::Kind).unwrap_or("unknown").to_owned(),
            facts: all
                .map(|fact| CardFact {
                    key: fact.key.to_string(),
                    value: fact.value.clone(),
                    evidence: fact.evidence.to_string(),
                })
                .collect(),
            ..Self::default()
        }
    }

    /// The card of a finding in a report in the format `json`. Without a rule's name it is none.
    pub fn of_report(finding: &Value) -> Option<Self> {
        let text = |pointer: &str| finding.pointer(pointer)?.as_str().map(String::from);
        let facts = finding.get("facts").and_then(Value::as_array);
        let parts = finding.get("parts").and_then(Value::as_array);
        let part = |part: &Value| {
            let text = |name: &str| part.get(name)?.as_str();
            let line = part.get("line").and_then(Value::as_u64)?;
            Some(format!(
                "{}: {} (line {line})",
                text("name")?,
                text("value")?
            ))
        };
        let fact = |fact: &Value| {
            let text = |name: &str| fact.get(name)?.as_str().map(String::from);
            Some(CardFact {
                key: text("key")?,
                value: text("value")?,
                evidence: text("evidence")?,
            })
        };
        Some(Self {
            rule: Some(text("/rule")?),
            name: text("/name")?,
            provider: text("/provider"),
            kind: text("/kind"),
            severity: text("/severity"),
            confidence: text("/confidence"),
            secret: text("/secret").filter(|_| finding.get("redacted") == Some(&Value::Bool(true))),
            fingerprint: text("/fingerprint"),
            parts: parts.into_iter().flatten().filter_map(part).collect(),
            hidden: hidden(finding),
            facts: facts.into_iter().flatten().filter_map(fact).collect(),
            action: text("/remediation/action"),
            steps: text("/remediation/steps"),
            link: text("/remediation/link"),
            ..Self::default()
        })
    }

    /// Adds a place where it stands.
    pub fn at(mut self, place: impl Into<String>) -> Self {
        self.places.push(place.into());
        self
    }

    /// Adds rules, by id, whose form it has as well.
    pub fn also(mut self, rules: impl IntoIterator<Item = String>) -> Self {
        self.also.extend(rules);
        self
    }

    fn has_evidence(&self, mark: &str) -> bool {
        let ending = format!("[{mark}]");
        self.facts.iter().any(|fact| fact.evidence == mark)
            || self.proof.iter().any(|proof| proof.ends_with(&ending))
    }

    /// Whether the checks drop it.
    pub fn is_dropped(&self) -> bool {
        self.dropped.is_some()
    }
}

/// What the checks of the rule say, each with the evidence of its format.
fn proof(finding: &Finding) -> Vec<String> {
    let secret = finding.secret.expose();
    let mut told = Vec::new();
    for format in finding
        .rule
        .checks
        .iter()
        .filter(|format| format.input == Input::Secret)
    {
        let (what, evidence) = match format.proof {
            Proof::Nothing => continue,
            Proof::Structure(evidence) => ("structure", evidence),
            Proof::Checksum(evidence) => ("checksum", evidence),
        };
        match format.check(secret) {
            Validity::Valid => told.push(format!("its {what} is right [{evidence}]")),
            Validity::Doubtful(why) | Validity::Invalid(_, why) => told.push(why.to_owned()),
            _ => {}
        }
    }
    told
}

/// Writes cards as text for people.
///
/// # Errors
/// The writer's.
pub fn write_cards(cards: &[Card], out: &mut dyn Write, options: &ReportOptions) -> io::Result<()> {
    let now = options
        .started
        .duration_since(std::time::UNIX_EPOCH)
        .ok()
        .and_then(|past| i64::try_from(past.as_secs()).ok())
        .and_then(rfc3339)
        .unwrap_or_default();
    for (index, card) in cards.iter().enumerate() {
        let mut page = Page::new(options);
        if index > 0 {
            page.end_line();
        }
        write_card(&mut page, card, &now);
        page.write_to(out)?;
    }
    let told: Vec<&str> = MARKS
        .iter()
        .filter(|(mark, _)| cards.iter().any(|card| card.has_evidence(mark)))
        .map(|(_, meaning)| *meaning)
        .collect();
    if !told.is_empty() {
        let mut page = Page::new(options);
        page.end_line();
        page.prose(&told.join(", "));
        page.write_to(out)?;
    }
    Ok(())
}

fn write_card(page: &mut Page, card: &Card, now: &str) {
    page.put(Style::Strong, &card.name);
    if let Some(rule) = &card.rule {
        page.put(Style::Plain, format!(" ({rule})"));
    }
    if let Some(severity) = &card.severity {
        let style = Severity::from_name(severity).map_or(Style::Plain, crate::text::severity_style);
        page.put(Style::Plain, "  ")
            .put(style, severity.to_ascii_uppercase());
    }
    page.end_line();
    line(page, "secret", card.secret.as_deref().unwrap_or_default());
    line(
        page,
        "fingerprint",
        card.fingerprint.as_deref().unwrap_or_default(),
    );
    for (index, place) in card.places.iter().enumerate() {
        line(page, if index == 0 { "found at" } else { " " }, place);
    }
    for (index, part) in card.parts.iter().enumerate() {
        line(page, if index == 0 { "goes with" } else { " " }, part);
    }
    if let Some(hidden) = &card.hidden {
        line(page, "hidden in", hidden);
    }
    if let Some(dropped) = &card.dropped {
        line(page, "dropped", dropped);
    }
    for proof in &card.proof {
        line(page, "proof", proof);
    }
    if let Some(description) = &card.description {
        line(page, "is", description);
    }
    for (asked, label) in QUESTIONS {
        let answers: Vec<&CardFact> = card
            .facts
            .iter()
            .filter(|fact| question(&fact.key) == *asked)
            .collect();
        if answers.is_empty() && *asked != Question::What {
            line(page, label, "unknown: it does not say");
        }
        for (index, fact) in answers.into_iter().enumerate() {
            let label = if index == 0 { label } else { " " };
            let is_past =
                *asked == Question::Until && fact.value.len() == now.len() && *fact.value < *now;
            let past = if is_past { ", in the past" } else { "" };
            line(
                page,
                label,
                &format!("{}: {}{past} [{}]", fact.key, fact.value, fact.evidence),
            );
        }
    }
    if let Some(steps) = &card.steps {
        let action = card.action.as_deref().and_then(Action::from_name);
        let action = action.map_or_else(|| "Look at".to_owned(), crate::text::action);
        line(page, "what to do", &format!("{action} it. {steps}"));
    }
    line(page, " ", card.link.as_deref().unwrap_or_default());
    if !card.also.is_empty() {
        line(page, "may also be", &card.also.join(", "));
    }
}

/// A label and what it labels; nothing where there is nothing to say.
fn line(page: &mut Page, label: &str, text: &str) {
    if !text.is_empty() {
        page.pad_to(LABEL_COLUMN)
            .put(Style::Faint, label)
            .pad_to(VALUE_COLUMN)
            .prose(text);
    }
}

/// Writes cards as one JSON document, in which every unprintable character is escaped.
///
/// # Errors
/// The writer's.
pub fn write_cards_json(cards: &[Card], out: &mut dyn Write) -> io::Result<()> {
    #[derive(serde::Serialize)]
    struct Document<'a> {
        version: u32,
        cards: &'a [Card],
    }
    let mut text = Vec::new();
    record::append(
        &mut text,
        &Document {
            version: VERSION,
            cards,
        },
    )?;
    text.push(b'\n');
    out.write_all(&text)
}

#[cfg(test)]
mod tests;
