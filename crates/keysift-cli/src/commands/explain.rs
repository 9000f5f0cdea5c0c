//! `keysift explain`: the identity card of a secret, of a place, or of a finding in a report.

use std::fs::File;
use std::io::{self, IsTerminal as _, Read, Write};
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context as _;
use keysift::source::{FileOptions, Files};
use keysift::{Collect, Confidence, Finding, Reading, ScanOptions, Scanner, ScannerOptions};
use keysift_report::{Card, ReportOptions, write_cards, write_cards_json};
use serde_json::Value;

use crate::args::{CardFormat, ExplainArgs};
use crate::exit::{Exit, Hint};
use crate::{report, rules, say};

/// The most that is read of standard input or a file.
const MAX_BYTES: u64 = 16 << 20;

/// The most rules that are named of those whose form tells nothing by itself.
const MAX_NAMED: usize = 12;

pub(crate) fn run(args: &ExplainArgs) -> anyhow::Result<Exit> {
    let options = report::card_options(args.color, args.show_secrets);
    let cards = match (&args.report, &args.what, &args.file) {
        (Some(report), Some(fingerprint), _) => from_report(report, fingerprint)?,
        (_, Some(place), _) => at_place(args, place, &options)?,
        (_, None, file) => of_bytes(args, &read(file.as_deref())?, &options)?,
    };
    let mut out = io::stdout().lock();
    match args.format {
        CardFormat::Text => write_cards(&cards, &mut out, &options)?,
        CardFormat::Json => write_cards_json(&cards, &mut out)?,
    }
    out.flush()?;
    let is_known = cards.iter().any(|card| !card.is_dropped());
    Ok(if is_known {
        Exit::Clean
    } else {
        Exit::Findings
    })
}

/// A scanner that gives dropped matches and findings of any confidence.
fn scanner(args: &ExplainArgs) -> anyhow::Result<Scanner> {
    let options = ScannerOptions {
        min_confidence: Confidence::Low,
        explain: true,
        ..ScannerOptions::default()
    };
    Ok(Scanner::new(rules::with_builtin(&args.rules)?, options)?)
}

fn read(file: Option<&Path>) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if file.is_none() && io::stdin().is_terminal() {
        say("reading a secret from standard input; end it with Ctrl-D\n");
    }
    let count = match file.filter(|path| path.as_os_str() != "-") {
        Some(path) => File::open(path)
            .and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes))
            .with_context(|| format!("{}: cannot read the file", path.display()))?,
        None => io::stdin()
            .lock()
            .take(MAX_BYTES + 1)
            .read_to_end(&mut bytes)
            .context("-: cannot read standard input")?,
    };
    let name = file.map_or_else(|| "-".to_owned(), |path| path.display().to_string());
    if count as u64 > MAX_BYTES {
        let message = format!("{name}: more than {} MiB are no secret", MAX_BYTES >> 20);
        return Err(Hint::new(message, "`keysift scan` finds the secrets in it").into());
    }
    if bytes.trim_ascii().is_empty() {
        let hint = "give a secret, as in `printf %s \"$TOKEN\" | keysift explain`";
        return Err(Hint::new(format!("{name}: nothing was read"), hint).into());
    }
    Ok(bytes)
}

/// What is known of the bytes: a card for each finding in them, for what they are by themselves, or for what they say.
fn of_bytes(
    args: &ExplainArgs,
    bytes: &[u8],
    options: &ReportOptions,
) -> anyhow::Result<Vec<Card>> {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let scanner = scanner(args)?;
    let told = keysift::explain(
        &scanner,
        bytes,
        i64::try_from(now.as_secs()).unwrap_or(i64::MAX),
    );
    let (telling, others): (Vec<&Reading>, Vec<&Reading>) =
        told.readings.iter().partition(|reading| reading.is_telling);
    if let Some((best, ties)) = telling.split_first() {
        let ties = ties.iter().map(|reading| reading.finding.rule.id.clone());
        return Ok(vec![Card::of(&best.finding, options).also(ties)]);
    }
    let (kept, dropped): (Vec<&Finding>, Vec<&Finding>) = told
        .findings
        .iter()
        .partition(|finding| finding.dropped.is_none());
    let found = if kept.is_empty() && told.facts.is_empty() {
        dropped
    } else {
        kept
    };
    let place = |finding: &Finding| {
        format!(
            "line {}, column {}",
            finding.start.line, finding.start.column
        )
    };
    let mut cards: Vec<Card> = found
        .into_iter()
        .map(|finding| Card::of(finding, options).at(place(finding)))
        .collect();
    cards.extend(told.facts.iter().map(Card::of_facts));
    if cards.is_empty() {
        say(&nothing_known(&others));
    }
    Ok(cards)
}

fn nothing_known(others: &[&Reading]) -> String {
    if others.is_empty() {
        return "no rule knows this form, and it says nothing of itself\n\
                hint: `keysift explain FILE:LINE` looks at what stands round it as well\n"
            .to_owned();
    }
    let named: Vec<&str> = others
        .iter()
        .take(MAX_NAMED)
        .map(|reading| reading.finding.rule.id.as_str())
        .collect();
    let more = match others.len().saturating_sub(MAX_NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!(
        "the form alone does not tell: {}{more} have it, and need a word beside it\n\
         hint: `keysift explain FILE:LINE` looks at what stands round it as well\n",
        named.join(", ")
    )
}

/// What rules make of a line: findings, and matches that were dropped, with the reason.
fn at_place(args: &ExplainArgs, place: &str, options: &ReportOptions) -> anyhow::Result<Vec<Card>> {
    let wrong = || {
        let message = format!("{place}: a place is FILE:LINE, and the first line is 1");
        Hint::new(message, "to explain a file as a whole, use --file FILE")
    };
    let (path, line) = place.rsplit_once(':').ok_or_else(wrong)?;
    let line: u64 = line
        .parse()
        .ok()
        .filter(|line| *line > 0)
        .ok_or_else(wrong)?;
    let source = Files::new(vec![path.into()], FileOptions::default());
    let mut found = Collect::default();
    let scanner = scanner(args)?;
    keysift::scan(
        &scanner,
        &source,
        &mut found,
        &ScanOptions::default(),
        &AtomicBool::new(false),
    )?;
    if let Some(unscanned) = found.unscanned.first() {
        let message = format!("{path}: {}", unscanned.skip.meaning());
        return Err(Hint::new(message, "name a file that can be read").into());
    }
    let touches = |finding: &&Finding| (finding.start.line..=finding.end.line).contains(&line);
    let card = |finding: &Finding| {
        let (line, column) = (finding.start.line, finding.start.column);
        Card::of(finding, options).at(format!("{path}:{line}:{column}"))
    };
    let cards: Vec<Card> = found
        .findings
        .iter()
        .chain(&found.dropped)
        .filter(touches)
        .map(card)
        .collect();
    if cards.is_empty() {
        say(&format!(
            "{}:{line}: no rule's pattern matched here\n",
            keysift_report::escape(path.as_bytes())
        ));
    }
    Ok(cards)
}

/// The finding with this fingerprint, with every place that the report has of it.
fn from_report(path: &Path, fingerprint: &str) -> anyhow::Result<Vec<Card>> {
    let name = path.display();
    let bytes = read(Some(path))?;
    let report: Value = serde_json::from_slice(&bytes)
        .with_context(|| format!("{name}: not a report in the format json"))?;
    let Some(findings) = report.get("findings").and_then(Value::as_array) else {
        let message = format!("{name}: a report has a list of findings, and this has none");
        return Err(Hint::new(
            message,
            "`keysift scan --format json --output FILE` writes one",
        )
        .into());
    };
    let is_it =
        |finding: &&Value| finding.get("fingerprint").and_then(Value::as_str) == Some(fingerprint);
    let mut same = findings.iter().filter(is_it);
    let card = same.next().and_then(Card::of_report).map(|card| {
        findings.iter().filter(is_it).fold(card, |card, finding| {
            let path = finding
                .get("path")
                .and_then(Value::as_str)
                .unwrap_or_default();
            let number = |name: &str| {
                finding
                    .get(name)
                    .and_then(Value::as_u64)
                    .unwrap_or_default()
            };
            card.at(format!("{path}:{}:{}", number("line"), number("column")))
        })
    });
    if card.is_none() {
        say(&format!(
            "{}: no finding has the fingerprint {}\n",
            keysift_report::escape(name.to_string().as_bytes()),
            keysift_report::escape(fingerprint.as_bytes())
        ));
    }
    Ok(card.into_iter().collect())
}
