//! `keysift inventory show`: the card of one identity.

use std::io::{self, Write};

use keysift_registry::{
    Card, Concern, CredentialCard, ExposureCard, RotationCard, Violation, find,
};
use serde_json::json;

use super::{Inventory, declared, list, table, text};
use crate::args::{InventoryShowArgs, ViewFormat};
use crate::exit::Exit;

/// So many places are listed for people; JSON has all.
const SHOWN_EXPOSURES: usize = 20;

pub(super) fn run(args: &InventoryShowArgs) -> anyhow::Result<Exit> {
    let inventory = Inventory::read(&args.read)?;
    let card = find(&inventory.cards, &args.id)?;
    let exposures = inventory.registry.exposures(card, inventory.now)?;
    let rotations = inventory.registry.rotations(card)?;
    let violations = inventory.policies.violations(card, inventory.now);
    let mut out = io::stdout().lock();
    match args.read.format {
        ViewFormat::Json => {
            let mut document = list::as_json(card, &violations);
            document["exposed_at"] = json!(exposures);
            document["rotations"] = json!(rotations);
            writeln!(out, "{}", serde_json::to_string_pretty(&document)?)?;
        }
        ViewFormat::Text => {
            head(&mut out, card, &violations)?;
            credentials(&mut out, card)?;
            places(&mut out, &exposures)?;
            turned_real(&mut out, &exposures)?;
            rest(&mut out, card, &rotations)?;
            declared::card(&mut out, card)?;
            demands(&mut out, &violations)?;
        }
    }
    Ok(Exit::Clean)
}

fn head(out: &mut impl Write, card: &Card, violations: &[Violation]) -> io::Result<()> {
    let or_unknown = |value: Option<&str>| value.map_or_else(|| "unknown".to_owned(), text);
    writeln!(out, "{}", text(&card.uid))?;
    let environments = card.environments.join(", ");
    let owners: Vec<String> = card
        .owners
        .iter()
        .map(|owner| {
            let left = owner.left_at.map_or_else(String::new, |at| {
                format!(", left on {}", keysift_registry::day(at))
            });
            format!(
                "{} ({} {}%, {}{left})",
                text(&owner.name),
                owner.basis.as_str(),
                owner.confidence_percent,
                text(&owner.evidence)
            )
        })
        .collect();
    let approved = card
        .approved_by
        .as_deref()
        .map_or_else(String::new, |by| format!(" by {}", text(by)));
    for (name, value) in [
        ("id", card.id.to_string()),
        ("name", text(&card.name)),
        ("kind", card.kind.clone()),
        ("provider", text(&card.provider)),
        ("account", or_unknown(card.account.as_deref())),
        (
            "environments",
            if environments.is_empty() {
                "unknown".to_owned()
            } else {
                environments
            },
        ),
        ("purpose", or_unknown(card.purpose.as_deref())),
        (
            "owner",
            if owners.is_empty() {
                "unknown".to_owned()
            } else {
                owners.join("\n                ")
            },
        ),
        ("created", table::known(&card.created)),
        ("last used", table::known(&card.last_used)),
        ("expires", table::known(&card.expires)),
        (
            "state",
            format!("{}{approved}", list::state(card, violations)),
        ),
        ("risk", format!("{} of 100", card.risk)),
    ] {
        writeln!(out, "  {name:<12}  {value}")?;
    }
    for alias in &card.aliases {
        writeln!(out, "  {:<12}  {}", "also", text(alias))?;
    }
    Ok(())
}

fn credentials(out: &mut impl Write, card: &Card) -> io::Result<()> {
    writeln!(
        out,
        "\n{}",
        table::count(card.credentials.len() as u64, "credential", "credentials")
    )?;
    for credential in &card.credentials {
        writeln!(
            out,
            "  {}  {}  {}{}",
            &credential.fingerprint[..credential.fingerprint.len().min(12)],
            text(&credential.masked),
            credential.state.as_str(),
            if credential.is_superseded {
                ", replaced"
            } else {
                ""
            }
        )?;
        let public_id = credential
            .public_id
            .as_deref()
            .map(|id| format!("; known as {}", text(id)));
        writeln!(
            out,
            "    {}{}",
            text(&credential.type_name),
            public_id.unwrap_or_default()
        )?;
        writeln!(
            out,
            "    made {}, expires {}; {} severity, {} confidence",
            table::known(&credential.issued),
            table::known(&credential.expires),
            credential.severity,
            credential.confidence
        )?;
        facts(out, credential)?;
    }
    Ok(())
}

fn facts(out: &mut impl Write, credential: &CredentialCard) -> io::Result<()> {
    let facts = credential.facts.as_array().into_iter().flatten();
    let told: Vec<String> = facts
        .filter_map(|fact| {
            Some(format!(
                "{} {}",
                fact["key"].as_str()?,
                text(fact["value"].as_str()?)
            ))
        })
        .collect();
    if !told.is_empty() {
        writeln!(out, "    says {}", told.join(", "))?;
    }
    Ok(())
}

fn places(out: &mut impl Write, exposures: &[ExposureCard]) -> io::Result<()> {
    writeln!(
        out,
        "\n{}",
        table::count(exposures.len() as u64, "place", "places")
    )?;
    for exposure in exposures.iter().take(SHOWN_EXPOSURES) {
        let name = if exposure.name.is_empty() {
            String::new()
        } else {
            format!(" {}", text(&exposure.name))
        };
        let mut notes = Vec::new();
        notes.push(if exposure.is_current {
            "current".to_owned()
        } else {
            "past".to_owned()
        });
        if let (Some(at), Some(commit)) = (&exposure.first_at, &exposure.first_commit) {
            let who = exposure.introduced_by.as_deref().unwrap_or("unknown");
            notes.push(format!(
                "since {} in {} by {}",
                &at[..at.len().min(10)],
                &commit[..commit.len().min(12)],
                text(who)
            ));
        }
        match &exposure.assisted_by {
            Some(program) if exposure.introduced_by.as_ref() == Some(program) => {
                notes.push("which is a program".to_owned());
            }
            Some(program) => notes.push(format!("with the help of {}", text(program))),
            None => {}
        }
        if let (Some(at), Some(commit)) = (&exposure.removed_at, &exposure.removed_commit) {
            notes.push(format!(
                "removed {} in {}",
                &at[..at.len().min(10)],
                &commit[..commit.len().min(12)]
            ));
        }
        if let Some(days) = exposure.open_days {
            notes.push(format!("open for {days} days"));
        }
        writeln!(
            out,
            "  {}:{}:{}{name}",
            text(&exposure.source),
            text(&exposure.path),
            exposure.line
        )?;
        writeln!(out, "    {}", notes.join("; "))?;
    }
    if let Some(more) = exposures
        .len()
        .checked_sub(SHOWN_EXPOSURES)
        .filter(|more| *more > 0)
    {
        writeln!(out, "  and {more} more; --format json lists all")?;
    }
    Ok(())
}

/// Places that held something to be filled in, which a secret was.
fn turned_real(out: &mut impl Write, exposures: &[ExposureCard]) -> io::Result<()> {
    let turned: Vec<_> = exposures
        .iter()
        .filter_map(|exposure| Some((exposure, exposure.placeholder.as_deref()?)))
        .collect();
    if turned.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "\n{}",
        table::count(
            turned.len() as u64,
            "placeholder turned real",
            "placeholders turned real"
        )
    )?;
    for (exposure, placeholder) in turned {
        let at = exposure.first_at.as_deref().unwrap_or("unknown");
        let commit = exposure.first_commit.as_deref().unwrap_or("unknown");
        writeln!(
            out,
            "  {}  {}:{} {}: {placeholder} -> {} in {}",
            &at[..at.len().min(10)],
            text(&exposure.source),
            text(&exposure.path),
            text(&exposure.name),
            &exposure.fingerprint[..exposure.fingerprint.len().min(12)],
            &commit[..commit.len().min(12)]
        )?;
    }
    Ok(())
}

fn rest(out: &mut impl Write, card: &Card, rotations: &[RotationCard]) -> io::Result<()> {
    if !rotations.is_empty() {
        writeln!(
            out,
            "\n{}",
            table::count(rotations.len() as u64, "rotation", "rotations")
        )?;
    }
    for rotation in rotations {
        writeln!(
            out,
            "  {}  {}:{} {}: {} -> {}",
            &rotation.at[..rotation.at.len().min(10)],
            text(&rotation.source),
            text(&rotation.path),
            text(&rotation.name),
            &rotation.from[..rotation.from.len().min(12)],
            &rotation.to[..rotation.to.len().min(12)]
        )?;
    }
    if !card.declarations.is_empty() {
        writeln!(
            out,
            "\n{}",
            table::count(
                card.declarations.len() as u64,
                "declaration",
                "declarations"
            )
        )?;
    }
    for declaration in &card.declarations {
        let federated = if declaration.is_federated {
            "  without a secret"
        } else {
            ""
        };
        writeln!(
            out,
            "  {}:{}:{}{federated}",
            text(&declaration.source),
            text(&declaration.path),
            declaration.line
        )?;
        concerns(out, &declaration.concerns)?;
        for grant in &declaration.grants {
            let condition = if grant.condition.is_empty() {
                String::new()
            } else {
                format!(" if {}", text(&grant.condition))
            };
            writeln!(
                out,
                "    {} {} on {}{condition} ({}{})",
                grant.effect,
                text(&grant.action),
                text(&grant.resource),
                grant.level,
                if grant.is_resolved {
                    ""
                } else {
                    ", unresolved"
                }
            )?;
        }
    }
    for review in &card.reviews {
        writeln!(
            out,
            "\nreviewed {} by {}: {} {}",
            &review.at[..review.at.len().min(10)],
            text(&review.by),
            review.decision,
            text(&review.note)
        )?;
    }
    Ok(())
}

fn concerns(out: &mut impl Write, concerns: &[Concern]) -> io::Result<()> {
    for concern in concerns {
        writeln!(
            out,
            "    {} ({}): {}",
            concern.code,
            concern.owasp,
            text(&concern.detail)
        )?;
    }
    Ok(())
}

fn demands(out: &mut impl Write, violations: &[Violation]) -> io::Result<()> {
    if violations.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "\n{}",
        table::count(
            violations.len() as u64,
            "policy is not met",
            "policies are not met"
        )
    )?;
    for violation in violations {
        let waived = match &violation.waived_until {
            Some(until) => format!(" (waived until {})", &until[..until.len().min(10)]),
            None => String::new(),
        };
        writeln!(
            out,
            "  {:<8}  {} ({}): {}{waived}",
            violation.severity,
            violation.policy.id,
            violation.policy.owasp,
            text(&violation.message)
        )?;
    }
    Ok(())
}
