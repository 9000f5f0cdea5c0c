#!/usr/bin/env python3
"""Fits the model of assignments and writes crates/keysift-core/src/assign/model.bin.

usage: train.py DATA.jsonl --assignments BINARY [--noise LIST]... [--out model.bin]

DATA.jsonl is described in README.md. BINARY is the example `assignments` of keysift-core. LIST names files of
well-kept code, one a line; what they assign is taken as no secret. Everything is seeded: the same input, the same model.
"""
import argparse
import collections
import json
import random
import struct
import subprocess
import sys

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

# Passwords as people choose them. The development data has none: its true values were replaced by random text.
WEAK = [first + last for first in (
    "welcome", "summer", "winter", "dragon", "monkey", "football", "letmein", "sunshine", "princess", "baseball",
    "superman", "charlie", "michael", "liverpool", "cheese", "freedom", "hunter", "shadow", "Spring", "Berlin",
    "Orange", "Company", "Sommer", "Passw0rd", "P@ssw0rd", "jordan", "tigger", "coffee", "pepper", "ginger",
) for last in ("", "1", "2019", "123", "!", "2020!", "99", "#1")]


def read(path):
    with open(path, encoding="utf-8") as file:
        records = [json.loads(line) for line in file]
    for record in records:
        if isinstance(record["text"], list):
            record["text"] = "\n".join(record["text"])
    return records


def assignments(binary, texts):
    """The candidates in each text, by the text's number."""
    lines = "".join(json.dumps({"id": number, "text": text}) + "\n" for number, text in texts)
    out = subprocess.run([binary], input=lines.encode(), stdout=subprocess.PIPE, check=True).stdout
    return [json.loads(line) for line in out.splitlines()]


def noise(binary, path):
    out = subprocess.run([binary, "--files"], stdin=open(path, "rb"), stdout=subprocess.PIPE, check=True).stdout
    return [json.loads(line) for line in out.splitlines()]


def columns(text, candidate):
    """The characters of its line that a candidate's value covers: the labels count characters, the engine bytes."""
    raw = text.encode()
    begin = raw.rfind(b"\n", 0, candidate["start"]) + 1
    start = len(raw[begin:candidate["start"]].decode("utf-8", "replace"))
    return start, start + len(raw[candidate["start"]:candidate["end"]].decode("utf-8", "replace"))


def labelled(records, found):
    """Pairs of a candidate and its label; candidates of which the labels say nothing are left out."""
    lines = collections.defaultdict(list)
    for record in records:
        for line in range(record["line_start"], record["line_end"] + 1):
            lines[record["path"], line].append(record)
    seen, pairs = set(), []
    for candidate in found:
        record = records[candidate["id"]]
        line = candidate["line"] + record["first_line"] - 1
        start, end = columns(record["text"], candidate)
        key = record["path"], line, start, candidate["kind"]
        if key in seen or (record["path"], line) not in lines:
            continue
        if not record["line_start"] <= line <= record["line_end"]:
            continue
        seen.add(key)
        here = lines[record["path"], line]
        covers = [r for r in here if r["value_start"] is None or r["line_start"] != r["line_end"]
                  or r["value_start"] < end and start < (r["value_end"] or r["value_start"] + 1)]
        labels = {r["label"] for r in covers}
        if "T" in labels:
            pairs.append((candidate, 1))
        elif labels and not any(r["label"] == "T" for r in here):
            pairs.append((candidate, 0))
    return pairs


def weakened(binary, records, seed):
    """True places of passwords with passwords that people choose put in."""
    chance = random.Random(seed)
    texts, wanted = [], {}
    for number, record in enumerate(records):
        if record["label"] != "T" or not record["category"].startswith(("Password", "Auth:Password", "SQL Password")):
            continue
        if record["value_start"] is None or record["line_start"] != record["line_end"]:
            continue
        lines = record["text"].split("\n")
        at = record["line_start"] - record["first_line"]
        word = chance.choice(WEAK)
        lines[at] = lines[at][:record["value_start"]] + word + lines[at][record["value_end"]:]
        texts.append((number, "\n".join(lines)))
        wanted[number] = word, at + 1
    return [candidate for candidate in assignments(binary, texts)
            if (candidate["value"], candidate["line"]) == wanted[candidate["id"]]]


def escaped(binary, records, pairs):
    """Labelled places with their line as a text in JSON, so that backslashes before quotes say nothing of a value."""
    texts, wanted = [], {}
    for number, (candidate, label) in enumerate(pairs):
        lines = records[candidate["id"]]["text"].split("\n")
        line = lines[candidate["line"] - 1]
        if '"' in line and "\\" not in line:
            lines[candidate["line"] - 1] = '    "body": ' + json.dumps(line.strip(), ensure_ascii=False) + ","
            texts.append((number, "\n".join(lines)))
            wanted[number] = candidate["value"], candidate["line"], candidate["kind"]
    return [(candidate, pairs[candidate["id"]]) for candidate in assignments(binary, texts)
            if (candidate["value"], candidate["line"], candidate["kind"]) == wanted[candidate["id"]]]


# What can only speak against a secret. To say so keeps the model from learning the accidents of a few repositories.
AGAINST = {
    "name speaks of a digest", "name speaks of something public", "name speaks of an identifier", "name speaks of a text",
    "name speaks of a place", "name describes a secret", "name speaks of a table", "name ends with an identifier",
    "name ends with a text", "name ends with a place", "name ends with a description", "longest sequence", "identifier",
    "constant", "like source code", "like english", "share of words", "longest word", "words in the value",
    "value speaks of a password", "value speaks of a secret", "value speaks of a test", "value speaks of an account",
    "value speaks of other things", "value is common", "value holds text", "value is its name", "line asserts",
}


def directions(binary):
    """For each feature -1 where more of it can only speak against a secret, and 0."""
    names = json.loads(subprocess.run([binary, "--names"], stdout=subprocess.PIPE, check=True).stdout)
    unknown = AGAINST.difference(names)
    if unknown:
        sys.exit(f"no such feature: {', '.join(sorted(unknown))}")
    return [-1 if name in AGAINST else 0 for name in names]


def new_model(options):
    return HistGradientBoostingClassifier(
        max_iter=options.trees, max_leaf_nodes=15, learning_rate=options.learning_rate, min_samples_leaf=12,
        l2_regularization=2.0, max_features=0.5, early_stopping=False, random_state=7,
        monotonic_cst=directions(options.assignments))


def folds(groups, count, seed=11):
    """Whole repositories, dealt so that each part has about as many candidates."""
    sizes = collections.Counter(groups)
    order = sorted(sizes, key=lambda group: (-sizes[group], group))
    random.Random(seed).shuffle(order)
    order.sort(key=lambda group: -sizes[group])
    parts, totals = {}, [0] * count
    for group in order:
        part = totals.index(min(totals))
        parts[group] = part
        totals[part] += sizes[group]
    return np.array([parts[group] for group in groups])


class Examples:
    """Everything that is learned from, with its weight, label and repository."""

    def __init__(self, options):
        records = read(options.data)
        found = assignments(options.assignments, [(n, r["text"]) for n, r in enumerate(records)])
        pairs = labelled(records, found)
        weak = weakened(options.assignments, records, 3)
        rows, labels, weights, groups, origin = [], [], [], [], []

        def add(candidate, label, weight, group, kind):
            rows.append(candidate["features"])
            labels.append(label)
            weights.append(weight)
            groups.append(group)
            origin.append((kind, candidate))

        repository = lambda candidate: records[candidate["id"]]["path"].split("/")[0]
        for candidate, label in pairs:
            add(candidate, label, 1.0, repository(candidate), "data")
        for candidate in weak:
            add(candidate, 1, options.weak_weight, repository(candidate), "weak")
        for candidate, (first, label) in escaped(options.assignments, records, pairs):
            add(candidate, label, options.escaped_weight, repository(first), "escaped")
        for path in options.noise:
            for candidate in noise(options.assignments, path):
                parts = candidate["id"].split("/")
                add(candidate, 0, options.noise_weight, "noise:" + "/".join(parts[:options.noise_depth]), "noise")
        self.records = records
        self.found = found
        self.rows = np.array(rows, dtype=np.int16)
        self.labels = np.array(labels)
        self.weights = np.array(weights)
        self.groups = groups
        # A part of the noise teaches as much as all of it, with more weight each.
        chance = np.random.RandomState(5).random_sample(len(labels)) < options.noise_share
        is_noise = np.array([kind == "noise" for kind, _ in origin])
        self.learned = chance | ~is_noise
        self.weights[is_noise] /= options.noise_share
        self.origin = origin


def cross_validated(examples, options):
    """For each example the log-odds by a model that has not seen its repository."""
    part = folds(examples.groups, options.folds)
    scores = np.zeros(len(examples.labels))
    for number in range(options.folds):
        train, test = (part != number) & examples.learned, part == number
        model = new_model(options)
        model.fit(examples.rows[train], examples.labels[train], sample_weight=examples.weights[train])
        scores[test] = model.decision_function(examples.rows[test])
    return scores


def calibration(scores, labels):
    """Platt's two numbers: log-odds times the first plus the second are calibrated."""
    fit = LogisticRegression(C=1e6).fit(scores.reshape(-1, 1), labels)
    return float(fit.coef_[0][0]), float(fit.intercept_[0])


def table(scores, examples, threshold):
    kinds = collections.defaultdict(lambda: [0, 0, 0])
    for score, label, (kind, candidate) in zip(scores, examples.labels, examples.origin):
        if kind == "data":
            row = kinds[candidate["kind"]]
            row[0] += score >= threshold and label == 1
            row[1] += score >= threshold and label == 0
            row[2] += score < threshold and label == 1
    return kinds


def write(model, scale, offset, tiers, path):
    """Numbers are little-endian, log-odds in thousandths: i16. The header: trees, nodes, bias, medium, low. Then each
    tree's root (u16), then the nodes: feature u8 (255 for a leaf), a byte of nothing, threshold i16 (left when at
    most), left and right u16, log-odds i16."""
    roots, nodes = [], []
    log_odds = lambda value: max(-32768, min(32767, round(value * scale * 1000)))
    for tree in (predictors[0].nodes for predictors in model._predictors):
        first = len(nodes)
        roots.append(first)
        for node in tree:
            if node["is_leaf"]:
                nodes.append((0xFF, 0, 0, 0, log_odds(node["value"])))
            else:
                threshold = max(-32768, min(32767, int(np.floor(node["num_threshold"]))))
                left, right = first + int(node["left"]), first + int(node["right"])
                nodes.append((int(node["feature_idx"]), threshold, left, right, log_odds(node["value"])))
    baseline = float(model._baseline_prediction.ravel()[0])
    bias = log_odds(baseline + offset / scale)
    medium, low = (round(1000 * np.log(tier / (1 - tier))) for tier in tiers)
    with open(path, "wb") as file:
        file.write(struct.pack("<HHhhh", len(roots), len(nodes), bias, medium, low))
        file.write(struct.pack(f"<{len(roots)}H", *roots))
        for node in nodes:
            file.write(struct.pack("<BxhHHh", *node))


def options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data")
    parser.add_argument("--assignments", required=True, help="the example `assignments` of keysift-core")
    parser.add_argument("--noise", action="append", default=[], help="a list of files that hold no secrets")
    parser.add_argument("--noise-depth", type=int, default=3, help="how many parts of a path name its repository")
    parser.add_argument("--noise-weight", type=float, default=0.05)
    parser.add_argument("--noise-share", type=float, default=0.25, help="how much of the noise is learned from")
    parser.add_argument("--escaped-weight", type=float, default=0.3)
    parser.add_argument("--weak-weight", type=float, default=0.3)
    parser.add_argument("--medium", type=float, default=0.8, help="the least probability of medium confidence")
    parser.add_argument("--low", type=float, default=0.2, help="the least probability of low confidence")
    parser.add_argument("--trees", type=int, default=150)
    parser.add_argument("--learning-rate", type=float, default=0.07)
    parser.add_argument("--folds", type=int, default=10)
    parser.add_argument("--out")
    parser.add_argument("--scores", help="write each example's cross-validated score here, as JSON lines")
    return parser.parse_args()


def main():
    chosen = options()
    examples = Examples(chosen)
    scores = cross_validated(examples, chosen)
    data = np.array([kind == "data" for kind, _ in examples.origin])
    noisy = np.array([kind == "noise" for kind, _ in examples.origin])
    weak = np.array([kind == "weak" for kind, _ in examples.origin])
    scale, offset = calibration(scores[data], examples.labels[data])
    scores = scores * scale + offset
    print(f"examples: {data.sum()} labelled ({examples.labels[data].sum()} true), {weak.sum()} weak, {noisy.sum()} noise")
    print(f"calibration: {scale:.3f} {offset:.3f}")
    for probability in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95):
        threshold = np.log(probability / (1 - probability))
        kept = scores >= threshold
        true = (kept & data & (examples.labels == 1)).sum()
        false = (kept & data & (examples.labels == 0)).sum()
        all_true = examples.labels[data].sum()
        precision, recall = true / max(1, true + false), true / all_true
        print(f"p>={probability:.2f} precision {precision:.3f} recall {recall:.3f} "
              f"f1 {2 * precision * recall / (precision + recall):.3f} "
              f"weak {(kept & weak).sum() / max(1, weak.sum()):.3f} noise {(kept & noisy).sum()}")
    for kind, (true, false, missed) in sorted(table(scores, examples, 0.0).items()):
        print(f"  {kind:12} true {true:4} false {false:4} missed {missed:4}")
    if chosen.scores:
        with open(chosen.scores, "w", encoding="utf-8") as file:
            for score, label, (kind, candidate) in zip(scores, examples.labels, examples.origin):
                row = {"score": round(float(score), 4), "label": int(label), "origin": kind}
                file.write(json.dumps(row | {key: candidate[key] for key in ("id", "line", "start", "end", "kind", "name", "value", "syntax")}) + "\n")
    if chosen.out:
        model = new_model(chosen)
        learned = examples.learned
        model.fit(examples.rows[learned], examples.labels[learned], sample_weight=examples.weights[learned])
        write(model, scale, offset, (chosen.medium, chosen.low), chosen.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
