"""Pages that differ in one thing only: what does a seal, a right-angle turn, a degree of skew, thin paper or a fold cost motlan?"""

import math
from dataclasses import dataclass

from measures import edits, fold
from programs import MOTLAN
from reading import Result
from sums import Sum

BARE, SEALED = "bare", "sealed"
STRAIGHT, SKEWED = "straight", "skewed"
THICK, THIN = "thick", "thin"
FLAT, WORN, DIRTY = "flat", "worn", "dirty"
TURNS = ["90", "180", "270"]

# Results of one pair, by variant.
Pair = dict[str, Result]


def pairs_of(results: list[Result]) -> list[Pair]:
    pairs: dict[str, Pair] = {}
    for result in results:
        if result.case.pair:
            pairs.setdefault(result.case.pair, {})[result.case.variant] = result
    return list(pairs.values())


@dataclass
class Change:
    """The same pages without a fault and with it."""

    without: list[Result]
    with_it: list[Result]

    def cer(self) -> tuple[float, float]:
        return Sum(MOTLAN, self.without).total().cer, Sum(MOTLAN, self.with_it).total().cer

    def times(self) -> float | None:
        """How many times the wrong letters; endless when there was none without the fault, nothing when there was no page."""
        without, with_it = self.cer()
        if not self.without:
            return None
        if without == with_it:
            return 1
        return with_it / without if without else math.inf

    def worse(self) -> int:
        both = zip(self.without, self.with_it, strict=True)
        return sum(with_it.readings[MOTLAN].total.edits > without.readings[MOTLAN].total.edits for without, with_it in both)


def change(pairs: list[Pair], without: str, with_it: str) -> Change:
    whole = [pair for pair in pairs if {without, with_it} <= pair.keys()]
    return Change([pair[without] for pair in whole], [pair[with_it] for pair in whole])


@dataclass
class Turn:
    """Pages turned by some right angle, beside the same pages upright."""

    degrees: str
    change: Change
    same_text: int
    wrongly_turned: int


def turns(pairs: list[Pair]) -> list[Turn]:
    return [turn(degrees, change(pairs, "0", degrees)) for degrees in TURNS]


def turn(degrees: str, of: Change) -> Turn:
    both = list(zip(of.without, of.with_it, strict=True))
    same_text = sum(distance_of_texts(upright, turned) == 0 for upright, turned in both)
    return Turn(degrees, of, same_text, sum(not is_upright(turned, int(degrees)) for turned in of.with_it))


def distance_of_texts(one: Result, other: Result) -> int:
    one_text, other_text = ("\f".join(result.readings[MOTLAN].pages) for result in (one, other))
    return edits(fold(one_text), fold(other_text))


def is_upright(turned: Result, degrees: int) -> bool:
    """Whether motlan undid the turn: both are clockwise."""
    return all((page["rotation_degrees"] + degrees) % 360 == 0 for page, _ in turned.pages()) and turned.pages() != []
