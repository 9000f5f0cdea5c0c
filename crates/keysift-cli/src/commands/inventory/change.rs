//! `keysift inventory approve`, `assign`, `retire`, `review`, `waive` and `unite`.

use keysift_registry::{Card, Decision, Limits, Stamp, find, parse_time};

use super::{Inventory, stamp, text};
use crate::args::{
    ApproveArgs, AssignArgs, DecisionArgs, RetireArgs, ReviewArgs, UniteArgs, WaiveArgs,
};
use crate::exit::Exit;
use crate::say;

/// An identity about which something is decided.
struct Subject {
    inventory: Inventory,
    card: Card,
    limits: Limits,
    stamp: Stamp,
}

impl Subject {
    fn find(args: &DecisionArgs) -> anyhow::Result<Self> {
        let inventory = Inventory::open(&args.registry, &args.policy)?;
        let card = find(&inventory.cards, &args.id)?.clone();
        let limits = inventory.policies.limits(&card.kind, &card.environments);
        let stamp = stamp(&args.registry, &args.by)?;
        Ok(Self {
            inventory,
            card,
            limits,
            stamp,
        })
    }

    fn done(&self, what: &str) -> anyhow::Result<Exit> {
        say(&format!("{}: {what}\n", text(&self.card.uid)));
        Ok(Exit::Clean)
    }
}

pub(super) fn approve(args: &ApproveArgs) -> anyhow::Result<Exit> {
    let mut subject = Subject::find(&args.decision)?;
    let registry = &mut subject.inventory.registry;
    registry.approve(
        &subject.card,
        args.purpose.as_deref(),
        &subject.limits,
        &subject.stamp,
    )?;
    subject.done(&format!(
        "approved; a review is due in {} days",
        subject.limits.review_days
    ))
}

pub(super) fn assign(args: &AssignArgs) -> anyhow::Result<Exit> {
    let mut subject = Subject::find(&args.decision)?;
    subject
        .inventory
        .registry
        .assign(&subject.card, &args.owner, &subject.stamp)?;
    subject.done(&format!("owned by {}", text(&args.owner)))
}

pub(super) fn retire(args: &RetireArgs) -> anyhow::Result<Exit> {
    let mut subject = Subject::find(&args.decision)?;
    let registry = &mut subject.inventory.registry;
    registry.retire(&subject.card, args.done, &subject.limits, &subject.stamp)?;
    if args.done {
        return subject.done("retired");
    }
    let days = subject.limits.decommission_days;
    subject.done(&format!(
        "to be gone in {days} days; `keysift plan retire {}` says how, and `inventory retire --done` that it is",
        subject.card.id
    ))
}

pub(super) fn review(args: &ReviewArgs) -> anyhow::Result<Exit> {
    let mut subject = Subject::find(&args.decision)?;
    let decision = Decision::from_name(&args.outcome).unwrap_or(Decision::Keep);
    let registry = &mut subject.inventory.registry;
    registry.review(
        &subject.card,
        (decision, &args.note),
        &subject.limits,
        &subject.stamp,
    )?;
    subject.done(&format!("reviewed: {}", decision.as_str()))
}

pub(super) fn waive(args: &WaiveArgs) -> anyhow::Result<Exit> {
    let until = parse_time(&args.until)?;
    let mut subject = Subject::find(&args.decision)?;
    let registry = &mut subject.inventory.registry;
    registry.waive(
        &subject.card,
        &args.waived,
        &args.reason,
        until,
        &subject.stamp,
    )?;
    subject.done(&format!(
        "{} is waived until {}",
        args.waived,
        keysift_registry::day(until)
    ))
}

pub(super) fn unite(args: &UniteArgs) -> anyhow::Result<Exit> {
    let Some(whole) = &args.whole else {
        let mut inventory = Inventory::open(&args.decision.registry, &args.decision.policy)?;
        let stamp = stamp(&args.decision.registry, &args.decision.by)?;
        inventory.registry.divide(&args.decision.id, &stamp)?;
        say(&format!(
            "{}: it stands for itself again\n",
            text(&args.decision.id)
        ));
        return Ok(Exit::Clean);
    };
    let mut subject = Subject::find(&args.decision)?;
    let whole = find(&subject.inventory.cards, whole)?.clone();
    subject
        .inventory
        .registry
        .unite(&subject.card, &whole, &subject.stamp)?;
    subject.done(&format!("a part of {} from now on", text(&whole.uid)))
}
