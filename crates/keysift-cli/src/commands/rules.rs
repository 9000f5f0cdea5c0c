//! `keysift rules`: show, test, check; `list` and `cost` have files of their own.

use std::io::{self, Write};
use std::path::PathBuf;

use keysift::facts::formats;
use keysift::{Companion, EntropyFloor, PlanExplanation, Rule, RuleSet, Scanner, ScannerOptions};

use crate::args::{RuleFilesArgs, RulesArgs, RulesCommand, ShowArgs};
use crate::exit::{Exit, Hint};
use crate::rules;

pub(crate) fn run(args: RulesArgs) -> anyhow::Result<Exit> {
    match args.command {
        RulesCommand::List(args) => super::list::run(&args),
        RulesCommand::Show(args) => show(&args),
        RulesCommand::Test(args) => test(&args.files),
        RulesCommand::Check(args) => check(&args),
        RulesCommand::Checks => checks(),
        RulesCommand::Cost(args) => super::cost::run(&args),
    }
}

fn show(args: &ShowArgs) -> anyhow::Result<Exit> {
    let all = rules::with_builtin(&args.files)?;
    if all.get(&args.id).is_none() {
        let hint = match all.nearest_id(&args.id) {
            Some(near) => format!("did you mean {near}? `keysift rules list` lists the rules"),
            None => "`keysift rules list` lists the rules".to_owned(),
        };
        return Err(Hint::new(format!("{}: no rule has this id", args.id), hint).into());
    }
    let scanner = Scanner::new(all, ScannerOptions::default())?;
    let mut out = io::stdout().lock();
    for plan in scanner.explain().filter(|plan| plan.rule.id == args.id) {
        write_rule(&mut out, &plan)?;
    }
    Ok(Exit::Clean)
}

fn write_rule(out: &mut impl Write, plan: &PlanExplanation<'_>) -> io::Result<()> {
    let rule = plan.rule;
    writeln!(out, "{} - {}\n", rule.id, text(&rule.name))?;
    rule.description
        .lines()
        .try_for_each(|line| writeln!(out, "{}", text(line)))?;
    writeln!(out)?;
    for (name, value) in rows(plan) {
        if !value.is_empty() {
            writeln!(out, "{name:13} {value}")?;
        }
    }
    writeln!(out, "\nfinds:")?;
    rule.examples
        .r#match
        .iter()
        .try_for_each(|example| writeln!(out, "  {}", text(example)))?;
    writeln!(out, "does not find:")?;
    rule.examples
        .reject
        .iter()
        .try_for_each(|example| writeln!(out, "  {}", text(example)))
}

/// What there is to say of a rule, a name and a value each; an empty value is not shown.
fn rows(plan: &PlanExplanation<'_>) -> Vec<(&'static str, String)> {
    let rule = plan.rule;
    let joined = |texts: &[String]| text(&texts.join("  "));
    let whole = if rule.whole_words {
        ", as whole words"
    } else {
        ""
    };
    let keywords = match rule.keywords.as_slice() {
        [] => String::new(),
        words => format!(
            "{} within {} bytes{whole}",
            text(&words.join(", ")),
            rule.within
        ),
    };
    let allow = &rule.allow;
    let family = if rule.family == rule.id {
        String::new()
    } else {
        text(&rule.family)
    };
    vec![
        ("provider", text(&rule.provider)),
        ("identity", rule.kind.to_string()),
        ("severity", rule.severity.to_string()),
        ("confidence", rule.confidence.to_string()),
        ("pattern", text(&rule.pattern)),
        ("keywords", keywords),
        ("entropy", entropy(rule.entropy)),
        (
            "checks",
            rule.checks
                .iter()
                .map(|format| format.name)
                .collect::<Vec<_>>()
                .join(", "),
        ),
        ("paths", joined(&rule.paths)),
        (
            "allows",
            joined(
                &[
                    &allow.values[..],
                    &allow.lines,
                    &allow.paths,
                    &allow.stop_words,
                ]
                .concat(),
            ),
        ),
        ("goes with", companions(&rule.companions)),
        ("family", family),
        ("anchors", anchors(plan)),
        (
            "reach",
            format!(
                "{} bytes before a match's start, {} behind it",
                plan.before_bytes, plan.after_bytes
            ),
        ),
        (
            "what to do",
            format!(
                "{}: {}",
                rule.remediation.action,
                text(&rule.remediation.steps)
            ),
        ),
        (
            "see",
            rule.remediation
                .link
                .as_deref()
                .map(text)
                .unwrap_or_default(),
        ),
        ("verify", verify(rule)),
        ("file", text(&rule.file)),
    ]
}

/// What may stand beside the secret, a line each.
fn companions(companions: &[Companion]) -> String {
    let told = companions.iter().map(|companion| {
        let without = match companion.without {
            Some(confidence) => format!(", without it {confidence} confidence"),
            None if companion.is_required => ", without it no finding".to_owned(),
            None => String::new(),
        };
        let (name, pattern) = (text(&companion.name), text(&companion.pattern));
        format!(
            "{name} within {} bytes{without}: {pattern}",
            companion.within
        )
    });
    told.collect::<Vec<_>>().join("\n              ")
}

/// How the provider would say whether the credential is live.
fn verify(rule: &Rule) -> String {
    let table = rule.verify.iter().flatten();
    let told = table.map(|(key, value)| match value.as_str() {
        Some(value) => format!("{key}: {value}"),
        None => format!("{key}: {value}"),
    });
    text(&told.collect::<Vec<_>>().join("; "))
}

fn entropy(floor: EntropyFloor) -> String {
    match floor {
        EntropyFloor::Automatic => {
            "at least what 99.9 % of random strings of its alphabet and length have".to_owned()
        }
        EntropyFloor::Bits(bits) => format!("at least {bits} bits a character"),
        EntropyFloor::Above(bits) => format!("more than {bits} bits a character"),
        EntropyFloor::None => "not demanded".to_owned(),
    }
}

fn anchors(plan: &PlanExplanation<'_>) -> String {
    const SHOWN: usize = 8;
    let mut words: Vec<String> = plan
        .anchors
        .iter()
        .take(SHOWN)
        .map(|anchor| keysift_report::escape(anchor))
        .collect();
    if plan.anchors.len() > SHOWN {
        words.push(format!("and {} more", plan.anchors.len() - SHOWN));
    }
    let origin = if plan.is_anchored_by_keyword {
        " (keywords)"
    } else {
        ""
    };
    format!("{}{origin}", words.join(", "))
}

fn test(files: &[PathBuf]) -> anyhow::Result<Exit> {
    let chosen = if files.is_empty() {
        keysift::builtin_rules()?
    } else {
        only(files)?
    };
    let (count, examples) = (
        chosen.len(),
        chosen
            .iter()
            .map(|rule| rule.examples.r#match.len() + rule.examples.reject.len())
            .sum::<usize>(),
    );
    let failed = keysift::failing_examples(chosen)?;
    let mut out = io::stdout().lock();
    for example in &failed {
        writeln!(out, "{}", text(&example.to_string()))?;
    }
    writeln!(
        out,
        "{count} rules, {examples} examples, {} failed",
        failed.len()
    )?;
    Ok(if failed.is_empty() {
        Exit::Clean
    } else {
        Exit::Findings
    })
}

fn check(args: &RuleFilesArgs) -> anyhow::Result<Exit> {
    let chosen = if args.files.is_empty() {
        keysift::builtin_rules()?
    } else {
        rules::with_builtin(&args.files)?
    };
    writeln!(io::stdout().lock(), "{} rules can be used", chosen.len())?;
    Ok(Exit::Clean)
}

fn only(files: &[PathBuf]) -> anyhow::Result<RuleSet> {
    let mut all = RuleSet::new();
    for path in files {
        all.merge(rules::read(path)?)?;
    }
    Ok(all)
}

fn checks() -> anyhow::Result<Exit> {
    let mut out = io::stdout().lock();
    let width = formats()
        .iter()
        .map(|format| format.name.len())
        .max()
        .unwrap_or(0);
    for format in formats() {
        writeln!(out, "{:width$}  {}", format.name, format.summary)?;
    }
    Ok(Exit::Clean)
}

/// A text of a rule file, which may be anyone's, as a terminal may see it.
fn text(text: &str) -> String {
    keysift_report::escape(text.as_bytes())
}
