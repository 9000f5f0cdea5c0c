"""The difference in findings between two builds, or between two JSON reports, of the same trees.

Two reports that `keysift scan --format json` wrote:

    python3 tools/difference/difference.py old.json new.json

Two programs, each run over the same trees; what stands behind `--` goes to both:

    python3 tools/difference/difference.py --run old/keysift new/keysift TREE... -- --min-confidence low

The exit code is 0 when all findings are the same, 1 when some differ, and 2 when the reports cannot be compared: other
bytes were scanned, or one is not complete. Secrets stay as redacted as they are in the reports.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# What of a finding is compared where both reports have it at the same place.
COMPARED = ["rule", "severity", "confidence", "fingerprint", "facts", "parts"]

# keysift's exit codes for a scan that was carried through: nothing found, findings, something unreadable.
CARRIED_THROUGH = {0, 1, 3}

Place = tuple[str, int, int]


class Incomparable(Exception):
    """Why two reports cannot be compared."""


@dataclass
class Difference:
    """What one report has and the other has not, and what both have in another way."""

    lost: list[dict[str, Any]]
    gained: list[dict[str, Any]]
    changed: list[tuple[dict[str, Any], dict[str, Any]]]

    def is_empty(self) -> bool:
        """Whether all findings are the same."""
        return not (self.lost or self.gained or self.changed)


def read(path: Path) -> dict[str, Any]:
    """Read a report of keysift."""
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Incomparable(f"{path}: not a JSON report of keysift: {error}") from error
    if not isinstance(report, dict) or not {"findings", "summary"} <= report.keys():
        raise Incomparable(f"{path}: not a JSON report of keysift: write one with --format json")
    return report


def places(report: dict[str, Any]) -> dict[Place, dict[str, Any]]:
    """The findings, by the secret's place."""
    found = {}
    for finding in report["findings"]:
        path = finding.get("path_bytes_hex", finding["path"])
        if "commit" in finding:
            path = f"{finding['commit']['id']}:{path}"
        span = finding["secret_span"]
        found[path, span["start"], span["end"]] = finding
    return found


def difference(old: dict[str, Any], new: dict[str, Any]) -> Difference:
    """Compare two reports of the same trees."""
    for what in ["blobs", "bytes"]:
        scanned = [report["summary"][what] for report in (old, new)]
        if scanned[0] != scanned[1]:
            raise Incomparable(f"not of the same trees: {scanned[0]:,} and {scanned[1]:,} {what} were scanned")
    if any(report["summary"]["interrupted"] for report in (old, new)):
        raise Incomparable("a scan was interrupted: run it again")
    before, after = places(old), places(new)
    shared = sorted(before.keys() & after.keys())
    differs = [key for key in shared if any(before[key].get(field) != after[key].get(field) for field in COMPARED)]
    return Difference(
        lost=[before[key] for key in sorted(before.keys() - after.keys())],
        gained=[after[key] for key in sorted(after.keys() - before.keys())],
        changed=[(before[key], after[key]) for key in differs],
    )


def printable(text: str) -> str:
    """Escape whatever could steer a terminal."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def line(finding: dict[str, Any]) -> str:
    """A finding in one line."""
    place = f"{finding['path']}:{finding['line']}:{finding['column']}"
    excerpt = finding["excerpt"]
    text = f"{excerpt['before']}{finding.get('secret', '')}{excerpt['after']}"
    return printable(f"{place}  {finding['rule']}, {finding['confidence']}  | {' '.join(text.split())}")


def value(finding: dict[str, Any], field: str) -> str:
    """A field in few words."""
    held = finding.get(field)
    if isinstance(held, list):
        return "; ".join(f"{entry.get('key', entry.get('name'))}: {entry['value']}" for entry in held) or "none"
    return "none" if held is None else str(held)


def changes(old: dict[str, Any], new: dict[str, Any]) -> str:
    """What is another in a finding that both reports have."""
    fields = [field for field in COMPARED if old.get(field) != new.get(field)]
    return printable(", ".join(f"{field} {value(old, field)} -> {value(new, field)}" for field in fields))


def table(found: Difference) -> Iterable[str]:
    """Counts by rule, those that differ most first."""
    lost = Counter(finding["rule"] for finding in found.lost)
    gained = Counter(finding["rule"] for finding in found.gained)
    changed = Counter(new["rule"] for _, new in found.changed)
    rules = sorted(lost | gained | changed, key=lambda rule: (-lost[rule] - gained[rule] - changed[rule], rule))
    width = max(map(len, rules), default=0)
    for rule in rules:
        yield f"{rule:{width}}  -{lost[rule]:<5} +{gained[rule]:<5} ~{changed[rule]}"


def write(found: Difference, counts: tuple[int, int]) -> None:
    """Print a difference."""
    print(f"{counts[0]} findings before, {counts[1]} after: {len(found.lost)} lost, {len(found.gained)} gained, {len(found.changed)} changed")
    for row in table(found):
        print(row)
    for finding in found.lost:
        print(f"- {line(finding)}")
    for finding in found.gained:
        print(f"+ {line(finding)}")
    for old, new in found.changed:
        print(f"~ {line(new)}\n    {changes(old, new)}")


def run(program: Path, arguments: list[str], report: Path) -> dict[str, Any]:
    """Run a build of keysift and read its report."""
    command = [str(program), "scan", "--format", "json", "--output", str(report), *arguments]
    try:
        code = subprocess.run(command, check=False).returncode
    except OSError as error:
        raise Incomparable(f"{program}: cannot be run: {error}") from error
    if code not in CARRIED_THROUGH:
        raise Incomparable(f"{program}: exit code {code}")
    return read(report)


def parse(arguments: list[str]) -> argparse.Namespace:
    """Understand the arguments; those behind `--` are keysift's."""
    cut = arguments.index("--") if "--" in arguments else len(arguments)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", action="store_true", help="the first two arguments are programs, the others trees")
    parser.add_argument("old", type=Path, help="a report, or a program")
    parser.add_argument("new", type=Path, help="a report, or a program")
    parser.add_argument("trees", nargs="*", metavar="TREE")
    options = parser.parse_args(arguments[:cut])
    options.rest = arguments[cut + 1 :]
    if bool(options.trees) != options.run:
        parser.error("--run takes two programs and trees; without it there are two reports")
    return options


def main(arguments: list[str]) -> int:
    """Compare, print, and give the exit code."""
    options = parse(arguments)
    try:
        if options.run:
            with tempfile.TemporaryDirectory() as directory:
                given = [*options.rest, *options.trees]
                old, new = (run(program, given, Path(directory) / "report.json") for program in (options.old, options.new))
        else:
            old, new = read(options.old), read(options.new)
        found = difference(old, new)
    except Incomparable as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    write(found, (len(old["findings"]), len(new["findings"])))
    return 0 if found.is_empty() else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
