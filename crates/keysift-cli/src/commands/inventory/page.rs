//! The inventory as a page for people.

use std::collections::BTreeMap;
use std::io::Write;

use keysift::Severity;
use keysift_registry::{Card, Checked, Days, Overview, Totals, Violation, day, rfc3339};
use keysift_report::{Bar, Block, Cell, Document, Plot, Section, Table, write_document};

use super::{Inventory, list, table};

/// At most so many bars are drawn; where there are more, the last one is what is left.
const MAX_BARS: usize = 8;

/// The identities with the policies that they do not meet, as they are told.
type Rows<'r> = [(&'r Card, &'r [Violation])];

pub(super) fn write(
    out: &mut impl Write,
    inventory: &Inventory,
    rows: &Rows<'_>,
) -> anyhow::Result<()> {
    let checked = inventory.policies.check(&inventory.cards, inventory.now);
    let overview = inventory
        .registry
        .overview(&inventory.cards, &checked, inventory.now)?;
    let document = Document {
        title: "Inventory of machine identities".to_owned(),
        told: told(&overview.totals, &checked),
        warnings: overview
            .totals
            .incomplete_sources
            .iter()
            .map(|source| {
                format!("{source}: its last scan was incomplete, and there may be more in it.")
            })
            .collect(),
        sections: vec![
            glance(&overview),
            riskiest(&overview, rows),
            due(&overview, inventory.now),
            policies(&checked),
            owners(&overview),
            secretless(&overview.totals),
            everything(rows),
        ],
        made: format!(
            "keysift {}, {}. No secret is in this page.",
            env!("CARGO_PKG_VERSION"),
            rfc3339(inventory.now)
        ),
    };
    Ok(write_document(out, &document)?)
}

fn told(totals: &Totals, checked: &Checked) -> String {
    format!(
        "{}, {}; {} waived",
        table::count(totals.identities, "identity", "identities"),
        verdicts(checked.violations.iter()),
        checked.waived.len()
    )
}

fn verdicts<'v>(violations: impl Iterator<Item = &'v Violation>) -> String {
    let (failures, warnings): (Vec<_>, Vec<_>) = violations.partition(|found| found.is_failure);
    format!(
        "{}, {}",
        table::count(failures.len() as u64, "failure", "failures"),
        table::count(warnings.len() as u64, "warning", "warnings")
    )
}

fn glance(overview: &Overview) -> Section {
    let totals = &overview.totals;
    let people = match totals.identities_per_person {
        Some(ratio) => format!(
            "{}, {ratio:.1} identities to one.",
            table::count(totals.people, "person", "people")
        ),
        None => "No person is known.".to_owned(),
    };
    let mut text = vec![format!(
        "{} may still open something; {} now, {} in histories alone. {people}",
        table::count(totals.live_credentials, "credential", "credentials"),
        table::count(totals.current_exposures, "place", "places"),
        totals.past_exposures
    )];
    if let Some((uid, at)) = &totals.oldest {
        text.push(format!("The oldest is {uid}, since {}.", day(*at)));
    }
    if let Some(days) = overview.closed.median {
        text.push(format!(
            "Half of what was taken out of HEAD had lain open for {} or more.",
            table::count(days.unsigned_abs(), "day", "days")
        ));
    }
    let mut blocks: Vec<Block> = text.into_iter().map(Block::Text).collect();
    blocks.push(Block::Plots(vec![
        counted("Identities by kind", &totals.by_kind),
        counted("Identities by provider", &totals.by_provider),
        banded("Age of identities", &overview.ages),
        banded("Lying open until now, since", &overview.open),
        banded("Lay open before removal", &overview.closed),
        counted("Identities by stage", &totals.by_stage),
    ]));
    section("At a glance", blocks)
}

fn section(title: &str, blocks: Vec<Block>) -> Section {
    Section {
        title: title.to_owned(),
        blocks,
    }
}

/// Counts as bars, the longest first.
fn counted(title: &str, counts: &BTreeMap<String, u64>) -> Plot {
    let mut counts: Vec<_> = counts.iter().collect();
    counts.sort_by_key(|(name, count)| (std::cmp::Reverse(**count), *name));
    let shown = if counts.len() <= MAX_BARS {
        counts.len()
    } else {
        MAX_BARS - 1
    };
    let (shown, rest) = counts.split_at(shown);
    let mut bars: Vec<Bar> = shown
        .iter()
        .map(|(name, count)| bar(name, **count))
        .collect();
    if !rest.is_empty() {
        let sum = rest.iter().map(|(_, count)| **count).sum();
        bars.push(bar(&format!("{} others", rest.len()), sum));
    }
    Plot {
        title: title.to_owned(),
        bars,
    }
}

fn bar(name: &str, count: u64) -> Bar {
    Bar {
        name: name.to_owned(),
        count,
        severity: None,
    }
}

fn banded(title: &str, days: &Days) -> Plot {
    let mut bars: Vec<Bar> = days
        .bands
        .iter()
        .map(|(name, count)| bar(name, *count))
        .collect();
    bars.push(bar("not known", days.unknown));
    Plot {
        title: title.to_owned(),
        bars,
    }
}

fn riskiest(overview: &Overview, rows: &Rows<'_>) -> Section {
    let mut chosen = Vec::new();
    for id in &overview.riskiest {
        chosen.extend(rows.iter().find(|(card, _)| card.id == *id).copied());
    }
    let title = "The riskiest ten";
    if chosen.is_empty() {
        let text = "No identity has a risk.".to_owned();
        return section(title, vec![Block::Text(text)]);
    }
    let text = "What to do about one says: keysift plan rotate ID".to_owned();
    section(title, vec![Block::Text(text), identities(title, &chosen)])
}

fn identities(caption: &str, rows: &Rows<'_>) -> Block {
    let columns = [
        "Identity",
        "ID",
        "Risk",
        "State",
        "Kind",
        "Provider",
        "Account",
        "Owner",
        "Created",
        "Last used",
        "Expires",
        "Places",
    ];
    let cells = rows.iter().map(|(card, violations)| {
        vec![
            Cell::Text(card.name.clone()),
            Cell::Number(card.id.unsigned_abs()),
            Cell::Number(card.risk.into()),
            Cell::Text(list::state(card, violations)),
            Cell::Text(card.kind.clone()),
            Cell::Text(card.provider.clone()),
            Cell::Text(card.account.clone().unwrap_or_else(|| "unknown".to_owned())),
            Cell::Text(table::owner(card.owner())),
            Cell::Text(table::known(&card.created)),
            Cell::Text(table::known(&card.last_used)),
            Cell::Text(table::known(&card.expires)),
            Cell::Text(list::exposures(card)),
        ]
    });
    tabled(caption, &columns, cells.collect())
}

fn tabled(caption: &str, columns: &[&str], rows: Vec<Vec<Cell>>) -> Block {
    Block::Table(Table {
        caption: caption.to_owned(),
        columns: columns.iter().map(|name| (*name).to_owned()).collect(),
        rows,
    })
}

fn due(overview: &Overview, now: i64) -> Section {
    let title = "What is due";
    if overview.due.is_empty() {
        let text = "Nothing is overdue, or due within 90 days, as far as is known.".to_owned();
        return section(title, vec![Block::Text(text)]);
    }
    let rows = overview.due.iter().map(|due| {
        let when = if due.at < now { "overdue" } else { "" };
        vec![
            Cell::Time(day(due.at)),
            Cell::Text(due.what.clone()),
            Cell::Number(due.identity.unsigned_abs()),
            Cell::Text(when.to_owned()),
        ]
    });
    let caption = "Overdue, or due within 90 days";
    let table = tabled(caption, &["Day", "What", "ID", ""], rows.collect());
    section(title, vec![table])
}

/// The verdicts: how many by policy, and which, by who has to act.
fn policies(checked: &Checked) -> Section {
    let title = "Policies that are not met";
    if checked.violations.is_empty() {
        let text = format!(
            "Every policy is met by {}.",
            table::count(checked.identities, "identity", "identities")
        );
        return section(title, vec![Block::Text(text)]);
    }
    let mut by_policy: BTreeMap<&str, (Severity, u64)> = BTreeMap::new();
    let mut by_owner: BTreeMap<Option<&str>, Vec<&Violation>> = BTreeMap::new();
    for violation in &checked.violations {
        let (severity, count) = by_policy
            .entry(violation.policy.id)
            .or_insert((violation.severity, 0));
        *severity = (*severity).max(violation.severity);
        *count += 1;
        by_owner
            .entry(violation.owner.as_deref())
            .or_default()
            .push(violation);
    }
    let mut bars: Vec<Bar> = by_policy
        .into_iter()
        .map(|(name, (severity, count))| Bar {
            severity: Some(severity),
            ..bar(name, count)
        })
        .collect();
    bars.sort_by_key(|bar| std::cmp::Reverse((bar.severity, bar.count)));
    let plot = Plot {
        title: "Identities by the policy that they do not meet".to_owned(),
        bars,
    };
    let unknown = format!(
        "Not known: the last use of {}, the expiry of {}.",
        checked.unknown_use, checked.unknown_expiry
    );
    let mut blocks = vec![Block::Plots(vec![plot]), Block::Text(unknown)];
    blocks.extend(
        by_owner
            .into_iter()
            .map(|(owner, violations)| of_owner(owner, &violations)),
    );
    section(title, blocks)
}

fn of_owner(owner: Option<&str>, violations: &[&Violation]) -> Block {
    let owner = owner.unwrap_or("nobody known");
    let title = format!("{owner}: {}", verdicts(violations.iter().copied()));
    let rows = violations.iter().map(|violation| {
        vec![
            Cell::Text(violation.policy.id.to_owned()),
            Cell::Severity(violation.severity),
            Cell::Text(if violation.is_failure { "fail" } else { "warn" }.to_owned()),
            Cell::Text(violation.policy.owasp.to_owned()),
            Cell::Code(violation.uid.clone()),
            Cell::Number(violation.identity.unsigned_abs()),
            Cell::Text(violation.message.clone()),
        ]
    });
    let columns = [
        "Policy", "Severity", "Verdict", "OWASP", "Identity", "ID", "What",
    ];
    Block::Fold {
        blocks: vec![tabled(&title, &columns, rows.collect())],
        title,
    }
}

fn owners(overview: &Overview) -> Section {
    let rows = overview.owners.iter().map(|load| {
        let name = load.name.as_deref().unwrap_or("nobody known");
        vec![
            Cell::Text(name.to_owned()),
            Cell::Number(load.identities),
            Cell::Number(load.failures),
            Cell::Number(load.warnings),
            Cell::Text(if load.has_left { "has left" } else { "" }.to_owned()),
        ]
    });
    let columns = ["Owner", "Identities", "Failures", "Warnings", ""];
    let caption = "Who has to act, whoever has most to do first";
    section("Owners", vec![tabled(caption, &columns, rows.collect())])
}

fn secretless(totals: &Totals) -> Section {
    let title = "Secret-less coverage";
    let Some(percent) = totals.secretless_percent else {
        let text = "No file that was read names a secret.".to_owned();
        return section(title, vec![Block::Text(text)]);
    };
    let text = format!(
        "Of the names that hold a secret, or get one from a store or by federation, {percent} % have none in their file."
    );
    let rows = totals.secretless_by_source.iter().map(|(source, percent)| {
        vec![
            Cell::Text(source.clone()),
            Cell::Text(format!("{percent} %")),
        ]
    });
    let plot = counted("Where names get their values from", &totals.held);
    let table = tabled("By source", &["Source", "Without a secret"], rows.collect());
    section(
        title,
        vec![Block::Text(text), Block::Plots(vec![plot]), table],
    )
}

fn everything(rows: &Rows<'_>) -> Section {
    let title = format!(
        "All {}, the riskiest first",
        table::count(rows.len() as u64, "identity", "identities")
    );
    let fold = Block::Fold {
        blocks: vec![identities(&title, rows)],
        title,
    };
    section("Every identity", vec![fold])
}
