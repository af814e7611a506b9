#!/usr/bin/env python3
"""How well scans are read: motlan beside plain `tesseract` and `ocrmypdf`, on the same pages, in one run.

Reads every scan of the folders that has its truth beside it (`truth.py`), program after program, and prints Markdown: for each level
a table of letters, words, fields and CPU (`docs/measuring.md` says how they are counted), the pages made in pairs, the
fields by document type and key, the worst pages line by line, and every goal as met or missed.
"""

import argparse
import concurrent.futures
import os
import shutil
import sys
import tempfile
import threading
from pathlib import Path

import programs
import report
import worst
from goals import goals
from pairs import pairs_of
from programs import MOTLAN, OCRMYPDF, STRAIGHTENED, TESSERACT, tool
from reading import Result, read
from record import write_json
from truth import SAMPLES, Case, find_cases, seed_note

# Pages of a pair are read to compare motlan with itself.
PAIRS = "pairs"
# ocrmypdf without its corrections is asked for every so many of the scans that ocrmypdf reads.
PLAIN_EVERY = 2
LINES_OF_A_PAGE_MAX = 12


def main() -> None:
    arguments = parse_arguments()
    cases = find_cases(arguments.folders)
    if not cases:
        sys.exit(f"eval: no NAME.expected.json under {' '.join(map(str, arguments.folders))}")
    wanted = choose_programs(cases, arguments.ocrmypdf_every)
    results = read_all(cases, wanted, arguments.motlan)
    versions = programs.versions(arguments.motlan)
    print(f"\n{', '.join(f'{program} {version}' for program, version in versions.items())}")
    print_report(results, arguments.worst)
    if arguments.json:
        write_json(results, versions, arguments.json)
        print(f"every figure: {arguments.json}")
    if arguments.crops:
        worst.write_crops(results, arguments.worst, arguments.crops)
        print(f"the worst places: {arguments.crops / 'worst.md'}")
    print_verdict(results)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--motlan", type=Path, required=True, help="the built program")
    parser.add_argument("--ocrmypdf-every", type=int, default=4, metavar="N", help="let ocrmypdf read every Nth scan; 0 for none (default 4: it is slow)")
    parser.add_argument("--worst", type=int, default=5, metavar="N", help="how many of the worst pages and fields are shown (default 5)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="every figure of every file, for other programs")
    parser.add_argument("--crops", type=Path, metavar="FOLDER", help="pictures of the worst pages and fields, with worst.md")
    parser.add_argument("folders", type=Path, nargs="+", help="folders of scans with their truth")
    return parser.parse_args()


# --- Reading ---------------------------------------------------------------------------------------------------------


def choose_programs(cases: list[Case], ocrmypdf_every: int) -> list[set[str]]:
    """Which programs read each scan beside motlan. Every Nth is counted within a level."""
    available = {TESSERACT} if shutil.which("tesseract") and shutil.which("pdftoppm") else set()
    ocrmypdf = bool(tool(OCRMYPDF)) and ocrmypdf_every > 0
    seen: dict[str, int] = {}
    wanted = []
    for case in cases:
        place = seen[case.level] = seen.get(case.level, -1) + 1
        others = set() if case.level == PAIRS else set(available)
        if ocrmypdf and others and place % ocrmypdf_every == 0:
            others.add(STRAIGHTENED)
            if place % (ocrmypdf_every * PLAIN_EVERY) == 0:
                others.add(OCRMYPDF)
        wanted.append(others)
    return wanted


def read_all(cases: list[Case], wanted: list[set[str]], binary: Path) -> list[Result]:
    """As many scans at a time as there are processors; each process is charged for its own CPU."""
    told = Progress(len(cases))
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:

        def one(case: Case, others: set[str]) -> Result:
            result = read(case, binary, others, Path(folder))
            told.step(f"{case.name}: CER {100 * result.readings[MOTLAN].total.cer:.2f} %")
            return result

        return list(pool.map(one, cases, wanted))


class Progress:
    """A line a scan on standard error; on a terminal one is written over the last."""

    def __init__(self, all_of_them: int) -> None:
        self.count, self.all_of_them, self.lock = 0, all_of_them, threading.Lock()
        self.end = "" if sys.stderr.isatty() else "\n"

    def step(self, what: str) -> None:
        with self.lock:
            self.count += 1
            start = "\r\033[K" if not self.end else ""
            print(f"{start}eval: {self.count}/{self.all_of_them} {what}", end=self.end, file=sys.stderr, flush=True)


# --- Telling ---------------------------------------------------------------------------------------------------------


def print_report(results: list[Result], worst_count: int) -> None:
    generated = [result for result in results if result.case.level not in (SAMPLES, PAIRS)]
    levels = list(dict.fromkeys(result.case.level for result in results if result.case.level != PAIRS))
    print()
    for level in levels:
        print(report.level_tables(level, [result for result in results if result.case.level == level]), end="\n\n")
    if samples := [result for result in results if result.case.level == SAMPLES]:
        print(f"### samples, file by file\n\n{report.files_table(samples)}\n")
    if pairs := pairs_of(results):
        print(f"## pairs\n\n{report.pairs_tables(pairs)}\n")
    if told := generated or results:
        print(f"## document types\n\n{report.types_table(told)}\n\n## fields, worst first\n\n{report.keys_table(told)}\n")
        print(f"## worst pages\n{worst.pages_report(told, worst_count, LINES_OF_A_PAGE_MAX)}\n")
        print(f"## wrong fields on the best read pages\n\n{worst.fields_report(told, worst_count)}\n")
    print(f"## goals\n\n{report.goals_table(goals(generated, pairs_of(results)))}\n")


def print_verdict(results: list[Result]) -> None:
    generated = [result for result in results if result.case.level not in (SAMPLES, PAIRS)]
    counted = [goal for goal in goals(generated, pairs_of(results)) if goal.met is not None]
    met = sum(goal.met for goal in counted)
    print(seed_note({result.case.seed for result in results if result.case.seed is not None}))
    print(f"eval: {met} of {len(counted)} goals met")


if __name__ == "__main__":
    main()
