"""One scan read by every program, and what came of it."""

from dataclasses import dataclass
from pathlib import Path

import fields
import programs
from measures import Score, score
from programs import MOTLAN, OCRMYPDF_WAYS, TESSERACT, Run, Scan
from truth import Case


@dataclass
class Reading:
    """What one program read."""

    pages: list[str]
    scores: list[Score]
    cpu_s: float
    failure: str | None

    @property
    def total(self) -> Score:
        return sum(self.scores, Score())


@dataclass
class Result:
    case: Case
    # By program; one that was not asked is missing. What could not be read is an empty page, and all of it lost.
    readings: dict[str, Reading]
    # The file as `motlan read --json` describes it.
    described: dict
    outcomes: list[fields.Outcome]

    @property
    def type_is_right(self) -> bool:
        return self.described.get("document_type") == self.case.document_type

    def pages(self) -> list[tuple[dict, Score]]:
        """The pages that motlan describes, with their scores."""
        return list(zip(self.described.get("pages", []), self.readings[MOTLAN].scores, strict=False))


def read(case: Case, binary: Path, wanted: set[str], folder: Path) -> Result:
    """Program after program on one scan, so that a busy minute of the machine falls on all of them."""
    scan = Scan(case.file, [case.file], case.dpi)
    run, described = programs.motlan(binary, scan)
    described = described or {}
    read_pages = described.get("pages", [])
    readings = {MOTLAN: reading(case, [page["text"] for page in read_pages], run, described == {})}
    # The others are not asked to read typed letters: that would be work which motlan was spared.
    if all(page["source"] == "scan" for page in read_pages):
        readings |= read_by_others(case, scan, wanted, folder)
    texts = {program: "\n".join(one.pages) for program, one in readings.items()}
    outcomes = [fields.outcome(key, value, described.get("fields", []), texts) for key, value in case.fields.items()]
    return Result(case, readings, described, outcomes)


def read_by_others(case: Case, scan: Scan, wanted: set[str], folder: Path) -> dict[str, Reading]:
    readings = {}
    if TESSERACT in wanted:
        if case.file.suffix == ".pdf":
            scan.rasters = programs.draw_pages(case.file, case.dpi, list(range(1, len(case.pages) + 1)), folder)
        readings[TESSERACT] = from_text(case, programs.tesseract(scan))
    for way in OCRMYPDF_WAYS:
        if way in wanted:
            readings[way] = from_text(case, programs.ocrmypdf(scan, way))
    return readings


def from_text(case: Case, run: Run) -> Reading:
    return reading(case, run.output.split("\f"), run, run.failure is not None)


def reading(case: Case, pages: list[str], run: Run, failed: bool) -> Reading:
    """Pages too many are joined to the last expected one, pages too few are empty."""
    last = len(case.pages) - 1
    pages = pages[:last] + ["\n".join(pages[last:])] + [""] * (last - len(pages))
    pages = (pages + [""] * len(case.pages))[: len(case.pages)]
    scores = [score(expected, text) for expected, text in zip(case.pages, pages, strict=True)]
    return Reading(pages, scores, run.cpu_s, (run.failure or "no answer") if failed else None)
