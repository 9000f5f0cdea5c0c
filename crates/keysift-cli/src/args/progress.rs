//! Whether progress is shown, and how.

use std::ffi::OsStr;
use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::error::ErrorKind;

use super::When;

/// `auto`, `always`, `never`, `json`, or `json=FILE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ProgressArg {
    /// A line for people.
    Shown(When),
    /// JSON Lines, to a file or standard error.
    Json(Option<PathBuf>),
}

#[derive(Debug, Clone)]
pub(super) struct ProgressParser;

impl ProgressParser {
    fn names() -> [PossibleValue; 4] {
        [
            PossibleValue::new("auto").help("On a terminal"),
            PossibleValue::new("always").help("Always"),
            PossibleValue::new("never").help("Never"),
            PossibleValue::new("json").help("As JSON Lines, each second, for programs"),
        ]
    }
}

impl TypedValueParser for ProgressParser {
    type Value = ProgressArg;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<ProgressArg, clap::Error> {
        let text = value
            .to_str()
            .ok_or_else(|| clap::Error::new(ErrorKind::InvalidUtf8).with_cmd(command))?;
        if let Some(file) = text.strip_prefix("json=").filter(|file| !file.is_empty()) {
            return Ok(ProgressArg::Json(Some(file.into())));
        }
        // It knows how to offer the near name.
        let names = PossibleValuesParser::new(Self::names());
        let name = names.parse_ref(command, argument, OsStr::new(text))?;
        Ok(match &*name {
            "always" => ProgressArg::Shown(When::Always),
            "never" => ProgressArg::Shown(When::Never),
            "json" => ProgressArg::Json(None),
            _ => ProgressArg::Shown(When::Auto),
        })
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(Self::names().into_iter()))
    }
}
