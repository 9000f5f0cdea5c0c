"""What is made of the measurements: the table, the JSON record and the list of differences."""

import dataclasses
import os
import platform
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scanners import KEYSIFT, Finding, Scanner

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Tree:
    """The scanned directory and the regular files in it."""

    path: Path
    files: int
    size_bytes: int


@dataclass(frozen=True)
class Run:
    """The cost and the findings of one run."""

    exit_code: int
    wall_s: float
    user_s: float
    system_s: float
    peak_bytes: int
    findings: int
    places: int
    """Distinct (file, line) of the findings."""

    @property
    def cpu_s(self) -> float:
        """Processor time, in user mode and in the kernel."""
        return self.user_s + self.system_s


@dataclass
class Contestant:
    """A scanner that is ready to run, with its measured runs so far and the findings of the latest."""

    scanner: Scanner
    version: str
    command: list[str]
    """Scans the tree."""
    runs: list[Run] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def median(self, figure: str) -> float:
        """Return the median over the runs of one figure of `Run`."""
        return float(statistics.median(getattr(run, figure) for run in self.runs))


@dataclass(frozen=True)
class Absent:
    """A scanner that could not be compared, and why."""

    name: str
    reason: str


COLUMNS = (
    "scanner",
    "wall s",
    "CPU s",
    "CPU/keysift",
    "MB/CPU s",
    "peak MB",
    "findings",
    "places",
    "exit",
    "version",
)


def table(contestants: Sequence[Contestant], absent: Sequence[Absent], tree: Tree) -> str:
    """Return the medians as an aligned table, followed by what is missing or odd."""
    keysift_cpu_s = next((one.median("cpu_s") for one in contestants if one.scanner is KEYSIFT), None)
    rows = [COLUMNS, *(_row(one, keysift_cpu_s, tree) for one in contestants)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [f"{tree.path}: {tree.files} files, {tree.size_bytes / MEGABYTE:.1f} MB"]
    lines += ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    lines += [f"{one.scanner.name}: findings vary between runs" for one in contestants if _varies(one)]
    lines += [f"{one.name}: not compared: {one.reason}" for one in absent]
    return "\n".join(lines)


def _row(one: Contestant, keysift_cpu_s: float | None, tree: Tree) -> tuple[str, ...]:
    cpu_s = one.median("cpu_s")
    last = one.runs[-1]
    counts = ("-", "-") if one.scanner.reader is None else (str(last.findings), str(last.places))
    return (
        one.scanner.name,
        f"{one.median('wall_s'):.2f}",
        f"{cpu_s:.2f}",
        _ratio(cpu_s, keysift_cpu_s),
        _ratio(tree.size_bytes / MEGABYTE, cpu_s),
        f"{one.median('peak_bytes') / MEGABYTE:.0f}",
        *counts,
        str(last.exit_code),
        one.version,
    )


def _ratio(dividend: float, divisor: float | None) -> str:
    return f"{dividend / divisor:.2f}" if divisor else "-"


def _varies(one: Contestant) -> bool:
    return len({(run.findings, run.places) for run in one.runs}) > 1


def record(
    contestants: Sequence[Contestant], absent: Sequence[Absent], tree: Tree, machine: dict[str, Any]
) -> dict[str, Any]:
    """Return all figures, with what is needed to judge and repeat them."""
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine,
        "tree": {"path": str(tree.path), "files": tree.files, "bytes": tree.size_bytes},
        "scanners": [_scanner_record(one, tree) for one in contestants],
        "not_compared": [dataclasses.asdict(one) for one in absent],
    }


def _scanner_record(one: Contestant, tree: Tree) -> dict[str, Any]:
    cpu_s = one.median("cpu_s")
    return {
        "name": one.scanner.name,
        "package": one.scanner.package or None,
        "version": one.version,
        "command": one.command,
        "environment": dict(one.scanner.environment),
        "counts_findings": one.scanner.reader is not None,
        "median": {
            "wall_s": one.median("wall_s"),
            "cpu_s": cpu_s,
            "megabytes_per_cpu_s": tree.size_bytes / MEGABYTE / cpu_s if cpu_s else None,
            "peak_bytes": one.median("peak_bytes"),
        },
        "runs": [dataclasses.asdict(run) for run in one.runs],
    }


def describe_machine() -> dict[str, Any]:
    """Return what the figures depend on: the machine, and how busy it is now."""
    return {
        "system": platform.platform(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "load_average": os.getloadavg(),
        "python": platform.python_version(),
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        key, _, value = line.partition(":")
        if key.strip() == "model name":
            return value.strip()
    return platform.machine()


def differences(contestants: Sequence[Contestant]) -> Iterator[str]:
    """Yield, for each other scanner, the findings at places where only one of it and keysift has any.

    Rules have different names in different scanners, so a place counts as found by both whatever the rules are.
    """
    keysift = next((one for one in contestants if one.scanner is KEYSIFT), None)
    if keysift is None:
        return
    for other in contestants:
        if other is not keysift and other.scanner.reader is not None:
            yield from _difference(keysift, other)


def _difference(keysift: Contestant, other: Contestant) -> Iterator[str]:
    ours, theirs = places(keysift.findings), places(other.findings)
    name = other.scanner.name
    counts = f"{len(ours & theirs)} both, {len(ours - theirs)} only keysift, {len(theirs - ours)} only {name}"
    yield f"# {name}: places: {counts}"
    yield from _found_only_by("keysift", keysift.findings, theirs)
    yield from _found_only_by(name, other.findings, ours)


def _found_only_by(name: str, findings: Sequence[Finding], others_places: set[tuple[str, int]]) -> Iterator[str]:
    for finding in sorted(set(findings)):
        if (finding.path, finding.line) not in others_places:
            yield f"{name}\t{_printable(finding.path)}:{finding.line}\t{_printable(finding.rule)}"


def places(findings: Sequence[Finding]) -> set[tuple[str, int]]:
    """Return the distinct (file, line) of `findings`."""
    return {(finding.path, finding.line) for finding in findings}


def _printable(text: str) -> str:
    """Escape what a terminal would act on: paths in the tree can hold any character."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in text)
