"""The figures of a run as JSON, for other programs and for comparing runs."""

import json
from dataclasses import asdict
from pathlib import Path

from goals import goals
from measures import Score
from pairs import pairs_of
from programs import PROGRAMS
from reading import Reading, Result
from sums import Sum


def write_json(results: list[Result], versions: dict[str, str], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"versions": versions, **described(results)}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def described(results: list[Result]) -> dict:
    levels = list(dict.fromkeys(result.case.level for result in results))
    generated = [result for result in results if result.case.seed is not None and not result.case.pair]
    return {
        "goals": [asdict(goal) for goal in goals(generated, pairs_of(results))],
        "levels": {level: level_figures([result for result in results if result.case.level == level]) for level in levels},
        "files": [file_figures(result) for result in results],
    }


def level_figures(results: list[Result]) -> dict:
    sums = [Sum.of(program, results) for program in PROGRAMS]
    return {one.program: {"pages": len(one.pages()), "cpu_s": one.cpu_s(), "not_read": one.failures(), **rates(one.total())} for one in sums if one.scans}


def rates(total: Score) -> dict:
    names = ["cer", "any_order_cer", "wer", "lost", "missed"]
    return {**{name: getattr(total, name) for name in names}, "counts": asdict(total)}


def file_figures(result: Result) -> dict:
    case = result.case
    return {
        "name": case.name,
        "level": case.level,
        "seed": case.seed,
        "pair": case.pair,
        "variant": case.variant,
        "document_type": {"expected": case.document_type, "found": result.described.get("document_type")},
        "pages": [{"state": page["state"], "reasons": page["reasons"], "stages": page.get("stages", [])} for page, _ in result.pages()],
        "readings": {program: reading_figures(reading) for program, reading in result.readings.items()},
        "fields": [{**asdict(one), "kind": one.kind, "exact": one.exact} for one in result.outcomes],
    }


def reading_figures(reading: Reading) -> dict:
    return {"cpu_s": reading.cpu_s, "failure": reading.failure, **rates(reading.total)}
