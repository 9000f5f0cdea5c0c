//! The message of a hook that stops a commit or a push: short, what, where, and what to do.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::ops::ControlFlow;

use keysift_core::{Finding, Origin, Sink, Summary, Unscanned};

use crate::coverage::{self, Tally};
use crate::page::{Page, Style};
use crate::{ReportOptions, ReportSink};

/// What is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stopped {
    /// A commit, for what is staged.
    Commit,
    /// A commit, for its message.
    Message,
    /// A push, on the side that pushes.
    Push,
    /// A push, on the side that receives it.
    Receive,
}

/// So many findings are shown; the others are counted.
const MOST_SHOWN: usize = 20;

/// So many names are written into a command.
const MOST_NAMES: usize = 4;

impl Stopped {
    /// What is stopped, and what holds the secrets.
    const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Commit => ("commit", "what is staged"),
            Self::Message => ("commit", "its message"),
            Self::Push => ("push", "its commits"),
            Self::Receive => ("push", "its commits"),
        }
    }
}

/// A sink that writes such a message, and nothing at all when there is nothing to say.
pub fn blocked(
    out: Box<dyn Write + Send>,
    stopped: Stopped,
    options: &ReportOptions,
) -> ReportSink {
    Box::new(Blocked {
        out,
        page: Page::new(options),
        stopped,
        shown: 0,
        found: 0,
        files: BTreeSet::new(),
        rules: BTreeSet::new(),
        tally: Tally::default(),
    })
}

struct Blocked {
    out: Box<dyn Write + Send>,
    page: Page,
    stopped: Stopped,
    shown: usize,
    found: usize,
    /// The staged files that hold secrets, quoted for a shell.
    files: BTreeSet<String>,
    /// The ids of the rules that found something.
    rules: BTreeSet<String>,
    tally: Tally,
}

impl Blocked {
    fn finding(&mut self, finding: &Finding) {
        if self.found == 0 {
            let (what, where_) = self.stopped.names();
            self.page
                .put(
                    Style::Strong,
                    format!("keysift stops this {what}: secrets in {where_}"),
                )
                .end_line();
            self.page.end_line();
        }
        self.found += 1;
        self.rules.insert(finding.rule.id.clone());
        if let Origin::Staged { path, .. } = &*finding.origin {
            self.files.insert(quoted(&path.display().to_string()));
        }
        if self.shown == MOST_SHOWN {
            return;
        }
        self.shown += 1;
        let place = format!("{}:{}", finding.origin, finding.start.line);
        self.page
            .pad_to(2)
            .put(Style::Strong, place)
            .put(Style::Plain, "  ")
            .put(Style::Plain, &finding.rule.name)
            .put(Style::Plain, "  ")
            .put(Style::Secret, finding.secret.redacted())
            .put(Style::Faint, format!("  {}", finding.rule.id))
            .end_line();
        if let Some(commit) = finding.origin.commit() {
            self.page
                .pad_to(4)
                .put(
                    Style::Faint,
                    format!("{} <{}>", commit.author, commit.email),
                )
                .end_line();
        }
    }

    fn advice(&mut self) {
        if self.found > self.shown {
            self.page
                .pad_to(2)
                .put(
                    Style::Plain,
                    format!("and {} more", self.found - self.shown),
                )
                .end_line();
        }
        self.page.end_line();
        for (label, text) in self.told() {
            self.page.put(Style::Strong, label).pad_to(8).prose(&text);
        }
    }

    /// What to do, and under which heading.
    fn told(&self) -> Vec<(&'static str, String)> {
        let mut rules = self.rules.iter();
        let allow = match (rules.next(), rules.next()) {
            (Some(rule), None) => format!("end the line with a comment `keysift:allow {rule}`"),
            _ => "end the line with a comment `keysift:allow RULE`, with the rule's id from above"
                .to_owned(),
        };
        match self.stopped {
            Stopped::Commit => {
                let files: Vec<&str> = self.files.iter().map(String::as_str).take(MOST_NAMES).collect();
                let more = if self.files.len() > MOST_NAMES { " …" } else { "" };
                let restore = format!("git restore --staged -- {}{more}", files.join(" "));
                vec![
                    ("fix", format!("move the secret to the environment or a secret manager, and stage the file again; `{restore}` takes it out of the commit. What was pushed or shared before must be revoked.")),
                    ("allow", format!("what is no secret: {allow}, or write it into a baseline with `keysift baseline create`, into one that is there with `keysift baseline update`.")),
                    ("skip", "once: `SKIP=keysift git commit`. It will be said.".to_owned()),
                ]
            }
            Stopped::Message => vec![
                ("fix", "write the message without it; git kept what you wrote in the file above.".to_owned()),
                ("skip", "once: `SKIP=keysift git commit`. It will be said.".to_owned()),
            ],
            Stopped::Push => vec![
                ("fix", "take it out of the commit that brings it in (`git rebase -i`, or `git commit --amend` for the last one): a later commit that removes it leaves it in the history. Revoke what was shared before.".to_owned()),
                ("allow", format!("what is no secret: {allow}, in the commit that brings it in.")),
                ("skip", "once: `SKIP=keysift git push`. It will be said.".to_owned()),
            ],
            Stopped::Receive => vec![
                ("fix", "take it out of the commit that brings it in, and push again: a later commit that removes it leaves it in the history. Take the secret for leaked, and revoke it.".to_owned()),
                ("allow", format!("what is no secret: {allow}, in the commit that brings it in.")),
            ],
        }
    }

    fn flush_page(&mut self) -> io::Result<()> {
        self.page.write_to(&mut self.out)
    }
}

impl Sink for Blocked {
    type Error = io::Error;

    fn findings(&mut self, findings: &[Finding]) -> Result<ControlFlow<()>, io::Error> {
        findings.iter().for_each(|finding| self.finding(finding));
        self.flush_page()?;
        Ok(ControlFlow::Continue(()))
    }

    fn unscanned(&mut self, unscanned: &Unscanned) -> Result<(), io::Error> {
        self.tally.unscanned(unscanned);
        Ok(())
    }

    fn finish(&mut self, summary: &Summary) -> Result<(), io::Error> {
        if self.found > 0 {
            self.advice();
        }
        if summary.is_incomplete() {
            coverage::could_not(&mut self.page, summary, &self.tally);
        }
        self.flush_page()?;
        self.out.flush()
    }
}

/// A word for a shell, quoted only where it must be.
fn quoted(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-+,@%=:".contains(&byte);
    if !text.is_empty() && text.bytes().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}
