//! `keysift rules list`.

use std::io::{self, Write};

use keysift::{Confidence, IdentityKind, Rule, Severity};
use serde_json::{Value, json};

use crate::args::{ListArgs, ListFilter, ListFormat};
use crate::exit::{Exit, Hint};
use crate::{rules, say};

pub(crate) fn run(args: &ListArgs) -> anyhow::Result<Exit> {
    let mut chosen = rules::chosen(&args.rules)?;
    if let Some(provider) = &args.filter.provider {
        let is_known = chosen
            .iter()
            .any(|rule| rule.provider.eq_ignore_ascii_case(provider));
        if !is_known {
            let hint = match chosen.nearest_provider(provider) {
                Some(near) => format!("did you mean {near:?}?"),
                None => "`keysift rules list --text WORD` looks in all that rules say".to_owned(),
            };
            return Err(Hint::new(format!("{provider}: no rule has this provider"), hint).into());
        }
    }
    chosen.retain(|rule| suits(&args.filter, rule));
    let mut out = io::stdout().lock();
    match args.format {
        ListFormat::Json => {
            let all: Vec<_> = chosen.iter().map(|rule| as_json(rule)).collect();
            writeln!(out, "{}", serde_json::to_string_pretty(&all)?)?;
        }
        ListFormat::Text => {
            let width = chosen.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
            for rule in chosen.iter() {
                let name = keysift_report::escape(rule.name.as_bytes());
                writeln!(
                    out,
                    "{:width$}  {:8}  {:6}  {name}",
                    rule.id, rule.severity, rule.confidence
                )?;
            }
            out.flush()?;
            say(&format!("{} rules\n", chosen.len()));
        }
    }
    Ok(Exit::Clean)
}

fn suits(filter: &ListFilter, rule: &Rule) -> bool {
    let kind = filter.kind.as_deref().and_then(IdentityKind::from_name);
    let severity = filter.min_severity.as_deref().and_then(Severity::from_name);
    let confidence = filter
        .min_confidence
        .as_deref()
        .and_then(Confidence::from_name);
    let provider = filter.provider.as_deref();
    let check = filter.check.as_deref();
    let checks = || rule.checks.iter().map(|format| format.name);
    provider.is_none_or(|provider| rule.provider.eq_ignore_ascii_case(provider))
        && kind.is_none_or(|kind| rule.kind == kind)
        && severity.is_none_or(|least| rule.severity >= least)
        && confidence.is_none_or(|least| rule.confidence >= least)
        && check.is_none_or(|check| checks().any(|name| name == check))
        && (!filter.paired || !rule.companions.is_empty())
        && filter
            .text
            .as_deref()
            .is_none_or(|text| speaks_of(rule, text))
}

/// Whether a text stands, in any case, in what a rule says of itself.
fn speaks_of(rule: &Rule, text: &str) -> bool {
    let text = text.to_lowercase();
    let texts = [&rule.id, &rule.name, &rule.provider, &rule.description];
    (texts.into_iter().chain(&rule.keywords)).any(|said| said.to_lowercase().contains(&text))
}

fn as_json(rule: &Rule) -> Value {
    let companions: Vec<Value> = (rule.companions.iter())
        .map(|companion| {
            json!({
                "name": companion.name,
                "pattern": companion.pattern,
                "within": companion.within,
                "lines": companion.lines,
                "columns": companion.columns,
                "without": companion.without,
                "required": companion.is_required,
                "shown": companion.is_shown,
            })
        })
        .collect();
    json!({
        "id": rule.id,
        "name": rule.name,
        "description": rule.description,
        "provider": rule.provider,
        "kind": rule.kind,
        "severity": rule.severity,
        "confidence": rule.confidence,
        "pattern": rule.pattern,
        "keywords": rule.keywords,
        "checks": rule.checks.iter().map(|format| format.name).collect::<Vec<_>>(),
        "companions": companions,
        "remediation": {
            "action": rule.remediation.action,
            "steps": rule.remediation.steps,
            "link": rule.remediation.link,
        },
        "file": rule.file,
    })
}
