//! `keysift check`: which policies are not met.

use std::io::{self, Write as _};

use keysift_registry::{POLICIES, Violation};

use super::{Inventory, stamp, table, text};
use crate::args::{InventoryCheckArgs, ViewFormat};
use crate::exit::Exit;
use crate::say;

pub(crate) fn run(args: &InventoryCheckArgs) -> anyhow::Result<Exit> {
    let mut out = io::stdout().lock();
    if args.policies {
        match args.read.format {
            ViewFormat::Json => writeln!(out, "{}", serde_json::to_string_pretty(POLICIES)?)?,
            ViewFormat::Text => {
                for policy in POLICIES {
                    writeln!(
                        out,
                        "{:<21}  {:<5}  {}",
                        policy.id, policy.owasp, policy.title
                    )?;
                }
            }
        }
        return Ok(Exit::Clean);
    }
    let mut inventory = Inventory::read(&args.read)?;
    let checked = inventory.policies.check(&inventory.cards, inventory.now);
    if args.remember {
        let stamp = stamp(&args.read.registry, &args.by)?;
        let remembered = inventory.registry.remember(&checked, &stamp)?;
        say(&format!(
            "since the last check {} new, {} over\n",
            remembered.opened, remembered.closed
        ));
    }
    match args.read.format {
        ViewFormat::Json => writeln!(out, "{}", serde_json::to_string_pretty(&checked)?)?,
        ViewFormat::Text => {
            let mut last = None;
            for violation in &checked.violations {
                let heading = (violation.severity, violation.owner.as_deref());
                if last != Some(heading) {
                    let owner = heading.1.map_or_else(|| "nobody known".to_owned(), text);
                    let gap = if last.is_some() { "\n" } else { "" };
                    writeln!(out, "{gap}{}  {owner}", heading.0.as_str().to_uppercase())?;
                    last = Some(heading);
                }
                write_one(&mut out, violation)?;
            }
            let failures = checked
                .violations
                .iter()
                .filter(|violation| violation.is_failure)
                .count() as u64;
            let warnings = checked.violations.len() as u64 - failures;
            writeln!(
                out,
                "{}{}, {}, {} waived; {} checked",
                if checked.violations.is_empty() {
                    ""
                } else {
                    "\n"
                },
                table::count(failures, "failure", "failures"),
                table::count(warnings, "warning", "warnings"),
                checked.waived.len(),
                table::count(checked.identities, "identity", "identities")
            )?;
            writeln!(
                out,
                "not known: the last use of {}, the expiry of {}",
                checked.unknown_use, checked.unknown_expiry
            )?;
        }
    }
    out.flush()?;
    Ok(if checked.has_failed() {
        Exit::Findings
    } else {
        Exit::Clean
    })
}

fn write_one(out: &mut impl io::Write, violation: &Violation) -> io::Result<()> {
    let level = if violation.is_failure { "fail" } else { "warn" };
    writeln!(
        out,
        "  {level}  {} ({})  {} [{}]",
        violation.policy.id,
        violation.policy.owasp,
        text(&violation.uid),
        violation.identity
    )?;
    let since = match &violation.since {
        Some(since) => format!(" (open since {})", &since[..since.len().min(10)]),
        None => String::new(),
    };
    writeln!(out, "        {}{since}", text(&violation.message))
}
