//! `keysift inventory list` and `summary`.

use std::io::{self, Write as _};

use keysift_registry::{Card, POLICIES, Violation};
use serde_json::{Value, json};

use super::{Inventory, declared, table, text};
use crate::args::{InventoryListArgs, ReadArgs, ViewFormat};
use crate::exit::{Exit, Hint};
use crate::say;

pub(super) fn run(args: &InventoryListArgs) -> anyhow::Result<Exit> {
    for policy in &args.violates {
        if !POLICIES.iter().any(|known| known.id == policy) {
            return Err(Hint::new(
                format!("{policy}: no policy has this id"),
                "`keysift check --policies` lists the policies",
            )
            .into());
        }
    }
    let inventory = Inventory::read(&args.read)?;
    let rows: Vec<(&Card, Vec<Violation>)> = inventory
        .cards
        .iter()
        .map(|card| (card, inventory.policies.violations(card, inventory.now)))
        .filter(|(card, violations)| is_wanted(args, card, violations))
        .collect();
    let mut out = io::stdout().lock();
    match args.read.format {
        ViewFormat::Json => {
            let rows: Vec<Value> = rows
                .iter()
                .map(|(card, violations)| as_json(card, violations))
                .collect();
            writeln!(out, "{}", serde_json::to_string_pretty(&rows)?)?;
        }
        ViewFormat::Text => {
            let lines: Vec<Vec<String>> = rows
                .iter()
                .map(|(card, violations)| line(card, violations))
                .collect();
            if !lines.is_empty() {
                table::write(&mut out, HEADINGS, &lines)?;
            }
            out.flush()?;
            let left_out = inventory.cards.len() - rows.len();
            let left_out = if left_out > 0 {
                format!(", {left_out} left out by filters")
            } else {
                String::new()
            };
            say(&format!(
                "{}{left_out}\n",
                table::count(rows.len() as u64, "identity", "identities")
            ));
        }
    }
    Ok(Exit::Clean)
}

/// A card with the policies that it does not meet.
pub(super) fn as_json(card: &Card, violations: &[Violation]) -> Value {
    let mut value = json!(card);
    value["exposures"] =
        json!({"current": card.current_exposures(), "past": card.past_exposures()});
    value["owner"] = json!(card.owner());
    value["violates"] = violations
        .iter()
        .map(|violation| json!(violation))
        .collect();
    value
}

const HEADINGS: &[&str] = &[
    "RISK",
    "ID",
    "IDENTITY",
    "KIND",
    "PROVIDER",
    "ACCOUNT",
    "OWNER",
    "CREATED",
    "LAST USED",
    "EXPIRES",
    "EXPOSURES",
    "STATE",
];

fn line(card: &Card, violations: &[Violation]) -> Vec<String> {
    vec![
        card.risk.to_string(),
        card.id.to_string(),
        text(&card.name),
        card.kind.clone(),
        text(&card.provider),
        card.account
            .as_deref()
            .map_or_else(|| "unknown".to_owned(), text),
        table::owner(card.owner()),
        table::known(&card.created),
        table::known(&card.last_used),
        table::known(&card.expires),
        exposures(card),
        state(card, violations),
    ]
}

/// How many places have its credentials now, and how many had.
pub(super) fn exposures(card: &Card) -> String {
    match (card.current_exposures(), card.past_exposures()) {
        (current, 0) => current.to_string(),
        (current, past) => format!("{current} (+{past} past)"),
    }
}

/// The stage, and the policies that fail.
pub(super) fn state(card: &Card, violations: &[Violation]) -> String {
    let failing = violations
        .iter()
        .filter(|violation| violation.is_failure && violation.waived_until.is_none());
    let names: Vec<&str> = std::iter::once(&*card.stage)
        .chain(failing.map(|violation| violation.policy.id))
        .collect();
    names.join(", ")
}

fn is_wanted(args: &InventoryListArgs, card: &Card, violations: &[Violation]) -> bool {
    let is_one_of = |wanted: &[String], value: &str| {
        wanted.is_empty()
            || wanted
                .iter()
                .any(|wanted| wanted.eq_ignore_ascii_case(value))
    };
    let has_owner = args.owner.as_deref().is_none_or(|wanted| {
        let wanted = wanted.to_lowercase();
        let mut owners = card.owners.iter();
        owners
            .any(|owner| owner.name.to_lowercase().contains(&wanted) || owner.key.contains(&wanted))
    });
    let violates = args.violates.is_empty()
        || violations.iter().any(|violation| {
            args.violates
                .iter()
                .any(|wanted| wanted == violation.policy.id)
        });
    is_one_of(&args.kind, &card.kind)
        && is_one_of(&args.provider, &card.provider)
        && is_one_of(&args.stage, &card.stage)
        && card.risk >= args.min_risk
        && has_owner
        && violates
}

pub(super) fn summary(args: &ReadArgs) -> anyhow::Result<Exit> {
    let inventory = Inventory::read(args)?;
    let totals = inventory.registry.totals(&inventory.cards, inventory.now)?;
    let checked = inventory.policies.check(&inventory.cards, inventory.now);
    let mut by_policy: std::collections::BTreeMap<&str, u64> = std::collections::BTreeMap::new();
    for violation in &checked.violations {
        *by_policy.entry(violation.policy.id).or_default() += 1;
    }
    let mut out = io::stdout().lock();
    if args.format == ViewFormat::Json {
        let document =
            json!({"totals": totals, "violations": by_policy, "waived": checked.waived.len()});
        writeln!(out, "{}", serde_json::to_string_pretty(&document)?)?;
        return Ok(Exit::Clean);
    }
    let people = match totals.identities_per_person {
        Some(ratio) => format!(
            "{}, {ratio:.1} identities to one",
            table::count(totals.people, "person", "people")
        ),
        None => "no person is known".to_owned(),
    };
    writeln!(
        out,
        "{}; {people}",
        table::count(totals.identities, "identity", "identities")
    )?;
    writeln!(
        out,
        "{} may still open something; {} now, {} in histories alone",
        table::count(totals.live_credentials, "credential", "credentials"),
        table::count(totals.current_exposures, "place", "places"),
        totals.past_exposures
    )?;
    if let Some((uid, at)) = &totals.oldest {
        writeln!(
            out,
            "the oldest: {}, since {}",
            text(uid),
            keysift_registry::day(*at)
        )?;
    }
    for source in &totals.incomplete_sources {
        writeln!(
            out,
            "{}: its last scan was incomplete, and there may be more in it",
            text(source)
        )?;
    }
    for (heading, counts) in [
        ("by kind", &totals.by_kind),
        ("by provider", &totals.by_provider),
        ("by stage", &totals.by_stage),
    ] {
        writeln!(out, "\n{heading}")?;
        let mut counts: Vec<_> = counts.iter().collect();
        counts.sort_by_key(|(name, count)| (std::cmp::Reverse(**count), *name));
        for (name, count) in counts {
            writeln!(out, "  {count:>6}  {}", text(name))?;
        }
    }
    declared::secretless(&mut out, &totals)?;
    writeln!(out, "\nanswers that are known")?;
    for (column, percent) in &totals.known_percent {
        writeln!(out, "  {percent:>5}%  {column}")?;
    }
    writeln!(
        out,
        "\npolicies that are not met ({} waived)",
        checked.waived.len()
    )?;
    for (policy, count) in by_policy {
        writeln!(out, "  {count:>6}  {policy}")?;
    }
    Ok(Exit::Clean)
}
