//! The packages and images that servers are started from.

/// The package that `npx`, `uvx` and the like fetch and run.
pub(super) fn package<'a>(words: &[&'a str]) -> Option<&'a str> {
    let program = words.first()?.rsplit(['/', '\\']).next()?;
    let mut rest = words[1..].iter().copied();
    match program.trim_end_matches(".cmd").trim_end_matches(".exe") {
        "npx" | "bunx" | "uvx" | "pipx" => {
            let rest: Vec<&str> = rest.filter(|word| *word != "run").collect();
            // `--package x` and `--from x` name it; otherwise it is the first word that is no flag.
            let after = |flag: &str| {
                rest.iter()
                    .position(|word| *word == flag)
                    .and_then(|at| rest.get(at + 1))
                    .copied()
            };
            ["--package", "-p", "--from"]
                .iter()
                .find_map(|flag| after(flag))
                .or_else(|| rest.iter().copied().find(|word| !word.starts_with('-')))
        }
        "docker" | "podman" => {
            rest.rfind(|word| word.contains('/') && !word.starts_with(['-', '/', '.']))
        }
        _ => None,
    }
}

/// Whether a package or an image has a version of its own.
pub(super) fn is_pinned(package: &str) -> bool {
    if package.contains("@sha256:") {
        return true;
    }
    // `@scope/name@1.2.3`, `name==1.2.3`, `git+https://…@<40 digits>`.
    let version = package
        .split_once("==")
        .map(|(_, version)| version)
        .or_else(|| {
            package
                .get(1..)?
                .rsplit_once('@')
                .map(|(_, version)| version)
        })
        .or_else(|| {
            package
                .rsplit_once(':')
                .map(|(_, version)| version)
                .filter(|tag| !tag.contains('/'))
        });
    version.is_some_and(|version| {
        version != "latest"
            && version.starts_with(|first: char| first.is_ascii_hexdigit() || first == 'v')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_told_from_tags() {
        for pinned in [
            "@s/n@1.2.3",
            "n@1.0",
            "n==2.1",
            "ghcr.io/o/i@sha256:ab",
            "o/i:1.2",
            "o/i:v3",
        ] {
            assert!(is_pinned(pinned), "{pinned}");
        }
        for open in [
            "@s/n",
            "n@latest",
            "n",
            "o/i",
            "o/i:latest",
            "localhost:5000/i",
        ] {
            assert!(!is_pinned(open), "{open}");
        }
    }
}
