#!/usr/bin/env python3
"""Counts words and pairs of letters in trees of source code and writes crates/keysift-core/src/assign/lexicon.bin.

usage: lexicon.py TREE... > lexicon.bin

A word counts once for each file. The file holds two tables of bigrams (code, then English prose), the index of the
words by their first two letters, and the words.
"""
import collections
import math
import os
import re
import struct
import sys

PROSE = {".md", ".rst", ".txt", ".adoc", ".markdown"}
CODE = {".c", ".h", ".cs", ".go", ".java", ".js", ".json", ".kt", ".php", ".py", ".rb", ".rs", ".sh", ".sql", ".ts", ".xml", ".yml", ".yaml", ".scala"}
WORD = re.compile(r"[A-Z]?[a-z]{1,24}|[A-Z]{2,24}(?![a-z])")
MAX_WORDS = 4200
MIN_LENGTH, MAX_LENGTH = 4, 14
MAX_FILE_BYTES = 200_000
# Every Nth file is read: enough for counts of this size.
EVERY = 4


def files(trees):
    number = 0
    for tree in trees:
        for folder, folders, names in os.walk(tree):
            folders[:] = sorted(name for name in folders if name != ".git")
            for name in sorted(names):
                kind = os.path.splitext(name)[1].lower()
                if kind in PROSE or kind in CODE:
                    number += 1
                    if number % EVERY == 0:
                        yield os.path.join(folder, name), kind in PROSE


def count(trees):
    seen = collections.Counter()
    pairs = {False: collections.Counter(), True: collections.Counter()}
    for path, is_prose in files(trees):
        try:
            with open(path, "rb") as file:
                text = file.read(MAX_FILE_BYTES).decode("utf-8", "replace")
        except OSError as error:
            print(f"{path}: {error}", file=sys.stderr)
            continue
        words = {word.lower() for word in WORD.findall(text)}
        for word in words:
            if word.isascii():
                padded = "{" + word + "{"
                pairs[is_prose].update(zip(padded, padded[1:]))
        seen.update(word for word in words if word.isascii() and MIN_LENGTH <= len(word) <= MAX_LENGTH)
    return seen, pairs


def table(pairs):
    """Sixteenths of a bit by which a pair is likelier than by chance, a signed byte each."""
    letters = "abcdefghijklmnopqrstuvwxyz{"
    out = bytearray()
    for first in letters:
        total = sum(pairs[first, second] for second in letters) + 27
        for second in letters:
            bits = math.log2((pairs[first, second] + 1) / total * 27)
            out.append(max(-128, min(127, round(16 * bits))) & 0xFF)
    return bytes(out)


def main(trees):
    seen, pairs = count(trees)
    words = sorted(word for word, _ in sorted(seen.items(), key=lambda item: (-item[1], item[0]))[:MAX_WORDS])
    groups = collections.defaultdict(list)
    for word in words:
        groups[word[:2]].append(word)
    index, body = [], bytearray()
    for first in "abcdefghijklmnopqrstuvwxyz":
        for second in "abcdefghijklmnopqrstuvwxyz":
            index.append(len(body))
            for word in groups[first + second]:
                body.append(len(word) - 2)
                body += word[2:].encode()
    index.append(len(body))
    sys.stdout.buffer.write(table(pairs[False]) + table(pairs[True]))
    sys.stdout.buffer.write(struct.pack(f"<{len(index)}H", *index) + body)


if __name__ == "__main__":
    main(sys.argv[1:])
