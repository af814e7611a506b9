"""Fields: which kind a key is of, whether a value was proposed exactly, and whether it stands in a text at all.

`docs/measuring.md` says what counts as the same.
"""

import re
from dataclasses import dataclass
from datetime import date

from measures import fold

NUMBER, DATE, NAME, OTHER = "numbers", "dates", "names", "other"
KINDS = [NUMBER, DATE, NAME, OTHER]
# An agency's name may fill two lines of the letterhead, with the state's name between them.
IN_PARTS = {"agency"}


@dataclass
class Outcome:
    """One expected field: what was made of it."""

    key: str
    expected: str
    # What motlan proposed: the exact value when any proposal is exact, else the first one; nothing when none was made.
    proposed: str | None
    # Codes of the checks that the proposal failed.
    doubts: list[str]
    # Whether the value stands in what each program read.
    in_text: dict[str, bool]

    @property
    def kind(self) -> str:
        return kind_of(self.key)

    @property
    def exact(self) -> bool:
        return self.proposed is not None and same(self.kind, self.expected, self.proposed)


def kind_of(key: str) -> str:
    if key.endswith(("number", "_id", "_code")):
        return NUMBER
    if key.endswith(("_on", "_date", "_until")):
        return DATE
    if key.endswith("name") or key == "signer":
        return NAME
    return OTHER


def outcome(key: str, expected: str, proposals: list[dict], texts: dict[str, str]) -> Outcome:
    of_key = [one for one in proposals if one["key"] == key]
    best = next((one for one in of_key if same(kind_of(key), expected, one["value"])), of_key[0] if of_key else None)
    in_text = {program: stands_in(key, expected, text) for program, text in texts.items()}
    return Outcome(key, expected, best and best["value"], best.get("doubts", []) if best else [], in_text)


def same(kind: str, expected: str, proposed: str) -> bool:
    return plain(kind, expected) == plain(kind, proposed)


def plain(kind: str, value: str) -> str:
    value = re.sub("[‐‑‒–—−]", "-", fold(value))
    return value.replace(" ", "") if kind == NUMBER else value


def stands_in(key: str, value: str, text: str) -> bool:
    """As whole words, in any of the written forms of a date."""
    kind = kind_of(key)
    text = plain(OTHER, text)
    if kind == DATE and (pattern := date_pattern(value)):
        return re.search(pattern, text) is not None
    return whole(plain(OTHER, value), text) or (key in IN_PARTS and in_parts(value, text))


def whole(value: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(value)}(?!\w)", text) is not None


def in_parts(value: str, text: str) -> bool:
    words = value.split()
    return any(whole(" ".join(words[:n]), text) and whole(" ".join(words[n:]), text) for n in range(1, len(words)))


def date_pattern(value: str) -> str | None:
    """05/4/2023, 5-4-2023, ngày 05 tháng 4 năm 2023, …"""
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return None
    return rf"(?<!\d)0?{day.day}\W+(?:tháng\W+)?0?{day.month}\W+(?:năm\W+)?{day.year}(?!\d)"
