"""The goals, and whether a run met them."""

from collections.abc import Callable
from dataclasses import dataclass

from fields import DATE, NAME, NUMBER, Outcome
from pairs import BARE, SEALED, SKEWED, STRAIGHT, Pair, change, turns
from programs import MOTLAN, STRAIGHTENED, TESSERACT
from reading import Result
from sums import Sum, cpu_ratio, exact_share

CER_MAX = {"clean": 0.002, "300": 0.003, "200": 0.005, "hard": 0.025}
# A counter's everyday scans: `clean` was never on paper, and `hard` is what goes wrong.
ORDINARY = {"300", "200"}
FIELDS_EXACT_MIN = {"": 0.99, NUMBER: 1.0, DATE: 0.99, NAME: 0.98}
HARD_FIELDS_EXACT_MIN = 0.90
SEALED_CER_TIMES_MAX = 1.5
CPU_TIMES_TESSERACT_MAX = 1.0
CPU_TIMES_UNDER_OCRMYPDF_MIN = 4.0


@dataclass
class Goal:
    what: str
    bar: str
    measured: str
    over: str
    # Nothing when the run had no page to tell by.
    met: bool | None

    def verdict(self) -> str:
        return {True: "met", False: "missed", None: "not measured"}[self.met]


def goals(results: list[Result], pairs: list[Pair]) -> list[Goal]:
    ordinary = [result for result in results if result.case.level in ORDINARY]
    hard = [result for result in results if result.case.level == "hard"]
    return [
        *(cer_goal(level, bar, [result for result in results if result.case.level == level]) for level, bar in CER_MAX.items()),
        *(fields_goal("ordinary scans", kind, bar, ordinary) for kind, bar in FIELDS_EXACT_MIN.items()),
        fields_goal("hard", "", HARD_FIELDS_EXACT_MIN, hard),
        seal_goal(pairs),
        rotation_goal(pairs),
        skew_goal(pairs),
        tesseract_goal(ordinary),
        ocrmypdf_goal(ordinary),
        done_goal(results),
    ]


def cer_goal(level: str, bar: float, results: list[Result]) -> Goal:
    total = Sum.of(MOTLAN, results)
    return goal(f"CER, {level}", f"≤ {100 * bar:.1f} %", pages(results), total.total().cer if results else None, "{:.2%}", lambda cer: cer <= bar)


def fields_goal(where: str, kind: str, bar: float, results: list[Result]) -> Goal:
    outcomes: list[Outcome] = [one for result in results for one in result.outcomes if kind in ("", one.kind)]
    over = f"{len(outcomes)} fields"
    return goal(f"{kind or 'fields'} exact, {where}", f"≥ {100 * bar:.0f} %", over, exact_share(outcomes), "{:.1%}", lambda exact: exact >= bar)


def seal_goal(pairs: list[Pair]) -> Goal:
    seals = change(pairs, BARE, SEALED)
    return goal("CER under a red seal", f"≤ {SEALED_CER_TIMES_MAX} × without", pairs_counted(seals.without), seals.times(), "{:.2f} ×", lambda times: times <= SEALED_CER_TIMES_MAX)


def rotation_goal(pairs: list[Pair]) -> Goal:
    found = turns(pairs)
    turned = sum(len(turn.change.with_it) for turn in found)
    other = turned - sum(turn.same_text for turn in found) if turned else None
    return goal("turned by 90, 180, 270°: same text", "0 differ", f"{turned} turned pages", other, "{} differ", lambda count: count == 0)


def skew_goal(pairs: list[Pair]) -> Goal:
    skews = change(pairs, STRAIGHT, SKEWED)
    worse = skews.worse() if skews.without else None
    return goal("skewed by 1°: not worse", "0 worse", pairs_counted(skews.without), worse, "{} worse", lambda count: count == 0)


def tesseract_goal(ordinary: list[Result]) -> Goal:
    bar = CPU_TIMES_TESSERACT_MAX
    return goal("CPU, times tesseract", f"≤ {bar} ×", pages_of(TESSERACT, ordinary), cpu_ratio(ordinary, TESSERACT), "{:.2f} ×", lambda times: times <= bar)


def ocrmypdf_goal(ordinary: list[Result]) -> Goal:
    bar, ratio = CPU_TIMES_UNDER_OCRMYPDF_MIN, cpu_ratio(ordinary, STRAIGHTENED)
    less = 1 / ratio if ratio else None
    return goal(f"CPU, times less than {STRAIGHTENED}", f"≥ {bar} ×", pages_of(STRAIGHTENED, ordinary), less, "{:.1f} ×", lambda times: times >= bar)


def done_goal(results: list[Result]) -> Goal:
    """What a person would not be asked to look at although something is missing."""
    done = [score for result in results for page, score in result.pages() if page["state"] == "done"]
    false = sum(score.missed_words > 0 for score in done) if done else None
    return goal("pages called done that miss a word", "0", f"{len(done)} done pages", false, "{}", lambda count: count == 0)


def goal(what: str, bar: str, over: str, value: float | None, form: str, is_met: Callable[[float], bool]) -> Goal:
    if value is None:
        return Goal(what, bar, "–", "nothing", None)
    return Goal(what, bar, form.format(value).replace("%", " %"), over, is_met(value))


def pages(results: list[Result]) -> str:
    return pages_of(MOTLAN, results)


def pages_of(program: str, results: list[Result]) -> str:
    return f"{len(Sum.of(program, results).pages())} pages"


def pairs_counted(one_side: list[Result]) -> str:
    return f"{len(one_side)} pairs"
