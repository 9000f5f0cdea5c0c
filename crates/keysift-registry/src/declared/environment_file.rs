//! `.env` files: names of credentials and where they get them from.

use super::holding::holding;
use super::name::names_credential;
use super::{Declarations, DeclaredSlot, File, Kind};

pub(super) const KIND: Kind = Kind {
    name: "environment",
    is: |file| {
        file.name == ".env" || file.name.starts_with(".env.") || file.has_extension(&["env"])
    },
    read,
};

fn read(file: &File<'_>) -> Result<Declarations, String> {
    let mut out = Declarations::default();
    for (number, line) in file.text.lines().enumerate() {
        let line = line.trim();
        let line = line.strip_prefix("export ").unwrap_or(line);
        let Some((name, value)) = line.split_once('=').filter(|_| !line.starts_with('#')) else {
            continue;
        };
        let name = name.trim();
        if names_credential(name) {
            out.slots.push(DeclaredSlot {
                holder: None,
                name: name.to_owned(),
                holding: holding(value.trim().trim_matches(['"', '\'']), true),
                line: number as u64 + 1,
            });
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::super::tests::read_file;

    #[test]
    fn names_of_credentials_are_read() {
        let text = "# DB_PASSWORD=old\nexport DB_PASSWORD='q7Wm2xZ9'\nAPI_KEY=op://v/i/f\nPORT=80\nTOKEN=\n";
        let read = read_file("deploy/.env.production", text);
        let slots: Vec<(&str, &str, u64)> = read
            .slots
            .iter()
            .map(|slot| (&*slot.name, slot.holding.as_str(), slot.line))
            .collect();
        assert_eq!(
            slots,
            [
                ("DB_PASSWORD", "literal", 2),
                ("API_KEY", "managed", 3),
                ("TOKEN", "placeholder", 5)
            ]
        );
    }
}
