"""How well a text was read, as numbers: `docs/measuring.md` says what each means. Only the standard library."""

import re
import unicodedata
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field, fields

# A left-over word is the misread form of a lost one when at most this share of the longer one's letters differs.
MISREAD_SHARE = 0.5


@dataclass
class Score:
    """Counts of one page or of many: sums, so that the rates over many pages weigh every letter the same."""

    letters: int = 0
    edits: int = 0
    words: int = 0
    word_edits: int = 0
    any_order_edits: int = 0
    told_words: int = 0
    lost_words: int = 0
    missed_words: int = 0

    def __add__(self, other: "Score") -> "Score":
        return Score(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))

    @property
    def cer(self) -> float:
        return rate(self.edits, self.letters)

    @property
    def wer(self) -> float:
        return rate(self.word_edits, self.words)

    @property
    def any_order_cer(self) -> float:
        return rate(self.any_order_edits, self.letters)

    @property
    def lost(self) -> float:
        return rate(self.lost_words, self.told_words)

    @property
    def missed(self) -> float:
        return rate(self.missed_words, self.told_words)


@dataclass
class Left:
    """What remains of two bags of words once every word read as it is written is taken away."""

    expected: list[str] = field(default_factory=list)
    read: list[str] = field(default_factory=list)


def score(expected: str, read: str) -> Score:
    expected, read = fold(expected), fold(read)
    expected_words, read_words = expected.split(), read.split()
    told, said = bare(expected_words), bare(read_words)
    left = leftovers(told, said)
    in_order = edits(expected, read)
    return Score(
        letters=len(expected),
        edits=in_order,
        words=len(expected_words),
        word_edits=edits(expected_words, read_words),
        any_order_edits=min(in_order, word_by_word(leftovers(expected_words, read_words))),
        told_words=len(told),
        lost_words=len(left.expected),
        missed_words=missed(left),
    )


def fold(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split()))


def rate(wrong: int, all_of_them: int) -> float:
    """Nothing expected and something read is wholly wrong."""
    return wrong / all_of_them if all_of_them else float(wrong > 0)


def bare(words: list[str]) -> list[str]:
    """Without the punctuation at their ends; leaders, bullets and rules are no words."""
    stripped = (re.sub(r"^[\W_]+|[\W_]+$", "", word) for word in words)
    return [word for word in stripped if word]


def leftovers(expected: list[str], read: list[str]) -> Left:
    wanted, had = Counter(expected), Counter(read)
    return Left(list((wanted - had).elements()), list((had - wanted).elements()))


def word_by_word(left: Left) -> int:
    pairs = nearest(left)
    alone = sum(map(len, left.expected)) + sum(map(len, left.read))
    return alone + sum(distance - len(one) - len(other) for one, other, distance in pairs)


def missed(left: Left) -> int:
    misread = [distance <= MISREAD_SHARE * max(len(one), len(other)) for one, other, distance in nearest(left)]
    return len(left.expected) - sum(misread)


def nearest(left: Left) -> list[tuple[str, str, int]]:
    """Partners with their distance, the most alike first; a word has one partner at most."""
    known: dict[tuple[str, str], int] = {}
    ways = []
    for row, one in enumerate(left.expected):
        for column, other in enumerate(left.read):
            if (one, other) not in known:
                known[one, other] = edits(one, other)
            # Words that share no letter are left alone: one is lost, the other is junk.
            if known[one, other] < max(len(one), len(other)):
                ways.append((known[one, other], row, column))
    rows, columns, pairs = set(), set(), []
    for distance, row, column in sorted(ways):
        if row not in rows and column not in columns:
            rows.add(row)
            columns.add(column)
            pairs.append((left.expected[row], left.read[column], distance))
    return pairs


def edits(expected: Sequence[Hashable], read: Sequence[Hashable]) -> int:
    """Levenshtein's distance, by Hyyrö's bit vectors: one whole number holds a column of differences, so that a page of 3,000
    letters takes some milliseconds."""
    if not expected:
        return len(read)
    places: dict[Hashable, int] = {}
    for index, item in enumerate(expected):
        places[item] = places.get(item, 0) | 1 << index
    every, last = (1 << len(expected)) - 1, 1 << (len(expected) - 1)
    up, down, distance = every, 0, len(expected)
    for item in read:
        match = places.get(item, 0) | down
        zero = (((match & up) + up) ^ up) | match
        right, left = down | (every & ~(zero | up)), up & zero
        distance += bool(right & last) - bool(left & last)
        right, left = (right << 1 | 1) & every, left << 1 & every
        up, down = left | (every & ~(zero | right)), right & zero
    return distance
