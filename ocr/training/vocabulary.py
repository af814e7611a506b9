#!/usr/bin/env python3
"""Makes the list of words that the model prefers when the ink leaves a choice.

    python vocabulary.py words.txt > vocabulary.txt

Tesseract compares words letter by letter, capitals too, and its own list has ĐĂNG and NGUYÊN but neither ĐẲNG nor NGUYỄN: what was rightly seen
was then given up for what was known. So each syllable of its list, of names and of places stands here small, with a capital, and in capitals.
"""

import re
import sys
from pathlib import Path

from texts import GIVENS, MIDDLES, PHRASES, SURNAMES, UNITS

LETTERS = re.compile(r"[^\W\d_]+")


def main() -> None:
    own = Path(sys.argv[1]).read_text(encoding="utf-8").split()
    tables = [(UNITS / name).read_text(encoding="utf-8") for name in ("since-2025-07-01.tsv", "before-2025-07-01.tsv")]
    ours = set(SURNAMES + MIDDLES + GIVENS + LETTERS.findall(" ".join(PHRASES + tables)))
    print("\n".join(sorted(set(own) | {form for word in set(own) | ours if LETTERS.fullmatch(word) for form in forms(word)})))


def forms(word: str) -> set[str]:
    return {word.lower(), word.capitalize(), word.upper()}


if __name__ == "__main__":
    main()
