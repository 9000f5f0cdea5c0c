//! `docs/facts.md`, the page of what secrets say of themselves: made from the formats and the rules, never by hand.
//!
//! `KEYSIFT_UPDATE_GOLDENS=1 cargo test -p keysift-tests --test rules facts` writes it anew.

use std::fmt::Write as _;
use std::path::Path;

use keysift_core::facts::{Evidence, Format, Input, Proof, formats};
use keysift_core::{Rule, RuleSet};
use keysift_tests::rules;

const HEAD: &str = "\
# What a secret says of itself

Made from the formats of `crates/keysift-facts` and the rules by a test; see CONTRIBUTING.md. All of it is read from the
secret alone, or from what stands beside it in the rule's match, without a network. `keysift explain` prints it for one
secret.

| evidence | how it is known that the secret says this |
| --- | --- |
| vector | the algorithm was run against public vectors and held |
| source | it was read in the source code of the issuer or of the format's maintainer |
| documentation | the issuer documents it, or a standard does |
| community | others found it out |

A wrong checksum drops a match where the evidence is a vector or the source, and the format knows every kind; otherwise
it lowers the confidence, or says nothing.
";

fn proof(format: &Format) -> String {
    match format.proof {
        Proof::Nothing => String::new(),
        Proof::Structure(evidence) => format!("structure ({evidence})"),
        Proof::Checksum(evidence) => format!("checksum ({evidence})"),
    }
}

fn tells(format: &Format) -> String {
    let group = |(evidence, keys): &(Evidence, &[keysift_core::facts::FactKey])| {
        let keys: Vec<&str> = keys.iter().map(|key| key.as_str()).collect();
        format!("{} ({evidence})", keys.join(", "))
    };
    let groups: Vec<String> = format.tells.iter().map(group).collect();
    groups.join("; ")
}

fn has_check(rule: &Rule) -> bool {
    let mut checks = rule.checks.iter();
    checks.any(|format| format.proof != Proof::Nothing)
}

fn has_checksum(rule: &Rule) -> bool {
    let mut checks = rule.checks.iter();
    checks.any(|format| matches!(format.proof, Proof::Checksum(_)))
}

fn has_facts(rule: &Rule) -> bool {
    all_formats(rule).any(|format| !format.tells.is_empty())
}

/// The formats of the rule and of what stands beside its secret.
fn all_formats(rule: &Rule) -> impl Iterator<Item = &'static Format> {
    let beside = rule.companions.iter().flat_map(|part| part.checks.iter());
    rule.checks.iter().chain(beside).copied()
}

fn share(rules: &RuleSet, holds: fn(&Rule) -> bool) -> String {
    let count = rules.iter().filter(|rule| holds(rule)).count();
    let percent = 100.0 * count as f64 / rules.len() as f64;
    format!("{count} ({percent:.1} %)")
}

fn page(rules: &RuleSet) -> String {
    let mut page = HEAD.to_owned();
    let _ = write!(
        page,
        "\n| | |\n| --- | ---: |\n| formats | {} |\n| rules | {} |\n",
        formats().len(),
        rules.len()
    );
    let shares = [
        ("rules with a checksum", has_checksum as fn(&Rule) -> bool),
        ("rules with a check of checksum or structure", has_check),
        ("rules whose facts decode", has_facts),
    ];
    for (what, holds) in shares {
        let _ = writeln!(page, "| {what} | {} |", share(rules, holds));
    }
    page.push_str("\n| format | what is checked and told | proves | tells | reads | rules |\n| --- | --- | --- | --- | --- | --- |\n");
    for format in formats() {
        let ids: Vec<String> = rules
            .iter()
            .filter(|rule| all_formats(rule).any(|known| known.name == format.name))
            .map(|rule| format!("`{}`", rule.id))
            .collect();
        let reads = match format.input {
            Input::Secret => "the secret",
            Input::Match => "the match",
        };
        let _ = writeln!(
            page,
            "| `{}` | {} | {} | {} | {reads} | {} |",
            format.name,
            format.summary,
            proof(format),
            tells(format),
            ids.join(", ")
        );
    }
    page
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "a test reads what it compares with"
)]
fn the_page_of_facts_says_what_the_formats_say() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/facts.md");
    let page = page(&rules::builtin());
    if std::env::var_os("KEYSIFT_UPDATE_GOLDENS").is_some() {
        std::fs::write(&file, &page).unwrap();
        return;
    }
    let written = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        page == written,
        "docs/facts.md is stale: write it anew with \
         KEYSIFT_UPDATE_GOLDENS=1 cargo test -p keysift-tests --test rules facts"
    );
}

/// Whether nothing is told of a made-up secret of the rule. What is read beside a secret is not made up.
fn is_silent(rule: &Rule) -> bool {
    let secret = rule.sample_secret(1).unwrap_or_default();
    let is_silent =
        |format: &Format| format.input == Input::Secret && (format.facts)(&secret).is_empty();
    rule.companions.is_empty() && rule.checks.iter().all(|format| is_silent(format))
}

/// Of most rules that say they decode facts, a made-up secret tells some. Into a few forms nothing can be written: a
/// token of Kubernetes is made up without claims, a key in Base64 without its structure.
#[test]
fn a_rule_that_decodes_facts_tells_some_of_its_own_secrets() {
    let builtin = rules::builtin();
    let telling: Vec<_> = builtin.iter().filter(|rule| has_facts(rule)).collect();
    let silent: Vec<&str> = telling
        .iter()
        .filter(|rule| is_silent(rule))
        .map(|rule| &*rule.id)
        .collect();
    assert!(
        silent.len() * 8 <= telling.len(),
        "{}: {silent:?}",
        telling.len()
    );
}
