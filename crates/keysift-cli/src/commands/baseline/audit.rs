//! `keysift baseline audit`: a walk through a baseline on a terminal.

use std::io;
use std::path::Path;

use console::{Key, Term};
use keysift::Finding;
use keysift::baseline::{Baseline, Entry, Scanned, Status};

use super::scan;
use crate::args::AuditArgs;
use crate::exit::{Exit, Hint};

pub(crate) fn run(args: &AuditArgs) -> anyhow::Result<Exit> {
    let terminal = Term::stderr();
    if !terminal.is_term() || !io::IsTerminal::is_terminal(&io::stdin()) {
        let hint =
            "edit the file instead: each line ends with its status, its last day and its reason";
        return Err(Hint::new("an audit needs a terminal", hint).into());
    }
    let settings = scan::settings(&args.scan, Scanned::Files)?;
    let path = super::path(&args.scan, &settings)?;
    let baseline = Baseline::open(&path)?;
    let settings = match baseline.scanned {
        Scanned::Files => settings,
        Scanned::History => scan::settings(&args.scan, Scanned::History)?,
    };
    let outcome = scan::run(&args.scan, &settings, &baseline, &path, true)?;
    let waiting: Vec<usize> = (0..baseline.entries.len())
        .filter(|index| args.all || baseline.entries[*index].status == Status::Unreviewed)
        .collect();
    let mut audit = Audit {
        terminal,
        baseline,
        path: &path,
        findings: outcome.findings,
    };
    audit.walk(&waiting)?;
    let left = audit.baseline.entries.iter();
    let left = left.filter(|it| it.status == Status::Unreviewed).count();
    audit
        .terminal
        .write_line(&format!("{left} left to review"))?;
    Ok(Exit::Clean)
}

struct Audit<'p> {
    terminal: Term,
    baseline: Baseline,
    path: &'p Path,
    findings: Vec<(Entry, Finding)>,
}

impl Audit<'_> {
    fn walk(&mut self, waiting: &[usize]) -> anyhow::Result<()> {
        let mut at = 0;
        while let Some(&index) = waiting.get(at) {
            self.show(index, at + 1, waiting.len())?;
            match self.ask()? {
                'a' => match self.reason()? {
                    Some(reason) => {
                        self.decide(index, Status::Accepted, reason)?;
                        at += 1;
                    }
                    None => self.terminal.write_line("a reason is needed")?,
                },
                'r' => {
                    self.decide(index, Status::Real, "real, to be revoked".to_owned())?;
                    at += 1;
                }
                's' => at += 1,
                'b' => at = at.saturating_sub(1),
                _ => return Ok(()),
            }
        }
        Ok(())
    }

    /// Shows an entry with the lines at which it was found now.
    fn show(&self, index: usize, number: usize, count: usize) -> io::Result<()> {
        let entry = &self.baseline.entries[index];
        let escape = |bytes: &[u8]| keysift_report::escape(bytes);
        let heading = format!("{number} of {count}: {}", entry.place);
        self.terminal
            .write_line(&format!("\n{}", escape(heading.as_bytes())))?;
        let is_same = |found: &Entry| {
            (found.fingerprint, &found.rule, &found.place)
                == (entry.fingerprint, &entry.rule, &entry.place)
        };
        let mut found = self
            .findings
            .iter()
            .filter(|(it, _)| is_same(it))
            .peekable();
        if found.peek().is_none() {
            let line = format!(
                "  {}: not found any more; `keysift baseline update` takes it out",
                entry.rule
            );
            return self.terminal.write_line(&escape(line.as_bytes()));
        }
        for (_, finding) in found {
            let rule = &finding.rule;
            let line = format!(
                "  {} ({}), {}, {} confidence",
                rule.name, rule.id, rule.severity, finding.confidence
            );
            self.terminal.write_line(&escape(line.as_bytes()))?;
            let excerpt = &finding.excerpt;
            let mut line = escape(&excerpt.before);
            line.push_str(&escape(finding.secret.redacted().as_bytes()));
            line.push_str(&escape(&excerpt.after));
            let place = finding.start.line;
            self.terminal
                .write_line(&format!("  {place:>5} | {line}"))?;
        }
        let line = format!("  {}: {}", entry.status.as_str(), entry.reason);
        self.terminal.write_line(&escape(line.as_bytes()))
    }

    /// One of the keys that mean something; `q` when there is no more input.
    fn ask(&self) -> io::Result<char> {
        self.terminal
            .write_str("  [a]ccept  [r]eal  [s]kip  [b]ack  [q]uit  ")?;
        loop {
            let key = match self.terminal.read_key() {
                Ok(Key::Char(key)) => key.to_ascii_lowercase(),
                Ok(Key::Escape | Key::CtrlC) => 'q',
                Ok(_) => continue,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => 'q',
                Err(error) => return Err(error),
            };
            if "arsbq".contains(key) {
                self.terminal.write_line(&key.to_string())?;
                return Ok(key);
            }
        }
    }

    fn reason(&self) -> io::Result<Option<String>> {
        self.terminal.write_str("  why is it no danger? ")?;
        let reason = self.terminal.read_line()?.trim().to_owned();
        Ok((!reason.is_empty()).then_some(reason))
    }

    /// Writes a decision at once: an audit may be left at any time.
    fn decide(&mut self, index: usize, status: Status, reason: String) -> anyhow::Result<()> {
        // Entries keep their place: they are sorted already, and the order does not look at what is decided.
        let entry = &mut self.baseline.entries[index];
        entry.status = status;
        entry.reason = reason;
        self.baseline.write(self.path)?;
        Ok(())
    }
}
