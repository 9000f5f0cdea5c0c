//! `keysift plan`: how to rotate or retire an identity.

use std::io::{self, Write as _};

use keysift_registry::{PlanKind, Remedy, find, has_nothing_to_plan, plan};
use serde_json::json;

use super::{Inventory, text};
use crate::args::{PlanArgs, PlanCommand, ViewFormat};
use crate::exit::{Exit, Hint};

pub(crate) fn run(args: &PlanArgs) -> anyhow::Result<Exit> {
    let (kind, args) = match &args.command {
        PlanCommand::Rotate(args) => (PlanKind::Rotate, args),
        PlanCommand::Retire(args) => (PlanKind::Retire, args),
    };
    let inventory = Inventory::read(&args.read)?;
    let card = find(&inventory.cards, &args.id)?;
    if has_nothing_to_plan(card) {
        let message = format!("{}: it lies nowhere any more", card.uid);
        return Err(Hint::new(
            message,
            format!(
                "`keysift inventory show {}` tells what is known of it",
                card.id
            ),
        )
        .into());
    }
    let exposures = inventory.registry.exposures(card, inventory.now)?;
    let rules = keysift::builtin_rules()?;
    let steps = plan(kind, card, &exposures, |rule| {
        let remediation = &rules.get(rule)?.remediation;
        Some(Remedy {
            steps: remediation.steps.clone(),
            link: remediation.link.clone(),
        })
    });
    let mut out = io::stdout().lock();
    if args.read.format == ViewFormat::Json {
        let document = json!({"identity": card.uid, "steps": steps});
        writeln!(out, "{}", serde_json::to_string_pretty(&document)?)?;
        return Ok(Exit::Clean);
    }
    writeln!(out, "{}", text(&card.uid))?;
    for (step, number) in steps.iter().zip(1..) {
        writeln!(out, "\n{number:>2}. {}", text(&step.what))?;
        for file in &step.files {
            writeln!(out, "      {}", text(file))?;
        }
        for command in &step.commands {
            writeln!(out, "    $ {}", text(command))?;
        }
    }
    Ok(Exit::Clean)
}
