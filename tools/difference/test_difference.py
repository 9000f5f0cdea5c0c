"""Tests of the difference, with reports and programs that are made up.

python3 -m unittest discover -s tools/difference
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

import difference


def finding(rule: str, start: int, **more: Any) -> dict[str, Any]:
    """Make a finding."""
    return {
        "rule": rule,
        "severity": "high",
        "confidence": "high",
        "path": "a/b",
        "line": 3,
        "column": start,
        "secret_span": {"start": start, "end": start + 8},
        "secret": "…3n8p",
        "fingerprint": f"f{start}",
        "facts": [],
        "excerpt": {"before": "key = \u001b[2J", "after": "\n"},
        **more,
    }


def report(*findings: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Make a report."""
    return {"findings": list(findings), "summary": {"blobs": 1, "bytes": 90, "interrupted": False, **more}}


class Differences(unittest.TestCase):
    """What differs is told, and how."""

    def setUp(self) -> None:
        """Make a directory for reports."""
        self.directory = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def told(self, old: Any, new: Any) -> tuple[int, str, str]:
        """Compare two reports."""
        paths = [self.directory / "old.json", self.directory / "new.json"]
        for path, content in zip(paths, (old, new), strict=True):
            path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = difference.main([str(path) for path in paths])
        return code, out.getvalue(), err.getvalue()

    def test_the_same_findings_are_no_difference(self) -> None:
        """An order of its own is none either."""
        one, two = finding("r", 10), finding("s", 40)
        code, out, _ = self.told(report(one, two), report(two, one))
        self.assertEqual((code, out), (0, "2 findings before, 2 after: 0 lost, 0 gained, 0 changed\n"))

    def test_what_is_lost_gained_and_changed_is_told_place_by_place(self) -> None:
        """Counts by rule come first; nothing steers a terminal."""
        part = {"name": "key id", "value": "AK1"}
        old = report(finding("r", 10), finding("s", 40))
        new = report(finding("s", 40, confidence="low", parts=[part]), finding("t", 70))
        code, out, _ = self.told(old, new)
        self.assertEqual(code, 1)
        self.assertEqual(
            out,
            textwrap.dedent("""\
                2 findings before, 2 after: 1 lost, 1 gained, 1 changed
                r  -1     +0     ~0
                s  -0     +0     ~1
                t  -0     +1     ~0
                - a/b:3:10  r, high  | key = \\x1b[2J…3n8p
                + a/b:3:70  t, high  | key = \\x1b[2J…3n8p
                ~ a/b:3:40  s, low  | key = \\x1b[2J…3n8p
                    confidence high -> low, parts none -> key id: AK1
            """),
        )

    def test_reports_of_other_trees_are_not_compared(self) -> None:
        """Nor are those that are none."""
        for old, new, said in [
            (report(), report(bytes=91), "not of the same trees: 90 and 91 bytes were scanned"),
            (report(), report(interrupted=True), "interrupted"),
            (report(), "{", "not a JSON report"),
            (report(), "[]", "--format json"),
        ]:
            code, out, err = self.told(old, new)
            self.assertEqual((code, out), (2, ""))
            self.assertIn(said, err)

    def test_programs_are_run_over_the_same_trees(self) -> None:
        """What stands behind `--` goes to both; one that fails is told."""
        programs = []
        for name, found, code in [("old", [], 0), ("new", [finding("r", 10)], 1), ("bad", [], 2)]:
            program = self.directory / name
            program.write_text(
                f"#!{sys.executable}\nimport sys\n"
                f"assert sys.argv[-3:] == ['--min-confidence', 'low', 'tree'], sys.argv\n"
                f"open(sys.argv[5], 'w').write({json.dumps(report(*found))!r})\nsys.exit({code})\n",
                encoding="utf-8",
            )
            program.chmod(0o755)
            programs.append(str(program))
        old, new, bad = programs
        for given, code in [((old, new), 1), ((new, new), 0), ((old, bad), 2)]:
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                self.assertEqual(difference.main(["--run", *given, "tree", "--", "--min-confidence", "low"]), code)


if __name__ == "__main__":
    unittest.main()
