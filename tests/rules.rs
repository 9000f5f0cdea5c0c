//! Rules made to be hard on the engine: unbounded, overlapping, anchored at ends, with words on either side.

use keysift_core::RuleSet;

/// The hard rules, parsed.
///
/// # Panics
/// If they do not parse.
pub fn hard() -> RuleSet {
    RuleSet::parse("hard.toml", include_str!("rules/hard.toml")).expect("the hard rules parse")
}

/// The built-in rules, parsed.
///
/// # Panics
/// If they do not parse.
pub fn builtin() -> RuleSet {
    keysift::builtin_rules().expect("the built-in rules parse")
}
