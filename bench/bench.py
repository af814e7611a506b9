#!/usr/bin/env python3
"""What reading costs on this machine: `motlan read` beside the bare `tesseract` command and `ocrmypdf`, on the same pages, in one run.

For each file with scanned pages, in turn and several times over: `motlan read`, then `tesseract RASTER stdout -l vie --psm 3` for each
page, then, once and for some of the files because it is slow, `ocrmypdf` as it stands and with `--deskew --rotate-pages`. The rasters
are the file itself when it is a picture; the pages of a PDF are drawn beforehand at the resolution that motlan used, and the drawing is
not counted. Typed pages of a PDF need no OCR and are not counted for tesseract; files without a scanned page are left out, and so, for
ocrmypdf, are files that it refuses. Medians of CPU seconds (user + system, children included).
"""

import argparse
import concurrent.futures
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import programs
from goals import CPU_TIMES_TESSERACT_MAX, CPU_TIMES_UNDER_OCRMYPDF_MIN
from programs import KINDS, MOTLAN, OCRMYPDF, OCRMYPDF_WAYS, ONE_THREAD, STRAIGHTENED, TESSERACT, Run, Scan

# How often the memory of a process and its children is looked at, seconds.
MEMORY_STEP = 0.02
MEBIBYTE = 1024 * 1024

# The greatest share of their CPU that motlan should need.
GOALS = {TESSERACT: CPU_TIMES_TESSERACT_MAX, OCRMYPDF: None, STRAIGHTENED: 1 / CPU_TIMES_UNDER_OCRMYPDF_MIN}


@dataclass
class Page:
    number: int
    dpi: int
    scanned: bool


@dataclass
class Sample:
    file: Path
    pages: list[Page]
    rasters: list[Path] = field(default_factory=list)
    # CPU seconds of each run, by program.
    cpu: dict[str, list[float]] = field(default_factory=dict)

    def scanned(self) -> list[Page]:
        return [page for page in self.pages if page.scanned]

    def scan(self) -> Scan:
        return Scan(self.file, self.rasters, self.pages[0].dpi)

    def median(self, program: str) -> float | None:
        runs = self.cpu.get(program)
        return statistics.median(runs) if runs else None


def main() -> None:
    arguments = parse_arguments()
    if not shutil.which("tesseract") or not shutil.which("pdftoppm"):
        sys.exit("bench: tesseract and pdftoppm are missing: run ./setup.sh bench first")
    samples = find_samples(arguments)
    if not samples:
        sys.exit(f"bench: no sample with scanned pages under {' '.join(map(str, arguments.paths))}")
    with tempfile.TemporaryDirectory() as folder:
        for sample in samples:
            sample.rasters = rasters(sample, Path(folder))
        measure_cpu(arguments, samples)
        print_table(samples)
        print_ratios(samples)
        print_all_cores(arguments, samples)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--motlan", type=Path, required=True, help="the built program")
    parser.add_argument("--runs", type=int, default=3, help="runs of each program on each sample (default 3)")
    parser.add_argument("--ocrmypdf-every", type=int, default=3, metavar="N", help="let ocrmypdf read every Nth file, once; 0 for none (default 3)")
    parser.add_argument("paths", type=Path, nargs="+", help="files, or folders of files")
    return parser.parse_args()


# --- What is read ----------------------------------------------------------------------------------------------------


def find_samples(arguments: argparse.Namespace) -> list[Sample]:
    samples = []
    for file in (file for path in arguments.paths for file in files_of(path)):
        say(f"looking at {file.name}")
        pages = pages_of(arguments.motlan, file)
        if any(page.scanned for page in pages):
            samples.append(Sample(file, pages))
        else:
            print(f"left out, no scanned page: {file.name}")
    return samples


def files_of(path: Path) -> list[Path]:
    return [path] if path.is_file() else sorted(file for file in path.iterdir() if file.suffix.lower() in KINDS)


def pages_of(motlan: Path, file: Path) -> list[Page]:
    """What motlan says of each page; nothing when it cannot read the file."""
    _, described = programs.motlan(motlan, Scan(file, [], 0))
    return [Page(page["number"], page["dpi"], page["source"] == "scan") for page in (described or {}).get("pages", [])]


def rasters(sample: Sample, folder: Path) -> list[Path]:
    """What tesseract is given: the picture itself, or each scanned page of a PDF drawn as motlan draws it."""
    if sample.file.suffix.lower() != ".pdf":
        return [sample.file]
    return [drawn for page in sample.scanned() for drawn in programs.draw_pages(sample.file, page.dpi, [page.number], folder)]


# --- CPU -------------------------------------------------------------------------------------------------------------


def measure_cpu(arguments: argparse.Namespace, samples: list[Sample]) -> None:
    """Each program on each file, turn by turn, so that a busy minute of the machine falls on all of them."""
    for turn in range(arguments.runs):
        for index, sample in enumerate(samples):
            say(f"run {turn + 1} of {arguments.runs}: {sample.file.name}")
            once = turn == 0 and arguments.ocrmypdf_every and index % arguments.ocrmypdf_every == 0
            for program, run in runs_of(arguments.motlan, sample.scan(), once and bool(programs.tool(OCRMYPDF))):
                if run.failure is None:
                    sample.cpu.setdefault(program, []).append(run.cpu_s)


def runs_of(motlan: Path, scan: Scan, with_ocrmypdf: bool) -> Iterator[tuple[str, Run]]:
    yield MOTLAN, programs.run([motlan, "read", scan.file])
    yield TESSERACT, programs.tesseract(scan)
    if with_ocrmypdf:
        for way in OCRMYPDF_WAYS:
            yield way, programs.ocrmypdf(scan, way)


def print_table(samples: list[Sample]) -> None:
    width = max(len(sample.file.name) for sample in samples)
    print(f"\n{'CPU seconds':{width}}  pages  motlan  tesseract  ratio")
    for sample in samples:
        ours, theirs = sample.median(MOTLAN), sample.median(TESSERACT)
        figures = [f"{ours:6.2f}" if ours else "     –", f"{theirs:9.2f}" if theirs else "        –"]
        ratio = f"{ours / theirs:5.2f}" if ours and theirs else "    –"
        print(f"{sample.file.name:{width}}  {len(sample.scanned()):5}  {figures[0]}  {figures[1]}  {ratio}")


def print_ratios(samples: list[Sample]) -> None:
    print()
    for other, goal in GOALS.items():
        both = [sample for sample in samples if sample.median(MOTLAN) and sample.median(other)]
        if not both:
            print(f"against {other}: not installed, not asked, or it read nothing")
            continue
        pages = sum(len(sample.scanned()) for sample in both)
        ours = sum(sample.median(MOTLAN) for sample in both) / pages
        theirs = sum(sample.median(other) for sample in both) / pages
        verdict = "" if goal is None else f"; goal: at most {goal:.2f}, {'met' if ours / theirs <= goal else 'missed'}"
        print(f"against {other}: motlan {ours:.2f}, {other} {theirs:.2f} CPU seconds a page, ratio {ours / theirs:.2f} ({pages} pages of {len(both)} files){verdict}")


# --- All cores: pages a minute and memory ----------------------------------------------------------------------------


def print_all_cores(arguments: argparse.Namespace, samples: list[Sample]) -> None:
    cores = len(os.sched_getaffinity(0))
    pages = sum(len(sample.pages) for sample in samples)
    say(f"all {pages} pages on {cores} cores")
    wall, peak = watched([arguments.motlan, "read", *[sample.file for sample in samples]])
    print(f"motlan, {cores} cores: {60 * pages / wall:.0f} pages a minute; peak memory {peak / MEBIBYTE:.0f} MiB")

    scans = [sample.scan() for sample in samples]
    scanned = sum(len(sample.scanned()) for sample in samples)
    started = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(cores) as pool:
        list(pool.map(programs.tesseract, scans))
    wall = time.monotonic() - started
    _, peak = watched(programs.tesseract_command(scans[0].rasters[0]))
    print(f"tesseract, {cores} at a time: {60 * scanned / wall:.0f} pages a minute; one takes {peak / MEBIBYTE:.0f} MiB")
    print("(memory: resident sets of the process and its children added up, so pages that they share count more than once)")


def watched(command: list) -> tuple[float, int]:
    """Wall seconds, and the most bytes that the command and its children held at one moment."""
    started = time.monotonic()
    process = subprocess.Popen(command, env=ONE_THREAD, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak = [0]
    done = threading.Event()

    def look() -> None:
        while not done.wait(MEMORY_STEP):
            peak[0] = max(peak[0], tree_memory(process.pid))

    watcher = threading.Thread(target=look)
    watcher.start()
    process.wait()
    wall = time.monotonic() - started
    done.set()
    watcher.join()
    return wall, peak[0]


def tree_memory(root: int) -> int:
    """Resident bytes of a process and everything it started."""
    total, waiting = 0, [root]
    while waiting:
        pid = waiting.pop()
        try:
            total += int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
            for task in Path(f"/proc/{pid}/task").iterdir():
                waiting += map(int, (task / "children").read_text().split())
        except (OSError, IndexError):
            continue
    return total


def say(what: str) -> None:
    """One line of progress, written over the last one on a terminal and left out elsewhere."""
    if sys.stderr.isatty():
        print(f"\r\033[K{what}", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
