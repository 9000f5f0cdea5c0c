//! `docs/rules.md`, the page of all rules: made from the rules, never by hand.
//!
//! `KEYSIFT_UPDATE_GOLDENS=1 cargo test -p keysift-tests --test rules page` writes it anew.

use std::fmt::Write as _;
use std::path::Path;

use keysift_core::{Confidence, Rule, RuleSet};
use keysift_tests::rules;

/// A text in a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

fn joined<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    texts.collect::<Vec<_>>().join(", ")
}

fn share(rules: &RuleSet, holds: impl Fn(&Rule) -> bool) -> String {
    let count = rules.iter().filter(|rule| holds(rule)).count();
    let percent = 100.0 * count as f64 / rules.len() as f64;
    format!("{count} ({percent:.0} %)")
}

fn page(rules: &RuleSet) -> String {
    let mut providers: Vec<&str> = rules.iter().map(|rule| &*rule.provider).collect();
    providers.sort_unstable();
    providers.dedup();
    let mut page = format!(
        "# Rules\n\n\
         Made from `rules/builtin/` by a test; see CONTRIBUTING.md. `keysift rules show ID` tells all of a rule.\n\n\
         | | |\n| --- | ---: |\n\
         | rules | {} |\n\
         | providers | {} |\n",
        rules.len(),
        providers.len(),
    );
    type Holds = fn(&Rule) -> bool;
    let shares: [(&str, Holds); 5] = [
        ("with a check of checksum, structure or facts", |rule| {
            !rule.checks.is_empty()
        }),
        ("with an id or another companion", |rule| {
            !rule.companions.is_empty()
        }),
        ("of high confidence", |rule| {
            rule.confidence == Confidence::High
        }),
        ("of medium confidence", |rule| {
            rule.confidence == Confidence::Medium
        }),
        (
            "of low confidence, which are not shown by default",
            |rule| rule.confidence == Confidence::Low,
        ),
    ];
    for (what, holds) in shares {
        let _ = writeln!(page, "| {what} | {} |", share(rules, holds));
    }
    page.push_str(
        "\n| rule | what it finds | provider | identity | severity | confidence | checks | goes with |\n\
         | --- | --- | --- | --- | --- | --- | --- | --- |\n",
    );
    for rule in rules.iter() {
        let _ = writeln!(
            page,
            "| `{}` | {} | {} | {} | {} | {} | {} | {} |",
            rule.id,
            cell(&rule.name),
            cell(&rule.provider),
            rule.kind,
            rule.severity,
            rule.confidence,
            joined(rule.checks.iter().map(|format| format.name)),
            cell(&joined(
                rule.companions.iter().map(|companion| &*companion.name)
            )),
        );
    }
    page
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "a test reads what it compares with"
)]
fn the_page_of_rules_says_what_the_rules_say() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/rules.md");
    let page = page(&rules::builtin());
    if std::env::var_os("KEYSIFT_UPDATE_GOLDENS").is_some() {
        std::fs::write(&file, &page).unwrap();
        return;
    }
    let written = std::fs::read_to_string(&file).unwrap_or_default();
    let differs = page
        .lines()
        .zip(written.lines().chain(std::iter::repeat("")))
        .find(|(ours, theirs)| ours != theirs);
    assert!(
        page == written,
        "docs/rules.md is stale, first at {differs:?}: write it anew with \
         KEYSIFT_UPDATE_GOLDENS=1 cargo test -p keysift-tests --test rules page"
    );
}
