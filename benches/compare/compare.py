#!/usr/bin/env python3
"""Compare keysift with other secret scanners on one directory, in one run, on this machine.

    python3 compare.py TREE --keysift PATH --workdir DIR [--json FILE] [--diff]

Installs the other scanners with pip below DIR, runs each of them and keysift several times in turn, and prints a
table. Needs Linux, Python 3.11 and nothing else. README.md beside this file says what is measured, and the caveats.
"""

import argparse
import json
import os
import subprocess
import sys
import venv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from report import Absent, Contestant, Run, Tree, describe_machine, differences, places, record, table
from scanners import KEYSIFT, OTHERS, Finding, Scanner

HERE = Path(__file__).resolve().parent
SCANNERS = {scanner.name: scanner for scanner in (KEYSIFT, *OTHERS)}


class ScannerError(Exception):
    """A scanner could not be installed, started or read; the text says why."""


@dataclass(frozen=True)
class Workplace:
    """The directory given by the user: what is installed, and what scanners write."""

    root: Path

    def environment_of(self, scanner: Scanner) -> Path:
        """Return the directory of the virtual environment with `scanner`."""
        return self.root / "venvs" / scanner.name

    def report_of(self, scanner: Scanner) -> Path:
        """Return the file with the report of the latest run."""
        return self.root / "reports" / f"{scanner.name}.json"

    def log_of(self, scanner: Scanner) -> Path:
        """Return the file with the messages of the latest run."""
        return self.root / "reports" / f"{scanner.name}.log"

    def variables(self, scanner: Scanner) -> dict[str, str]:
        """Return the whole environment in which `scanner` runs, so that no setting of the user changes a scan."""
        home = self.root / "home"
        return {
            "PATH": os.defpath,
            "LANG": "C.UTF-8",
            "HOME": str(home),
            "XDG_CACHE_HOME": str(home / ".cache"),
            "XDG_CONFIG_HOME": str(home / ".config"),
            **scanner.environment,
        }

    def create(self) -> None:
        """Create the directories."""
        for name in ("venvs", "reports", "home"):
            (self.root / name).mkdir(parents=True, exist_ok=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the comparison; the exit code is 1 if there are no figures of keysift."""
    options = parse(arguments)
    workplace = Workplace(options.workdir.resolve())
    workplace.create()
    machine = describe_machine()
    tree = survey(options.tree.resolve())
    contestants, absent = prepare(options.scanners, options.programs, workplace, tree, options.timeout)
    absent += [Absent(name, "not asked for") for name in options.left_out]
    absent += run_rounds(contestants, workplace, tree, options.rounds, options.timeout)
    print(table(contestants, absent, tree))
    if options.diff:
        print("\n".join(["", *differences(contestants)]))
    if options.json:
        figures = json.dumps(record(contestants, absent, tree, machine), indent=2)
        options.json.write_text(figures + "\n", encoding="utf-8")
    return 0 if any(one.scanner is KEYSIFT for one in contestants) else 1


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return the options, and what they mean for the scanners: `scanners`, `left_out` and `programs`."""
    parser = argparse.ArgumentParser(description="Compare keysift with other secret scanners on one directory.")
    names = [scanner.name for scanner in OTHERS]
    parser.add_argument("tree", type=Path, metavar="TREE", help="the directory to scan")
    parser.add_argument("--keysift", type=Path, metavar="PATH", required=True, help="the keysift executable")
    parser.add_argument(
        "--workdir", type=Path, metavar="DIR", required=True, help="where scanners are installed and write"
    )
    parser.add_argument("--rounds", type=_positive, default=3, metavar="N", help="measured runs of each (default: 3)")
    parser.add_argument(
        "--timeout", type=_positive, default=1800, metavar="S", help="seconds for one run (default: 1800)"
    )
    parser.add_argument(
        "--only", action="append", choices=names, metavar="NAME", help="compare with this one; repeatable"
    )
    parser.add_argument(
        "--skip", action="append", choices=names, metavar="NAME", default=[], help="leave this one out; repeatable"
    )
    parser.add_argument(
        "--program",
        action="append",
        type=_named_program,
        metavar="NAME=PATH",
        default=[],
        help="use this executable instead of installing NAME; repeatable",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures to FILE")
    parser.add_argument("--diff", action="store_true", help="list what only one of keysift and another scanner found")
    options = parser.parse_args(arguments)
    if not options.tree.is_dir():
        parser.error(f"{options.tree}: not a directory")
    if options.workdir.resolve().is_relative_to(options.tree.resolve()):
        parser.error(f"{options.workdir}: is in the directory to scan")
    chosen = [name for name in options.only or names if name not in options.skip]
    options.scanners = [KEYSIFT, *(SCANNERS[name] for name in chosen)]
    options.left_out = [name for name in names if name not in chosen]
    options.programs = {**dict(options.program), KEYSIFT.name: options.keysift.resolve()}
    return options


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text}: must be 1 or more")
    return number


def _named_program(text: str) -> tuple[str, Path]:
    name, _, path = text.partition("=")
    if name not in SCANNERS or not path:
        raise argparse.ArgumentTypeError(f"{text}: must be NAME=PATH with the name of a scanner")
    return name, Path(path).resolve()


def survey(root: Path) -> Tree:
    """Count the regular files below `root` and their bytes; symbolic links are not followed.

    Every file is read, so that each scanner finds it in memory.
    """
    files = size_bytes = 0
    for directory, _, names in os.walk(root):
        for path in (Path(directory, name) for name in names):
            if path.is_file() and not path.is_symlink():
                files += 1
                size_bytes += len(path.read_bytes())
    return Tree(root, files, size_bytes)


def prepare(
    scanners: Sequence[Scanner], programs: dict[str, Path], workplace: Workplace, tree: Tree, timeout_s: int
) -> tuple[list[Contestant], list[Absent]]:
    """Install every scanner that is not in `programs`, ask it for its version and warm it up."""
    contestants, absent = [], []
    for scanner in scanners:
        try:
            program = programs.get(scanner.name) or install(scanner, workplace)
            version = ask_version(scanner, program, workplace)
            warm_up(scanner, program, workplace, timeout_s)
        except ScannerError as error:
            absent.append(give_up(scanner, error))
        else:
            command = scanner.scan_command(program, tree.path, workplace.report_of(scanner))
            contestants.append(Contestant(scanner, version, command))
    return contestants, absent


def install(scanner: Scanner, workplace: Workplace) -> Path:
    """Install the package of `scanner` unless it is there, and return the executable."""
    environment = workplace.environment_of(scanner)
    program = environment / "bin" / scanner.program
    if not program.exists():
        progress(f"installing {scanner.package}")
        venv.create(environment, with_pip=True, clear=True)
        pip = str(environment / "bin" / "pip")
        _output([pip, "install", "--quiet", "--disable-pip-version-check", scanner.package])
    if not program.exists():
        raise ScannerError(f"package {scanner.package} has no program {scanner.program}")
    return program


def ask_version(scanner: Scanner, program: Path, workplace: Workplace) -> str:
    """Return what the program prints as its version, without its name."""
    words = _output(scanner.version_command(program), workplace.variables(scanner)).split()
    return next((word for word in words if word[0].isdigit()), " ".join(words))


def warm_up(scanner: Scanner, program: Path, workplace: Workplace, timeout_s: int) -> None:
    """Scan the directory of this script, since some scanners keep compiled rules from one run to the next."""
    command = scanner.scan_command(program, HERE, workplace.report_of(scanner))
    run_once(scanner, command, HERE, workplace, timeout_s)


def _output(command: Sequence[str], variables: dict[str, str] | None = None) -> str:
    try:
        done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
    except OSError as error:
        raise ScannerError(f"{command[0]}: {error.strerror}") from error
    if done.returncode != 0:
        raise ScannerError(f"{command[0]}: exit code {done.returncode}: {_last_line(done.stderr)}")
    return done.stdout


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1] if lines else "no message"


def run_rounds(
    contestants: list[Contestant], workplace: Workplace, tree: Tree, rounds: int, timeout_s: int
) -> list[Absent]:
    """Run every contestant `rounds` times, in turn, each round starting with another one.

    One that fails is removed from `contestants` and returned with the reason.
    """
    absent = []
    for number in range(rounds):
        first = number % max(len(contestants), 1)
        for contestant in contestants[first:] + contestants[:first]:
            scanner = contestant.scanner
            progress(f"round {number + 1} of {rounds}: {scanner.name}")
            try:
                run, findings = run_once(scanner, contestant.command, tree.path, workplace, timeout_s)
            except ScannerError as error:
                contestants.remove(contestant)
                absent.append(give_up(scanner, error))
            else:
                contestant.runs.append(run)
                contestant.findings = findings
    return absent


def run_once(
    scanner: Scanner, command: list[str], directory: Path, workplace: Workplace, timeout_s: int
) -> tuple[Run, list[Finding]]:
    """Scan `directory` by `command`, and return the cost and the findings."""
    report, log = workplace.report_of(scanner), workplace.log_of(scanner)
    report.unlink(missing_ok=True)
    stdout_file = report if scanner.reports_on_stdout else os.devnull
    measure = [sys.executable, "-I", "-S", HERE / "measure.py", str(timeout_s), stdout_file, log, *command]
    done = subprocess.run(
        measure, cwd=directory, env=workplace.variables(scanner), capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise ScannerError(_last_line(done.stderr))
    cost = json.loads(done.stdout)
    if cost.pop("stopped"):
        raise ScannerError(f"stopped after {cost['wall_s']:.0f} s")
    if cost["exit_code"] not in scanner.exit_codes:
        raise ScannerError(f"exit code {cost['exit_code']}: {_last_line(log.read_text(errors='replace'))}")
    try:
        findings = scanner.read_findings(report, directory)
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise ScannerError(f"report not understood: {error!r}") from error
    return Run(**cost, findings=len(findings), places=len(places(findings))), findings


def give_up(scanner: Scanner, error: ScannerError) -> Absent:
    """Say at once that `scanner` is not compared, and return it for the table."""
    progress(f"{scanner.name}: not compared: {error}")
    return Absent(scanner.name, str(error))


def progress(text: str) -> None:
    """Say on stderr what is being done."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
