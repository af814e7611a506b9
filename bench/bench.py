#!/usr/bin/env python3
"""What reading costs on this machine: `motlan read` beside the bare `tesseract` command, on the same pages, in one run.

For each sample with scanned pages, in turn and several times over: `motlan read FILE`, then `tesseract RASTER stdout -l vie
--psm 3` for each scanned page, then `ocrmypdf` when it is installed. The rasters are the sample itself when it is an image; the
scanned pages of a PDF are drawn beforehand at the resolution that motlan used, and the drawing is not counted. Typed pages of a
PDF need no OCR and are not counted for tesseract; files without a scanned page are left out. Medians of CPU seconds (user +
system, children included).

Only Python's standard library, so that it runs on a fresh machine.
"""

import argparse
import concurrent.futures
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

KINDS = {".pdf", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp"}
# How often the memory of a process and its children is looked at, seconds.
MEMORY_STEP = 0.02
# One thread inside Tesseract, for both: with OpenMP's default it spends several times the CPU.
ONE_THREAD = {**os.environ, "OMP_THREAD_LIMIT": "1"}
MEBIBYTE = 1024 * 1024


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
        measure_cpu(arguments, samples, Path(folder))
        print_table(samples)
        print_ratios(samples)
        print_all_cores(arguments, samples)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--motlan", type=Path, required=True, help="the built program")
    parser.add_argument("--runs", type=int, default=3, help="runs of each program on each sample (default 3)")
    parser.add_argument("paths", type=Path, nargs="+", help="files, or folders of files")
    return parser.parse_args()


# --- What is read ----------------------------------------------------------------------------------------------------


def find_samples(arguments: argparse.Namespace) -> list[Sample]:
    files: list[Path] = []
    for path in arguments.paths:
        files += [path] if path.is_file() else sorted(file for file in path.iterdir() if file.suffix.lower() in KINDS)
    samples = []
    for file in files:
        say(f"looking at {file.name}")
        pages = pages_of(arguments.motlan, file)
        if any(page.scanned for page in pages):
            samples.append(Sample(file, pages))
        else:
            print(f"left out, no scanned page: {file.name}")
    return samples


def pages_of(motlan: Path, file: Path) -> list[Page]:
    """What motlan says of each page; nothing when it cannot read the file."""
    answer = subprocess.run([motlan, "--json", "read", file], env=ONE_THREAD, capture_output=True, text=True)
    try:
        described = json.loads(answer.stdout)
    except json.JSONDecodeError:
        return []
    return [Page(page["number"], page["dpi"], page["source"] == "scan") for page in page_objects(described)]


def page_objects(value) -> list[dict]:
    """The pages of an answer, whatever it is wrapped in."""
    if isinstance(value, list):
        return [page for item in value for page in page_objects(item)]
    if not isinstance(value, dict):
        return []
    if "source" in value and "dpi" in value:
        return [value]
    return [page for item in value.values() for page in page_objects(item)]


def rasters(sample: Sample, folder: Path) -> list[Path]:
    """What tesseract is given: the image itself, or each scanned page of a PDF drawn as motlan draws it."""
    if sample.file.suffix.lower() != ".pdf":
        return [sample.file]
    drawn = []
    for page in sample.scanned():
        target = folder / f"{sample.file.stem}-{page.number}"
        options = ["-r", str(page.dpi), "-f", str(page.number), "-l", str(page.number), "-singlefile"]
        subprocess.run(["pdftoppm", *options, sample.file, target], check=True, stderr=subprocess.DEVNULL)
        drawn.append(target.with_name(target.name + ".ppm"))
    return drawn


# --- CPU -------------------------------------------------------------------------------------------------------------


def measure_cpu(arguments: argparse.Namespace, samples: list[Sample], folder: Path) -> None:
    """Each program on each sample, turn by turn, so that a busy minute of the machine falls on all of them."""
    programs = {"motlan": motlan_commands, "tesseract": tesseract_commands}
    if shutil.which("ocrmypdf"):
        programs["ocrmypdf"] = ocrmypdf_commands
    for run in range(arguments.runs):
        for sample in samples:
            say(f"run {run + 1} of {arguments.runs}: {sample.file.name}")
            for program, commands in programs.items():
                seconds = [cpu_seconds(command) for command in commands(arguments, sample, folder)]
                if None not in seconds:
                    sample.cpu.setdefault(program, []).append(sum(seconds))


def motlan_commands(arguments: argparse.Namespace, sample: Sample, _folder: Path) -> list[list]:
    return [[arguments.motlan, "read", sample.file]]


def tesseract_commands(_arguments: argparse.Namespace, sample: Sample, _folder: Path) -> list[list]:
    return [["tesseract", raster, "stdout", "-l", "vie", "--psm", "3"] for raster in sample.rasters]


def ocrmypdf_commands(_arguments: argparse.Namespace, sample: Sample, folder: Path) -> list[list]:
    options = ["--quiet", "--force-ocr", "--optimize", "0", "--output-type", "pdf", "--language", "vie", "--jobs", "1"]
    resolution = ["--image-dpi", str(sample.pages[0].dpi)]
    return [["ocrmypdf", *options, *resolution, sample.file, folder / "ocrmypdf.pdf"]]


def cpu_seconds(command: list) -> float | None:
    """User and system seconds of a command with all its children; nothing when it fails."""
    process = subprocess.Popen(command, env=ONE_THREAD, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_utime + usage.ru_stime if process.returncode == 0 else None


def print_table(samples: list[Sample]) -> None:
    width = max(len(sample.file.name) for sample in samples)
    print(f"\n{'CPU seconds':{width}}  pages  motlan  tesseract  ratio")
    for sample in samples:
        ours, theirs = sample.median("motlan"), sample.median("tesseract")
        figures = [f"{ours:6.2f}" if ours else "     –", f"{theirs:9.2f}" if theirs else "        –"]
        ratio = f"{ours / theirs:5.2f}" if ours and theirs else "    –"
        print(f"{sample.file.name:{width}}  {len(sample.scanned()):5}  {figures[0]}  {figures[1]}  {ratio}")


def print_ratios(samples: list[Sample]) -> None:
    print()
    for other in ["tesseract", "ocrmypdf"]:
        both = [sample for sample in samples if sample.median("motlan") and sample.median(other)]
        if not both:
            print(f"against {other}: not installed, or it read no sample")
            continue
        pages = sum(len(sample.scanned()) for sample in both)
        ours = sum(sample.median("motlan") for sample in both) / pages
        theirs = sum(sample.median(other) for sample in both) / pages
        print(
            f"against {other}: motlan {ours:.2f}, {other} {theirs:.2f} CPU seconds a page, "
            f"ratio {ours / theirs:.2f} ({pages} pages of {len(both)} files)"
        )


# --- All cores: pages a minute and memory ----------------------------------------------------------------------------


def print_all_cores(arguments: argparse.Namespace, samples: list[Sample]) -> None:
    cores = len(os.sched_getaffinity(0))
    pages = sum(len(sample.pages) for sample in samples)
    say(f"all {pages} pages on {cores} cores")
    wall, peak = watched([arguments.motlan, "read", *[sample.file for sample in samples]])
    print(f"motlan, {cores} cores: {60 * pages / wall:.0f} pages a minute; peak memory {peak / MEBIBYTE:.0f} MiB")

    commands = [command for sample in samples for command in tesseract_commands(arguments, sample, Path())]
    scanned = sum(len(sample.scanned()) for sample in samples)
    started = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(cores) as pool:
        list(pool.map(cpu_seconds, commands))
    wall = time.monotonic() - started
    _, peak = watched(commands[0])
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
