//! The files that apply to a directory, and what they say together.

use std::path::PathBuf;
use std::sync::Arc;

use keysift_core::is_like;

use super::file::ConfigFile;

/// A file that applies to a directory.
#[derive(Debug, Clone)]
pub struct Layer {
    /// The file.
    pub file: Arc<ConfigFile>,
    /// What its globs are relative to: an absolute directory.
    pub globs_from: PathBuf,
    /// Whether its paths alone apply: a file below what is scanned said that it is a root, and the scan was led by the
    /// paths of those above it all the same.
    pub is_paths_only: bool,
}

/// The files that apply to a directory, the outermost first.
pub type Layers = Arc<Vec<Layer>>;

/// The value that the nearest of some layers gives, and its file.
pub fn nearest<'l, T>(
    layers: &'l [Layer],
    value: impl Fn(&'l ConfigFile) -> Option<&'l T>,
) -> Option<(&'l ConfigFile, &'l T)> {
    layers
        .iter()
        .rev()
        .filter(|layer| !layer.is_paths_only)
        .find_map(|layer| Some((&*layer.file, value(&layer.file)?)))
}

/// Whether layers leave a rule on: each can only take away.
pub(super) fn is_on(layers: &[Layer], id: &str) -> bool {
    let is_named = |names: &[String]| names.iter().any(|name| is_like(id, name));
    let mut layers = layers.iter().filter(|layer| !layer.is_paths_only);
    layers.all(|layer| {
        let rules = &layer.file.table.rules;
        (rules.enable.is_empty() || is_named(&rules.enable)) && !is_named(&rules.disable)
    })
}
