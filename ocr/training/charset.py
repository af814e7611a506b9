#!/usr/bin/env python3
"""Adds to a model the signs of Vietnamese papers that Tesseract's own can never read: ỵ, dashes, three dots, raised figures.

    python charset.py FOLDER      # changes FOLDER/vie.lstm-unicharset and FOLDER/vie.lstm-recoder

The new signs get the numbers after the old ones, so that word lists and the weights of the old signs stay true; `lstmtraining
--old_traineddata` gives each new sign the mean of all weights to start from.
"""

import struct
import sys
from pathlib import Path

# Sign, properties (1 letter, 2 small, 4 capital, 8 digit, 16 punctuation, as in Tesseract's unicharset), script, direction, plain form.
SIGNS = [
    ("ỵ", "3", "Latin", 0, "ỵ"),
    ("Ỵ", "5", "Latin", 0, "Ỵ"),
    ("–", "10", "Common", 10, "-"),
    ("…", "10", "Common", 10, "..."),
    ("²", "0", "Common", 2, "2"),
    ("³", "0", "Common", 2, "3"),
    ("×", "0", "Common", 10, "x"),
    ("’", "10", "Common", 10, "'"),
    ("‘", "10", "Common", 10, "'"),
    ("•", "10", "Common", 10, "•"),
]
OTHER_CASE = {"ỵ": "Ỵ", "Ỵ": "ỵ"}


def extended_unicharset(lines: list[str]) -> list[str]:
    """The lines of a unicharset file, the first of which is their number."""
    known = {line.split(" ")[0] for line in lines[1:]}
    new = [sign for sign in SIGNS if sign[0] not in known]
    number = {sign[0]: int(lines[0]) + index for index, sign in enumerate(new)}
    added = []
    for sign, properties, script, direction, plain in new:
        own = number[sign]
        other = number[OTHER_CASE.get(sign, sign)]
        added.append(f"{sign} {properties} 0,255,0,255,0,0,0,0,0,0 {script} {other} {direction} {own} {plain}\t# {sign} [{ord(sign):x} ]")
    return [str(int(lines[0]) + len(new)), *lines[1:], *added]


def extended_recoder(recoder: bytes, signs: int) -> bytes:
    """One entry for each sign: whether it stands for itself, how many codes it has, its codes."""
    (count,) = struct.unpack_from("<I", recoder)
    entries = [struct.unpack_from("<bIi", recoder, 4 + 9 * index) for index in range(count)]
    if 4 + 9 * count != len(recoder) or any(length != 1 for _, length, _ in entries):
        raise SystemExit("this model writes some signs with several codes, which is not known here")
    free = 1 + max(code for _, _, code in entries)
    entries += [(1, 1, free + index) for index in range(signs - count)]
    return struct.pack("<I", len(entries)) + b"".join(struct.pack("<bIi", *entry) for entry in entries)


def main() -> None:
    folder = Path(sys.argv[1])
    unicharset, recoder = folder / "vie.lstm-unicharset", folder / "vie.lstm-recoder"
    lines = extended_unicharset(unicharset.read_text(encoding="utf-8").rstrip("\n").split("\n"))
    unicharset.write_text("\n".join(lines) + "\n", encoding="utf-8")
    recoder.write_bytes(extended_recoder(recoder.read_bytes(), int(lines[0])))


if __name__ == "__main__":
    main()
