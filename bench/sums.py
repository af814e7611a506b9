"""Figures over many scans."""

from collections.abc import Iterable
from dataclasses import dataclass

from fields import Outcome
from measures import Score
from programs import MOTLAN
from reading import Result


@dataclass
class Sum:
    """One program over some scans."""

    program: str
    scans: list[Result]

    @classmethod
    def of(cls, program: str, results: Iterable[Result]) -> "Sum":
        return cls(program, [result for result in results if program in result.readings])

    def pages(self) -> list[Score]:
        return [score for result in self.scans for score in result.readings[self.program].scores]

    def total(self) -> Score:
        return sum(self.pages(), Score())

    def cpu_s(self) -> float:
        return sum(result.readings[self.program].cpu_s for result in self.scans)

    def failures(self) -> int:
        return sum(result.readings[self.program].failure is not None for result in self.scans)


def cpu_ratio(results: list[Result], program: str) -> float | None:
    """CPU of motlan divided by that of another program, over the scans that both have read."""
    both = [result for result in results if program in result.readings and result.readings[program].failure is None]
    theirs = Sum(program, both).cpu_s()
    return Sum(MOTLAN, both).cpu_s() / theirs if theirs else None


def exact_share(outcomes: list[Outcome]) -> float | None:
    return share(sum(one.exact for one in outcomes), len(outcomes))


def share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
