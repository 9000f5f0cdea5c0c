//! `keysift rules cost`: what each rule costs in a scan.

use std::convert::Infallible;
use std::io::{self, Write};
use std::ops::ControlFlow;

use keysift::{
    Finding, Rule, RuleCost, ScanOptions, Scanner, ScannerOptions, Sink, Summary, Unscanned,
};
use serde_json::{Value, json};

use super::engine::interrupted_by_signals;
use super::scan::source;
use crate::args::{CostArgs, ListFormat};
use crate::exit::Exit;
use crate::settings::Settings;
use crate::{rules, say};

/// What the columns are called, in both formats.
const COLUMNS: [&str; 8] = [
    "rule",
    "candidates",
    "passed",
    "looked bytes",
    "windows",
    "window bytes",
    "matches",
    "time ns",
];

pub(crate) fn run(args: &CostArgs) -> anyhow::Result<Exit> {
    let options = ScannerOptions {
        measure_costs: true,
        ..ScannerOptions::default()
    };
    let scanner = Scanner::new(rules::chosen(&args.rules)?, options)?;
    let settings = Settings::of_paths(&args.config, &args.paths)?;
    let archives = settings.archives(&args.archives);
    let source = source(&args.paths, settings.files(&args.files), archives)?;
    let should_interrupt = interrupted_by_signals()?;
    let options = ScanOptions::default().threads(args.threads);
    let summary = keysift::scan(
        &scanner,
        &*source,
        &mut OnlyFaults,
        &options,
        &should_interrupt,
    )?;

    let mut costs: Vec<(&Rule, RuleCost)> = scanner
        .rules()
        .map(|rule| &**rule)
        .zip(summary.counters.costs.iter().copied())
        .filter(|(_, cost)| cost.candidates > 0)
        .collect();
    costs.sort_by(|(a, left), (b, right)| (right.time, &a.id).cmp(&(left.time, &b.id)));
    let mut total = RuleCost::default();
    costs.iter().for_each(|(_, cost)| total.add(cost));
    costs.truncate(args.top);

    let mut out = io::stdout().lock();
    match args.format {
        ListFormat::Text => write_table(&mut out, &costs, &total, &summary)?,
        ListFormat::Json => {
            let table = as_json(&costs, &total, &summary);
            writeln!(out, "{}", serde_json::to_string_pretty(&table)?)?;
        }
    }
    Ok(if summary.is_incomplete() {
        Exit::Incomplete
    } else {
        Exit::Clean
    })
}

fn figures(cost: &RuleCost) -> [u64; 7] {
    let nanos = u64::try_from(cost.time.as_nanos()).unwrap_or(u64::MAX);
    [
        cost.candidates,
        cost.passed,
        cost.looked_bytes,
        cost.windows,
        cost.window_bytes,
        cost.matches,
        nanos,
    ]
}

fn write_table(
    out: &mut impl Write,
    costs: &[(&Rule, RuleCost)],
    total: &RuleCost,
    summary: &Summary,
) -> io::Result<()> {
    let row = |name: &str, cost: &RuleCost| {
        let mut row = vec![keysift_report::escape(name.as_bytes())];
        row.extend(figures(cost).map(|figure| figure.to_string()));
        row
    };
    let mut rows = vec![COLUMNS.map(str::to_owned).to_vec()];
    rows.extend(costs.iter().map(|(rule, cost)| row(&rule.id, cost)));
    rows.push(row("all rules", total));
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..COLUMNS.len()).map(width).collect();
    for row in &rows {
        write!(out, "{:1$}", row[0], widths[0])?;
        for (cell, width) in row.iter().zip(&widths).skip(1) {
            write!(out, "  {cell:>width$}")?;
        }
        writeln!(out)?;
    }
    writeln!(
        out,
        "{} blobs, {} bytes; patterns ran over {:.3} % of them",
        summary.blobs,
        summary.bytes,
        100.0 * share(total, summary)
    )
}

/// The share of the scanned bytes that patterns ran over; a byte that two rules look at counts twice.
fn share(total: &RuleCost, summary: &Summary) -> f64 {
    total.window_bytes as f64 / summary.bytes.max(1) as f64
}

fn as_json(costs: &[(&Rule, RuleCost)], total: &RuleCost, summary: &Summary) -> Value {
    let row = |name: Option<&str>, cost: &RuleCost| {
        let mut row = serde_json::Map::new();
        row.extend(name.map(|name| ("rule".to_owned(), json!(name))));
        let names = COLUMNS[1..].iter().map(|name| name.replace(' ', "_"));
        row.extend(names.zip(figures(cost).map(Value::from)));
        Value::Object(row)
    };
    json!({
        "version": 1,
        "rules": costs.iter().map(|(rule, cost)| row(Some(&rule.id), cost)).collect::<Vec<_>>(),
        "all_rules": row(None, total),
        "blobs": summary.blobs,
        "bytes": summary.bytes,
        "window_share": share(total, summary),
    })
}

/// A sink that says what could not be scanned and keeps nothing.
struct OnlyFaults;

impl Sink for OnlyFaults {
    type Error = Infallible;

    fn findings(&mut self, _: &[Finding]) -> Result<ControlFlow<()>, Infallible> {
        Ok(ControlFlow::Continue(()))
    }

    fn unscanned(&mut self, unscanned: &Unscanned) -> Result<(), Infallible> {
        if unscanned.skip.is_incomplete() {
            let name = keysift_report::escape(unscanned.name.as_bytes());
            let message = unscanned
                .message
                .as_deref()
                .unwrap_or(unscanned.skip.meaning());
            let message = keysift_report::escape(message.as_bytes());
            say(&format!("{name}: {message}\n"));
        }
        Ok(())
    }
}
