#!/usr/bin/env python3
"""How many codes on pictures are read, how many reads are false, and at what cost.

    python bench/eval_qr.py --look target/release/examples/look --drawn /tmp/codes --blank samples [--outside FOLDER]

A picture's code is read when it is told exactly as in the file of the same name that ends in `.txt`. Every picture is looked at twice:
as any page is, and as one on which a code is expected. Ends with 1 when a goal is missed.
"""

import argparse
import json
import statistics
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

KINDS = {".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp"}
OUTSIDE_MIN = 0.97
# Ours are promised from this size on; below they are measured.
PROMISED_MODULE_MM, PROMISED_DPI = 0.45, 200


@dataclass
class Look:
    """What one look at a picture told."""

    texts: list[str]
    cpu_ms: float
    panicked: bool = False


@dataclass
class Case:
    """A picture, the text of its code if it has one, and both looks: as any page, and with a code expected."""

    path: Path
    expected: str | None
    plain: Look
    wished: Look

    def is_read(self, look: Look) -> bool:
        return self.expected in (plain_ends(text) for text in look.texts)

    def false_reads(self) -> list[str]:
        """Texts that are not on the picture. Of a picture with several codes one is named, so it is never asked."""
        return [] if self.expected is not None else sorted({text for text in self.plain.texts + self.wished.texts if not self.is_printed(text)})

    def is_printed(self, text: str) -> bool:
        """Some invented papers carry a code: its number stands on them in letters too."""
        printed = self.path.with_name(f"{self.path.stem}.expected.txt")
        return printed.exists() and text.split("|")[0] in printed.read_text(encoding="utf-8")


@dataclass
class Goal:
    what: str
    bar: str
    measured: str
    met: bool


def main() -> None:
    asked = arguments()
    drawn = cases(asked.look, pictures(asked.drawn))
    blank = cases(asked.look, (path for folder in asked.blank for path in pictures(folder)))
    outside = cases(asked.look, pictures(asked.outside)) if asked.outside else []
    print(f"## Our codes\n\n{table(drawn, asked.drawn)}\n\n## Pages without a code\n\n{table(blank, None)}\n")
    if outside:
        print(f"## Outside pictures\n\n{table(outside, asked.outside)}\n")
    judged = goals(drawn, blank, outside, asked.drawn)
    print("| goal | bar | measured | |\n|---|---|---|---|")
    for goal in judged:
        print(f"| {goal.what} | {goal.bar} | {goal.measured} | {'met' if goal.met else 'missed'} |")
    for line in misses(drawn + blank + [case for case in outside if case.expected is not None]):
        print(line, file=sys.stderr)
    sys.exit(not all(goal.met for goal in judged))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--look", type=Path, required=True, help="the built qr/examples/look.rs")
    parser.add_argument("--drawn", type=Path, required=True, help="pictures made by bench/drawn_codes.py")
    parser.add_argument("--blank", type=Path, action="append", default=[], help="folder of pages without codes")
    parser.add_argument("--outside", type=Path, help="folder of folders of pictures with their text beside them")
    return parser.parse_args()


def pictures(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in KINDS)


def cases(look: Path, paths: Iterable[Path]) -> list[Case]:
    paths = list(paths)
    plain, wished = looks(look, paths, []), looks(look, paths, ["--expected"])
    return [Case(path, expected_text(path), plain[path], wished[path]) for path in paths if path in plain]


def looks(look: Path, paths: list[Path], options: list[str]) -> dict[Path, Look]:
    """What the reader says of each picture that it can open."""
    listed = "".join(f"{path}\n" for path in paths)
    ran = subprocess.run([look.resolve(), *options], input=listed, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True)
    told = [json.loads(line) for line in ran.stdout.splitlines()]
    refused = [one["path"] for one in told if "refused" in one["seen"]]
    if refused:
        print(f"eval-qr: {len(refused)} pictures of a form that is not opened, {refused[0]} first", file=sys.stderr)
    opened = [one for one in told if "refused" not in one["seen"]]
    return {Path(one["path"]): of(one["seen"]) for one in opened}


def of(seen: dict) -> Look:
    return Look([code["text"] for code in seen.get("codes", [])], seen["cpu_ms"], seen.get("panicked", False))


def expected_text(picture: Path) -> str | None:
    beside = picture.with_suffix(".txt")
    return plain_ends(beside.read_text(encoding="utf-8")) if beside.exists() else None


def plain_ends(text: str) -> str:
    """The same with line ends of one kind and none at its end: files of expected texts differ in them."""
    return "\n".join(text.splitlines()).strip()


def table(cases: list[Case], root: Path | None) -> str:
    """A line a folder, and one for all."""
    folders: dict[str, list[Case]] = {}
    for case in cases:
        folders.setdefault(str(case.path.parent.relative_to(root)) if root else "all", []).append(case)
    rows = [*folders.items(), *([("all", cases)] if len(folders) > 1 else [])]
    head = "| pictures of | count | read | read when expected | false reads | CPU ms, median / most | when expected |\n|---|---|---|---|---|---|---|"
    return "\n".join([head, *(row(name, group) for name, group in rows)])


def row(name: str, group: list[Case]) -> str:
    coded = [case for case in group if case.expected is not None]
    read = [sum(case.is_read(look) for case, look in told) for told in (((c, c.plain) for c in coded), ((c, c.wished) for c in coded))]
    shares = [f"{count} ({count / len(coded):.0%})" if coded else "–" for count in read]
    return f"| {name} | {len(group)} | {shares[0]} | {shares[1]} | {sum(len(case.false_reads()) for case in group)} | {cost([case.plain for case in group])} | {cost([case.wished for case in group])} |"


def cost(looks: list[Look]) -> str:
    return f"{statistics.median(look.cpu_ms for look in looks):.0f} / {max(look.cpu_ms for look in looks):.0f}"


def goals(drawn: list[Case], blank: list[Case], outside: list[Case], root: Path) -> list[Goal]:
    promised = [case for case in drawn if is_promised(case.path.relative_to(root))]
    false_reads, panics = sum(len(case.false_reads()) for case in blank), sum(look.panicked for case in drawn + blank + outside for look in (case.plain, case.wished))
    measured = [
        share_goal(f"ours, ≥ {PROMISED_MODULE_MM} mm, ≥ {PROMISED_DPI} dpi", 1.0, [case.is_read(case.plain) for case in promised]),
        Goal("false reads", "0", f"{false_reads} on {len(blank)} pages", false_reads == 0),
        Goal("panics", "0", str(panics), panics == 0),
    ]
    coded = [case.is_read(case.wished) for case in outside if case.expected is not None]
    return [share_goal("outside pictures, a code expected", OUTSIDE_MIN, coded), *measured] if coded else measured


def share_goal(what: str, bar: float, read: list[bool]) -> Goal:
    return Goal(what, f"≥ {bar:.0%}", f"{sum(read)} of {len(read)} ({sum(read) / len(read):.1%})", sum(read) >= bar * len(read))


def is_promised(place: Path) -> bool:
    """Places read MODULEmm/DPIdpi/TREATMENT/NAME."""
    module, dpi = place.parts[0].removesuffix("mm"), place.parts[1].removesuffix("dpi")
    return float(module) >= PROMISED_MODULE_MM and int(dpi) >= PROMISED_DPI


def misses(cases: list[Case]) -> Iterable[str]:
    for case in cases:
        if case.expected is not None and not (case.is_read(case.plain) and case.is_read(case.wished)):
            yield f"{case.path}: {'read when expected' if case.is_read(case.wished) else 'not read'}"
        for text in case.false_reads():
            yield f"{case.path}: says {text[:60]!r}, which is not there"


if __name__ == "__main__":
    main()
