//! `keysift inventory` and `keysift check`: what the registry knows.

mod change;
pub(crate) mod check;
mod chronicle;
mod declared;
mod diff;
mod export;
mod list;
mod merge;
mod page;
pub(crate) mod plan;
mod show;
mod table;
mod update;

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::Context as _;
use keysift_registry::{Card, KeySource, PolicyConfig, Registry, Stamp, parse_time};

use crate::args::{
    ByArgs, InventoryArgs, InventoryCommand, PolicyArgs, ReadArgs, RegistryArgs, VerifyArgs,
    ViewFormat,
};
use crate::exit::{Exit, Hint};

pub(crate) fn run(args: InventoryArgs) -> anyhow::Result<Exit> {
    match args.command {
        InventoryCommand::Update(args) => update::run(&args),
        InventoryCommand::List(args) => list::run(&args),
        InventoryCommand::Show(args) => show::run(&args),
        InventoryCommand::Summary(args) => list::summary(&args),
        InventoryCommand::Diff(args) => diff::run(&args),
        InventoryCommand::Export(args) => export::run(&args),
        InventoryCommand::Approve(args) => change::approve(&args),
        InventoryCommand::Assign(args) => change::assign(&args),
        InventoryCommand::Retire(args) => change::retire(&args),
        InventoryCommand::Review(args) => change::review(&args),
        InventoryCommand::Waive(args) => change::waive(&args),
        InventoryCommand::Unite(args) => change::unite(&args),
        InventoryCommand::Merge(args) => merge::run(&args),
        InventoryCommand::Verify(args) => verify(&args),
    }
}

/// An inventory as it was read, with the policies that hold and the present.
struct Inventory {
    registry: Registry,
    cards: Vec<Card>,
    policies: PolicyConfig,
    now: i64,
}

impl Inventory {
    fn read(args: &ReadArgs) -> anyhow::Result<Self> {
        Self::open(&args.registry, &args.policy)
    }

    fn open(registry: &RegistryArgs, policy: &PolicyArgs) -> anyhow::Result<Self> {
        let policies = policies(policy)?;
        let now = now(registry)?;
        let registry = open(registry)?;
        Ok(Self {
            cards: registry.cards()?,
            registry,
            policies,
            now,
        })
    }
}

/// Opens the registry, which has to be there.
fn open(args: &RegistryArgs) -> anyhow::Result<Registry> {
    let path = registry_path(args)?;
    Ok(Registry::open(&path, &key_source(args, &path))?)
}

fn registry_path(args: &RegistryArgs) -> anyhow::Result<PathBuf> {
    if let Some(path) = &args.registry {
        return Ok(path.clone());
    }
    let directory = |name: &str| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    let data = directory("XDG_DATA_HOME").or_else(|| {
        Some(
            directory("HOME")
                .or_else(|| directory("USERPROFILE"))?
                .join(".local/share"),
        )
    });
    match data {
        Some(data) => Ok(data.join("keysift").join("registry.db")),
        None => Err(Hint::new(
            "there is no home directory for the registry",
            "name a file with --registry",
        )
        .into()),
    }
}

fn key_source(args: &RegistryArgs, registry: &Path) -> KeySource {
    if let Some(file) = &args.registry_key {
        return KeySource::File(file.clone());
    }
    match std::env::var_os("KEYSIFT_REGISTRY_KEY") {
        Some(material) if !material.is_empty() => {
            KeySource::Material(material.into_encoded_bytes())
        }
        _ => {
            let mut name = registry.as_os_str().to_owned();
            name.push(".key");
            KeySource::File(name.into())
        }
    }
}

/// The present, in seconds since 1970.
fn now(args: &RegistryArgs) -> anyhow::Result<i64> {
    if let Some(text) = &args.now {
        return Ok(parse_time(text)?);
    }
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    Ok(since.map_or(0, |since| since.as_secs().cast_signed()))
}

fn stamp(args: &RegistryArgs, by: &ByArgs) -> anyhow::Result<Stamp> {
    let user = || {
        ["USER", "LOGNAME", "USERNAME"]
            .iter()
            .find_map(std::env::var_os)
    };
    let actor = match &by.by {
        Some(name) => name.clone(),
        None => user().map_or_else(
            || "unknown".to_owned(),
            |name| name.to_string_lossy().into_owned(),
        ),
    };
    Ok(Stamp {
        at: now(args)?,
        actor,
    })
}

/// The policies of the configuration: that which is named, or the nearest upwards; without one the defaults.
fn policies(args: &PolicyArgs) -> anyhow::Result<PolicyConfig> {
    let path = match &args.config {
        Some(path) => path.clone(),
        None => {
            let here = std::env::current_dir().context("the current directory cannot be found")?;
            let found = here
                .ancestors()
                .map(|directory| directory.join("keysift.toml"))
                .find(|path| path.is_file());
            match found {
                Some(path) => path,
                None => return Ok(PolicyConfig::default()),
            }
        }
    };
    #[expect(
        clippy::disallowed_methods,
        reason = "the configuration is the program's own file"
    )]
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("{}: cannot read the configuration", path.display()))?;
    let table: toml::Table = text
        .parse()
        .with_context(|| format!("{}: not TOML", path.display()))?;
    match table.get("policy") {
        None => Ok(PolicyConfig::default()),
        Some(toml::Value::Table(policy)) => {
            PolicyConfig::parse(policy).with_context(|| path.display().to_string())
        }
        Some(_) => Err(Hint::new(
            format!("{}: policy is not a table", path.display()),
            "write [policy]",
        )
        .into()),
    }
}

fn verify(args: &VerifyArgs) -> anyhow::Result<Exit> {
    let registry = open(&args.registry)?;
    let verified = registry.verify()?;
    let journal = if args.journal {
        registry.journal()?
    } else {
        Vec::new()
    };
    let mut out = io::stdout().lock();
    match args.format {
        ViewFormat::Json => {
            let document = serde_json::json!({"verified": verified, "journal": journal});
            writeln!(out, "{}", serde_json::to_string_pretty(&document)?)?;
        }
        ViewFormat::Text => {
            for entry in &journal {
                writeln!(
                    out,
                    "{:>4}  {}  {}  {}  {}",
                    entry.seq,
                    keysift_registry::rfc3339(entry.at),
                    text(&entry.actor),
                    text(&entry.verb),
                    text(&entry.payload)
                )?;
            }
            writeln!(
                out,
                "{}; the last is {}",
                table::count(verified.entries, "entry holds", "entries hold"),
                verified.head
            )?;
        }
    }
    Ok(Exit::Clean)
}

/// A text of a scanned file, or of whoever wrote a commit, as a terminal may see it.
fn text(text: &str) -> String {
    keysift_report::escape(text.as_bytes())
}
