//! Backstage's `catalog-info.yaml`: who owns a repository.

/// The owner that a catalogue file names (`spec.owner`), of its first entity that names one; `None` where none does.
///
/// The two levels that matter are read line by line. An owner that is written in another way than `owner: VALUE` on a
/// line of its own below `spec:` is not found.
pub fn catalog_owner(text: &str) -> Option<String> {
    let mut is_in_spec = false;
    for line in text.lines() {
        let content = line.split(" #").next().unwrap_or_default();
        let Some((key, value)) = content.split_once(':') else {
            continue;
        };
        if !content.starts_with([' ', '\t', '-', '#']) {
            is_in_spec = key.trim() == "spec";
            continue;
        }
        let indent = content.len() - content.trim_start().len();
        if is_in_spec && key.trim() == "owner" && indent <= 4 {
            let owner = value.trim().trim_matches(['"', '\'']);
            if !owner.is_empty() && !owner.starts_with(['&', '*', '|', '>', '{', '[']) {
                return Some(owner.to_owned());
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_owner_in_the_spec_is_found_and_no_other() {
        let text = "kind: Component\nmetadata:\n  owner: nobody\nspec:\n  type: service\n  owner: \"group:payments\" # us\n";
        assert_eq!(catalog_owner(text).as_deref(), Some("group:payments"));
        assert_eq!(catalog_owner("owner: x\nspec:\n  type: y\n"), None);
        assert_eq!(catalog_owner(""), None);
    }
}
