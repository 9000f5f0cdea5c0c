#!/usr/bin/env python3
"""Runs a keysift program on labelled places and prints how well it does.

usage: evaluate.py PROGRAM DATA.jsonl [--min-confidence medium] [--disable 'generic-*'] [--scores FILE --threshold 0.7]

With the scores that train.py wrote, what the program's own model says of an assignment is replaced by what a model said
that had not seen its repository, so that the figures are cross-validated.

DATA.jsonl is described in README.md.
"""
import argparse
import collections
import json
import math
import os
import subprocess
import sys
import tempfile

# What is labelled true in places but is no secret by itself.
# "Twilio Credentials" are ids of accounts and messages in the data; a key of Twilio has a category of its own.
NOT_SECRETS = {"UUID", "Nonce", "Salt", "Auth:Nonce", "Firebase Domain", "AWS S3 Bucket", "API:UUID", "Twilio Credentials"}


def read(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def lay_out(records, root):
    """Writes each place as a file with its own extension; the name is the place's number."""
    for number, record in enumerate(records):
        extension = os.path.splitext(record["path"])[1]
        folder = os.path.join(root, str(number % 100))
        os.makedirs(folder, exist_ok=True)
        text = record["text"]
        with open(os.path.join(folder, f"{number}{extension}"), "w", encoding="utf-8") as file:
            file.write("\n".join(text) if isinstance(text, list) else text)


def scan(program, root, arguments):
    """The program's report as a whole: findings, and what was dropped and why."""
    command = [program, "scan", root, "--ignored", "--show-secrets", "--format", "json", "--explain", *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if done.returncode not in (0, 1):
        sys.exit(f"{' '.join(command)}: {done.stderr.decode()}")
    return json.loads(done.stdout)


def number_of(finding):
    return int(os.path.basename(finding["path"]).split(".")[0])


def is_assignment(finding):
    """Whether the model judged it: the passwords of addresses are judged without it."""
    return finding["rule"].startswith("generic-") and finding["rule"] != "generic-url-password"


def by_number(report):
    found = collections.defaultdict(list)
    for finding in report["findings"]:
        found[number_of(finding)].append(finding)
    return found


def cross_validated(report, records, path, threshold):
    """The findings by number, those of assignments judged by the scores in a file."""
    with open(path, encoding="utf-8") as file:
        scores = [json.loads(line) for line in file]
    log_odds = math.log(threshold / (1 - threshold))
    keep = collections.defaultdict(bool)
    for score in scores:
        if score["origin"] == "data" and score["score"] >= log_odds:
            record = records[score["id"]]
            keep[record["path"], score["line"] + record["first_line"], score["value"]] = True
    found = collections.defaultdict(list)
    judged = [f for f in report["dropped"] if is_assignment(f) and f["confidence"] != "low"
              and f["dropped"]["reason"] in ("unlikely", "confidence")]
    for finding in report["findings"] + judged:
        record = records[number_of(finding)]
        key = record["path"], finding["start"]["line"] + record["first_line"], finding.get("secret", "")
        if not is_assignment(finding) or keep[key]:
            found[number_of(finding)].append(finding)
    return found


def on_place(record, findings):
    """The findings on a place's lines."""
    first = record["line_start"] - record["first_line"] + 1
    last = record["line_end"] - record["first_line"] + 1
    return [f for f in findings if f["start"]["line"] <= last and f["end"]["line"] >= first]


def covers(record, finding):
    """Whether a finding has at least half of the labelled value and is at most four times as long."""
    if record["value_start"] is None or record["line_start"] != record["line_end"]:
        return True
    text = record["text"] if isinstance(record["text"], list) else record["text"].split("\n")
    line = text[record["line_start"] - record["first_line"]]
    value = line[record["value_start"]:record["value_end"]]
    secret = finding.get("secret", "")
    shared = value in secret or secret in value
    return shared and len(secret) <= 4 * max(1, len(value)) and 2 * len(secret) >= len(value)


class Score:
    def __init__(self):
        self.true = self.false = self.missed = self.covered = 0
        self.categories = collections.defaultdict(lambda: [0, 0])
        self.false_rules = collections.Counter()
        self.true_rules = collections.Counter()
        self.beside = 0

    def add(self, record, findings):
        here = on_place(record, findings)
        self.beside += len(findings) - len(here)
        if record["label"] == "T":
            row = self.categories[record["category"]]
            row[0] += 1
            row[1] += bool(here)
            self.true += bool(here)
            self.missed += not here
            self.covered += any(covers(record, finding) for finding in here)
            self.true_rules.update({finding["rule"] for finding in here})
        elif here:
            self.false += 1
            self.false_rules.update({finding["rule"] for finding in here})

    def figures(self):
        precision = self.true / max(1, self.true + self.false)
        recall = self.true / max(1, self.true + self.missed)
        macro = sum(found / all_ for all_, found in self.categories.values()) / max(1, len(self.categories))
        return {
            "true": self.true, "false": self.false, "missed": self.missed, "precision": round(precision, 4),
            "recall": round(recall, 4), "f1": round(2 * precision * recall / max(1e-9, precision + recall), 4),
            "macro_recall": round(macro, 4), "covered": round(self.covered / max(1, self.true), 4),
        }


def options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program")
    parser.add_argument("data")
    parser.add_argument("--min-confidence", default="medium")
    parser.add_argument("--disable", action="append", default=[])
    parser.add_argument("--scores", help="cross-validated scores of assignments, by train.py")
    parser.add_argument("--threshold", type=float, default=0.7, help="the least probability of a finding, with --scores")
    parser.add_argument("--json", help="write the figures and what each category has here")
    parser.add_argument("--misses", type=int, default=0, help="print so many missed places of each category")
    return parser.parse_args()


def main():
    chosen = options()
    records = read(chosen.data)
    arguments = ["--min-confidence", chosen.min_confidence]
    for rule in chosen.disable:
        arguments += ["--disable", rule]
    with tempfile.TemporaryDirectory() as root:
        lay_out(records, root)
        report = scan(chosen.program, root, arguments)
    if chosen.scores:
        found = cross_validated(report, records, chosen.scores, chosen.threshold)
    else:
        found = by_number(report)
    everything, secrets = Score(), Score()
    shown = collections.Counter()
    for number, record in enumerate(records):
        everything.add(record, found[number])
        if record["category"] not in NOT_SECRETS:
            secrets.add(record, found[number])
        if record["label"] == "T" and not on_place(record, found[number]) and shown[record["category"]] < chosen.misses:
            shown[record["category"]] += 1
            text = record["text"] if isinstance(record["text"], list) else record["text"].split("\n")
            print("missed", record["category"], number, repr(text[record["line_start"] - record["first_line"]].strip()[:160]))
    print("categories that are secrets:", json.dumps(secrets.figures()))
    print("every category:             ", json.dumps(everything.figures()))
    print("| category | true | found |\n| --- | --- | --- |")
    for category, (all_, found_) in sorted(everything.categories.items(), key=lambda item: (-item[1][0], item[0])):
        print(f"| {category} | {all_} | {found_} |")
    print("rules on lines that are no secret:", dict(everything.false_rules.most_common(12)))
    if chosen.json:
        with open(chosen.json, "w", encoding="utf-8") as file:
            json.dump({"secrets": secrets.figures(), "all": everything.figures(), "categories": everything.categories,
                       "false_rules": everything.false_rules, "true_rules": everything.true_rules}, file)
    return 0


if __name__ == "__main__":
    sys.exit(main())
