"""What stands on each page that is read: `NAME.expected.txt` and `NAME.expected.json` beside the scan `NAME.*`."""

import json
from dataclasses import dataclass
from pathlib import Path

from programs import KINDS

# Pages that belong to no level of the generator.
SAMPLES = "samples"
# Rules and thresholds were set by looking at pages of these seeds; what is reported comes from others.
TUNING_SEEDS = range(1, 10)
HELD_OUT_FROM = 1000


@dataclass(frozen=True)
class Case:
    """One scan with everything that is known of it."""

    name: str
    file: Path
    level: str
    document_type: str
    # The text of each page, lines in reading order.
    pages: tuple[str, ...]
    fields: dict[str, str]
    dpi: int
    seed: int | None
    # Pages of one pair bear the same text and differ by their variant (`plain`, `seal`, `rotated_90`, …) only.
    pair: str | None
    variant: str | None
    text_class: str | None = None


def find_cases(folders: list[Path]) -> list[Case]:
    return [case_of(path) for folder in folders for path in sorted(folder.rglob("*.expected.json"))]


def case_of(path: Path) -> Case:
    told = json.loads(path.read_text(encoding="utf-8"))
    stem = path.name.removesuffix(".expected.json")
    files = [file for file in path.parent.glob(f"{stem}.*") if file.suffix in KINDS]
    if len(files) != 1:
        raise SystemExit(f"eval: {path} describes {len(files)} scans instead of one")
    text = path.with_name(f"{stem}.expected.txt").read_text(encoding="utf-8")
    return Case(
        name=f"{path.parent.name}/{stem}",
        file=files[0],
        level=told.get("level", SAMPLES),
        document_type=told["document_type"],
        pages=tuple(text.removesuffix("\f").split("\f")),
        fields=told["fields"],
        dpi=told["dpi"],
        seed=told.get("seed"),
        pair=told.get("pair"),
        variant=told.get("variant"),
        text_class=told.get("text_class"),
    )


def seed_note(seeds: set[int]) -> str:
    """Whether figures of these seeds may be reported."""
    named = ", ".join(map(str, sorted(seeds)))
    if not seeds:
        return "no generated page"
    if any(seed in TUNING_SEEDS for seed in seeds):
        return f"seed {named}: a tuning seed (1–9 are), so these figures are for tuning and not for reports"
    if min(seeds) < HELD_OUT_FROM:
        return f"seed {named}: neither a tuning seed (1–9) nor one of those kept for reports (from {HELD_OUT_FROM})"
    return f"seed {named}: held out, never tuned on (1–9 are the tuning seeds)"
