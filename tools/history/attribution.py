#!/usr/bin/env python3
"""Compare where a sweep says that secrets came in with what `git log -m --raw --all` says.

    keysift git REPOSITORY --min-confidence low --format json -o report.json
    python3 tools/history/attribution.py REPOSITORY report.json

For each finding of a file that references lead to, the commit must be the first of all that gave its path that blob:
parents before children, otherwise the older commit first. Exit code 1 if one is not.
"""

import heapq
import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator


def git(repository: str, *arguments: str) -> bytes:
    """Return what a command of Git's prints."""
    command = ["git", "-C", repository, *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout


def order_of_commits(repository: str) -> dict[str, int]:
    """Return the place of each commit: parents first, otherwise the older one."""
    waiting: dict[str, int] = {}
    children = defaultdict(list)
    ready = []
    dates = {}
    for line in git(repository, "log", "--all", "--format=%H %ct %P").decode().splitlines():
        commit, date, *parents = line.split()
        dates[commit] = int(date)
        waiting[commit] = len(parents)
        for parent in parents:
            children[parent].append(commit)
        if not parents:
            ready.append((int(date), commit))
    heapq.heapify(ready)
    order: dict[str, int] = {}
    while ready:
        _, commit = heapq.heappop(ready)
        order[commit] = len(order)
        for child in children[commit]:
            waiting[child] -= 1
            if waiting[child] == 0:
                heapq.heappush(ready, (dates[child], child))
    return order


def additions(repository: str, paths: set[bytes]) -> Iterator[tuple[bytes, bytes, str]]:
    """Give each path, blob and commit by which the path got the blob, for the paths that are asked for."""
    log = ["log", "-m", "--raw", "--all", "--no-renames", "--no-abbrev", "-z", "--root", "--format=commit %H"]
    fields = iter(git(repository, *log).split(b"\0"))
    commit = ""
    for field in fields:
        field = field.lstrip(b"\n")
        if field.startswith(b"commit "):
            commit = field[len(b"commit ") :].decode()
        elif field.startswith(b":"):
            path = next(fields)
            if path in paths:
                yield path, field.split()[3], commit


def is_message(path: bytes, commit: str) -> bool:
    """Say whether a finding stands in a commit's message, which is in no file."""
    return path == f"commit {commit[:12]} message".encode()


def outermost(path: bytes) -> bytes:
    """Return the file that the repository has: what stands in an archive has its name before a `!`."""
    return path.split(b"!")[0]


def main() -> int:
    """Compare, and print each difference."""
    repository, report_path = sys.argv[1:]
    with open(report_path, encoding="utf-8") as file:
        findings = json.load(file)["findings"]
    placed = [
        (finding["path"].encode(), finding["commit"]["id"])
        for finding in findings
        if finding.get("commit") and finding.get("path") and finding["standing"].get("reached_by")
    ]
    order = order_of_commits(repository)
    placed = sorted({(outermost(path), commit) for path, commit in placed if not is_message(path, commit)})
    names = b"".join(commit.encode() + b":" + path + b"\n" for path, commit in placed)
    command = ["git", "-C", repository, "cat-file", "--batch-check=%(objectname)"]
    blobs = subprocess.run(command, input=names, check=True, stdout=subprocess.PIPE).stdout.splitlines()
    first: dict[tuple[bytes, bytes], str] = {}
    for path, blob, commit in additions(repository, {path for path, _ in placed}):
        key = (path, blob)
        if key not in first or order[commit] < order[first[key]]:
            first[key] = commit
    differences = 0
    for (path, commit), blob in zip(placed, blobs, strict=True):
        expected = first.get((path, blob))
        if expected != commit:
            differences += 1
            print(f"{path.decode(errors='replace')}: {commit}, and Git says {expected}")
    print(f"{len(findings)} findings, {len(placed)} places of files that references lead to, {differences} differ")
    return int(differences > 0)


if __name__ == "__main__":
    sys.exit(main())
