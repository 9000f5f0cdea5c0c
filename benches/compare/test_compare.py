"""Tests of the comparison, with scanners that are made up: nothing is installed, nothing is on the network.

python3 -m unittest discover benches/compare
"""

import contextlib
import io
import json
import sys
import tempfile
import textwrap
import unittest
from pathlib import Path
from typing import Any

import compare
from report import Contestant, differences
from scanners import KEYSIFT, OTHERS, Finding

SCANNERS = {scanner.name: scanner for scanner in OTHERS}

REPORTS: dict[str, Any] = {
    "betterleaks": {"findings": [{"rule_id": "r", "location": {"path": "a/b", "start_line": 3}}]},
    "credsweeper": [{"rule": "r", "line_data_list": [{"path": "a/b", "line_num": 3}, {"path": "a/b", "line_num": 4}]}],
    "detect-secrets": {"results": {"a/b": [{"type": "r", "line_number": 3}]}},
    "gitleaks": [{"RuleID": "r", "File": "a/b", "StartLine": 3}],
    "kingfisher": {"findings": [{"rule": {"id": "r"}, "finding": {"path": "a/b", "line": 3}}]},
}


class Readers(unittest.TestCase):
    """The reports of the scanners are understood."""

    def setUp(self) -> None:
        """Make a directory for the report."""
        self.directory = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.report = self.directory / "report.json"

    def test_every_scanner_has_its_report_read(self) -> None:
        """Each shape of report gives the same finding."""
        for name, content in REPORTS.items():
            with self.subTest(name):
                self.report.write_text(json.dumps(content))
                findings = SCANNERS[name].read_findings(self.report, self.directory)
                self.assertEqual(findings, [Finding("a/b", 3, "r")])

    def test_absolute_and_dotted_paths_become_relative(self) -> None:
        """A path is the same however a scanner writes it."""
        for path in ("./a/b", f"{self.directory}/a/b"):
            self.report.write_text(json.dumps({"findings": [{"rule": "r", "path": path, "line": 3}]}))
            findings = KEYSIFT.read_findings(self.report, self.directory)
            self.assertEqual(findings, [Finding("a/b", 3, "r")])

    def test_a_finding_without_a_line_is_about_the_whole_file(self) -> None:
        """Betterleaks gives no line for a file that is found by its name."""
        self.report.write_text(json.dumps({"findings": [{"rule_id": "r", "location": {"path": "a.p12"}}]}))
        findings = SCANNERS["betterleaks"].read_findings(self.report, self.directory)
        self.assertEqual(findings, [Finding("a.p12", 0, "r")])

    def test_only_credsweeper_may_write_no_report(self) -> None:
        """A missing report is an error, except from the scanner that writes none when it finds nothing."""
        for scanner in (KEYSIFT, *OTHERS):
            with self.subTest(scanner.name):
                if scanner.name in {"credsweeper", "ripgrep"}:
                    self.assertEqual(scanner.read_findings(self.report, self.directory), [])
                else:
                    self.assertRaises(OSError, scanner.read_findings, self.report, self.directory)


class Differences(unittest.TestCase):
    """What only one scanner found is listed."""

    def test_the_same_place_under_another_rule_is_no_difference(self) -> None:
        """Only places count; a finding that is there twice is listed once."""
        ours = [Finding("a", 1, "x"), Finding("b", 2, "x"), Finding("b", 2, "x")]
        theirs = [Finding("a", 1, "y"), Finding("c\x1b", 3, "y")]
        lines = differences(
            [
                Contestant(KEYSIFT, "1", [], findings=ours),
                Contestant(SCANNERS["gitleaks"], "1", [], findings=theirs),
            ]
        )
        self.assertEqual(
            list(lines),
            [
                "# gitleaks: places: 1 both, 1 only keysift, 1 only gitleaks",
                "keysift\tb:2\tx",
                "gitleaks\tc\\x1b:3\ty",
            ],
        )


class Comparison(unittest.TestCase):
    """The whole run, with programs that only pretend to scan."""

    def setUp(self) -> None:
        """Make a tree of one file, and a keysift that finds something on its first line."""
        self.directory = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.tree = self.directory / "tree"
        self.tree.mkdir()
        (self.tree / "file").write_text("12345")
        self.keysift = self.program(
            "keysift",
            """
            report = {"findings": [{"rule": "made-up", "path": sys.argv[2] + "/file", "line": 1}]}
            pathlib.Path(sys.argv[6]).write_text(json.dumps(report))
            sys.exit(1)
            """,
        )

    def program(self, name: str, scan: str) -> Path:
        """Write a program that prints a version if asked, and does `scan` otherwise."""
        path = self.directory / name
        path.write_text(
            f"#!{sys.executable}\n"
            "import json, pathlib, sys, time\n"
            "if 'version' in sys.argv[1]:\n"
            f"    sys.exit(print('{name} 1.2.3'))\n" + textwrap.dedent(scan)
        )
        path.chmod(0o755)
        return path

    def compare(self, *arguments: str) -> tuple[int, dict[str, Any], str]:
        """Run the comparison with a gitleaks; return the exit code, the record and what was printed."""
        record = self.directory / "record.json"
        fixed = [
            "--keysift",
            self.keysift,
            "--workdir",
            self.directory / "work",
            "--only",
            "gitleaks",
            "--json",
            record,
        ]
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()):
            code = compare.main([str(self.tree), *map(str, fixed), *arguments])
        return code, json.loads(record.read_text()), printed.getvalue()

    def test_each_scanner_is_measured_in_each_round(self) -> None:
        """The record has every run, and the places that differ are printed."""
        gitleaks = self.program("gitleaks", "pathlib.Path(sys.argv[4].split('=')[1]).write_text('[]')")
        code, record, printed = self.compare("--program", f"gitleaks={gitleaks}", "--rounds", "2", "--diff")
        self.assertEqual(code, 0)
        self.assertEqual(record["tree"]["bytes"], 5)
        figures = {one["name"]: one for one in record["scanners"]}
        self.assertEqual([len(one["runs"]) for one in figures.values()], [2, 2])
        self.assertEqual(figures["keysift"]["version"], "1.2.3")
        self.assertEqual([run["findings"] for run in figures["keysift"]["runs"]], [1, 1])
        self.assertEqual([run["findings"] for run in figures["gitleaks"]["runs"]], [0, 0])
        self.assertIn("keysift\tfile:1\tmade-up", printed)

    def test_a_scanner_that_fails_is_said(self) -> None:
        """Neither the table nor the record leaves out why a scanner is missing."""
        gitleaks = self.program("gitleaks", "sys.exit('no such thing')")
        code, record, printed = self.compare("--program", f"gitleaks={gitleaks}")
        self.assertEqual(code, 0)
        self.assertIn({"name": "gitleaks", "reason": "exit code 1: no such thing"}, record["not_compared"])
        self.assertIn("gitleaks: not compared: exit code 1: no such thing", printed)

    def test_a_scanner_that_is_too_slow_is_stopped(self) -> None:
        """The limit holds for each run."""
        gitleaks = self.program("gitleaks", "time.sleep(60)")
        _, record, _ = self.compare("--program", f"gitleaks={gitleaks}", "--timeout", "1")
        self.assertIn({"name": "gitleaks", "reason": "stopped after 1 s"}, record["not_compared"])

    def test_without_keysift_the_exit_code_is_1(self) -> None:
        """A comparison needs keysift."""
        self.keysift = self.directory / "missing"
        code, _, printed = self.compare("--program", f"gitleaks={self.keysift}")
        self.assertEqual(code, 1)
        self.assertIn("keysift: not compared", printed)


if __name__ == "__main__":
    unittest.main()
