#!/usr/bin/env python3
"""What becomes of a folder of outside files: which are done, which want a look, and what speaks against each page called done.

Outside files never enter the sources: `make outside DIR=FOLDER` reads whatever is there. A page that is `done` is looked at by other
programs (poppler for PDFs, Pillow for pictures): what they complain about, letters that they draw where no word was read, typed words
that they find and the reading lacks. A doubt is a reason to look, not a verdict: photographs have dark places without words.
"""

import argparse
import concurrent.futures
import json
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import drawn
import programs

STATES = ["done", "needs_review", "failed", "refused", "too slow"]


@dataclass
class Outcome:
    """What became of one file."""

    file: Path
    # The worst of its pages, or of the file.
    state: str
    reasons: list[str]
    wall_s: float
    # What speaks against pages that are done, by their number.
    doubts: dict[int, list[str]] = field(default_factory=dict)
    pages_done: int = 0


def main() -> None:
    arguments = parse_arguments()
    files = sorted(path for path in arguments.folder.rglob("*") if path.suffix.lower() in programs.KINDS and path.is_file())
    if not files:
        sys.exit(f"outside: no PDF or picture under {arguments.folder}")
    with concurrent.futures.ThreadPoolExecutor(arguments.at_a_time) as pool:
        outcomes = []
        for outcome in pool.map(lambda file: outcome_of(file, arguments.motlan), files):
            outcomes.append(outcome)
            print(line(outcome, arguments.folder), flush=True)
    print(f"\n{table(outcomes)}")


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--motlan", type=Path, required=True, help="the built program")
    parser.add_argument("--at-a-time", type=int, default=1, metavar="N", help="files at a time (default 1: pages of a file are read on all processors)")
    parser.add_argument("folder", type=Path, help="folder of PDFs and pictures")
    return parser.parse_args()


def outcome_of(file: Path, binary: Path) -> Outcome:
    ran = programs.run([binary, "read", "--json", file])
    try:
        pages = json.loads(ran.output)["pages"]
    except json.JSONDecodeError:
        is_slow = ran.wall_s >= programs.LIMIT_S
        return Outcome(file, "too slow" if is_slow else "refused", [] if is_slow else [ran.failure or "nothing was said"], ran.wall_s)
    state = max((page["state"] for page in pages), key=STATES.index)
    reasons = sorted({reason for page in pages for reason in page["reasons"]})
    done = [page for page in pages if page["state"] == "done"]
    doubts = {page["number"]: drawn.doubts(file, page) for page in done}
    return Outcome(file, state, reasons, ran.wall_s, {number: said for number, said in doubts.items() if said}, len(done))


def line(outcome: Outcome, folder: Path) -> str:
    doubts = "; ".join(f"page {number}: {', '.join(said)}" for number, said in outcome.doubts.items())
    told = [outcome.state, f"{outcome.wall_s:.1f} s", str(outcome.file.relative_to(folder)), ", ".join(outcome.reasons)]
    return "\t".join([*told, *(["DOUBT " + doubts] if doubts else [])])


def table(outcomes: list[Outcome]) -> str:
    states = Counter(outcome.state for outcome in outcomes)
    reasons = Counter(reason for outcome in outcomes if outcome.state in STATES[1:3] for reason in outcome.reasons)
    pages, doubted = sum(outcome.pages_done for outcome in outcomes), sum(len(outcome.doubts) for outcome in outcomes)
    rows = [*((state, states[state]) for state in STATES), *((f"– {reason}", count) for reason, count in reasons.most_common())]
    told = "\n".join(f"| {what} | {count} |" for what, count in rows)
    return f"| what became of the files | files |\n|---|---|\n{told}\n\n{len(outcomes)} files; {pages} pages called done, {doubted} of them doubted by others"


if __name__ == "__main__":
    main()
