"""The programs that are compared: how each is called, and what a call costs.

Every program reads the same scan: the file itself, or, for `tesseract`, which takes pictures only, the scanned pages of a PDF drawn
beforehand at their own resolution (not counted as its work).
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

KINDS = {".pdf", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp"}
# One thread inside Tesseract, for all: with OpenMP's default it spends several times the CPU.
ONE_THREAD = {**os.environ, "OMP_THREAD_LIMIT": "1"}
# Far above the slowest page seen (25 s); what hangs longer is counted as not read.
LIMIT_S = 300

MOTLAN = "motlan"
TESSERACT = "tesseract"
OCRMYPDF = "ocrmypdf"
STRAIGHTENED = "ocrmypdf --deskew --rotate-pages"
PROGRAMS = [MOTLAN, TESSERACT, OCRMYPDF, STRAIGHTENED]
# Both ways of calling ocrmypdf, with the options in which they differ.
OCRMYPDF_WAYS = {OCRMYPDF: [], STRAIGHTENED: ["--deskew", "--rotate-pages"]}
# One job, so that its CPU is its own and not that of waiting threads.
OCRMYPDF_OPTIONS = ["--quiet", "--language", "vie", "--jobs", "1"]


@dataclass
class Run:
    """One call of a program."""

    output: str
    # User and system seconds of the process and of all that it started and waited for.
    cpu_s: float
    wall_s: float
    # Its last words on standard error, when it failed.
    failure: str | None = None


@dataclass
class Scan:
    """A file, and its scanned pages as pictures for programs that take nothing else."""

    file: Path
    rasters: list[Path]
    dpi: int


def run(command: list) -> Run:
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        started = time.monotonic()
        process = subprocess.Popen(command, env=ONE_THREAD, stdin=subprocess.DEVNULL, stdout=output, stderr=errors, start_new_session=True)
        clock = threading.Timer(LIMIT_S, os.killpg, (process.pid, signal.SIGKILL))
        clock.start()
        _, status, usage = os.wait4(process.pid, 0)
        clock.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        wall_s = time.monotonic() - started
        failure = None if process.returncode == 0 else last_line(text_of(errors)) or f"exit code {process.returncode}"
        return Run(text_of(output), usage.ru_utime + usage.ru_stime, wall_s, failure)


def text_of(file) -> str:
    file.seek(0)
    return file.read().decode("utf-8", "replace")


def last_line(text: str) -> str:
    return text.strip().rpartition("\n")[2]


def motlan(binary: Path, scan: Scan) -> tuple[Run, dict | None]:
    """The file as `motlan read --json` describes it; nothing when it was refused. A page that could not be read is no failure."""
    ran = run([binary, "read", "--json", scan.file])
    try:
        return ran, json.loads(ran.output)
    except json.JSONDecodeError:
        return ran, None


def tesseract(scan: Scan) -> Run:
    """Pages are separated by form feeds."""
    runs = [run(tesseract_command(raster)) for raster in scan.rasters]
    failures = [one.failure for one in runs if one.failure]
    return Run(
        "\f".join(one.output for one in runs), sum(one.cpu_s for one in runs), sum(one.wall_s for one in runs),
        failures[0] if failures else None)  # fmt: skip


def tesseract_command(raster: Path) -> list:
    return ["tesseract", raster, "stdout", "-l", "vie", "--psm", "3"]


def ocrmypdf(scan: Scan, way: str) -> Run:
    """Pages are separated by form feeds. A picture that does not say its resolution is told it."""
    with tempfile.TemporaryDirectory() as folder:
        sidecar = Path(folder) / "text.txt"
        resolution = [] if scan.file.suffix == ".pdf" else ["--image-dpi", str(scan.dpi)]
        ran = run([tool(OCRMYPDF), *OCRMYPDF_OPTIONS, *OCRMYPDF_WAYS[way], *resolution, "--sidecar", sidecar, scan.file, Path(folder) / "out.pdf"])
        ran.output = sidecar.read_text(encoding="utf-8") if sidecar.exists() else ""
        return ran


def tool(name: str) -> str | None:
    """A command of this Python's own environment, where set-up puts ocrmypdf, or else the system's."""
    beside = Path(sys.executable).parent / name
    return str(beside) if beside.exists() else shutil.which(name)


def versions(motlan_binary: Path) -> dict[str, str]:
    """What each program that is there says of itself."""
    commands = {MOTLAN: motlan_binary, TESSERACT: tool(TESSERACT), OCRMYPDF: tool(OCRMYPDF)}
    return {program: run([command, "--version"]).output.partition("\n")[0].split()[-1] for program, command in commands.items() if command}


def draw_pages(pdf: Path, dpi: int, pages: list[int], folder: Path) -> list[Path]:
    drawn = []
    for page in pages:
        target = folder / f"{pdf.stem}-{page}"
        options = ["-r", str(dpi), "-f", str(page), "-l", str(page), "-singlefile"]
        subprocess.run(["pdftoppm", *options, pdf, target], check=True, stderr=subprocess.DEVNULL)
        drawn.append(target.with_name(target.name + ".ppm"))
    return drawn
