#!/usr/bin/env python3
"""How often is a rescan of a held paper offered, and how often another paper?

    python bench/near.py --motlan target/release/motlan --count 40 --out /tmp/near

Invents papers (samples/generate), each four times: `held`, an ordinary scan; `again`, the same sheet on another scanner; `hard`, the same
sheet badly scanned; `twin`, another paper of the same layout and people with its own number and day. Of each the held one is confirmed with
what is printed, then the other three are sent to a running program, which is asked what it takes them for.
"""

import argparse
import http.client
import json
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import zlib
from contextlib import closing
from datetime import date
from pathlib import Path
from random import Random

from alike import differing, picture_signs
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "samples" / "generate"))

from invented import people, places  # noqa: E402
from invented import paper as papers  # noqa: E402
from invented.browser import draw, lay_out  # noqa: E402
from invented.catalogue import LAYOUTS  # noqa: E402
from invented.levels import treated, treatment  # noqa: E402
from pages import save  # noqa: E402

BORN_BEFORE = date(2024, 6, 1)  # ages count from here, so that twins have the same people whatever their day
SCANS = {"held": ("300", "one"), "again": ("200", "one"), "hard": ("hard", "one"), "twin": ("300", "other")}
READ_SECONDS_MAX = 300
# A procedure of the samples, and its component for an application, which no held paper ever answers.
PROCEDURE, COMPONENT = "1.000894", "to-khai"
# What an officer enters of each paper.
TELLING = ("registration_number", "book_number", "book_entry_number", "serial_number", "change_number", "registered_on", "changed_on", "valid_until", "death_date")
NEEDED = ("number", "issued_on", "agency", "full_name", "birth_date", "citizen_id", "husband_name", "wife_name", "marital_status", "serial_number", "parcel_number",
          "enterprise_code", "enterprise_name", "criminal_record", "subject_matter", "insurance_number", "death_date")


def main() -> None:
    asked = arguments()
    if not (asked.out / "made").exists():
        make(asked)
    if asked.motlan:
        measure(asked)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--motlan", type=Path, help="the program; without it pages are only made")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=40, help="papers, each with its twin")
    parser.add_argument("--out", type=Path, required=True, help="folder of the pages; those of a run before are used again")
    return parser.parse_args()


# --- Pages ---------------------------------------------------------------------------------------------------------------


def make(asked: argparse.Namespace) -> None:
    order = list(LAYOUTS)
    Random(asked.seed).shuffle(order)
    names = [(number, which) for number in range(asked.count) for which in ("one", "other")]
    invented = [invent(order[number % len(order)], f"{asked.seed} {number}", which) for number, which in names]
    with tempfile.TemporaryDirectory() as held:
        laid, pdf = lay_out(invented, Path(held))
        for (number, which), index in zip(names, range(len(names)), strict=True):
            sheet = laid[index]
            for scan, (level, of) in SCANS.items():
                if of == which:
                    name = f"{number + 1:03d}-{sheet.paper.layout}-{scan}"
                    how = treatment(level, sheet, Random(f"{asked.seed} {name}"))
                    picture = treated(sheet, draw(pdf, index, how.dpi), how, zlib.crc32(f"{asked.seed} {name}".encode()))
                    save(asked.out, name, "jpg", picture, how)
                    told = {"document_type": sheet.paper.document_type, "fields": sheet.paper.fields}
                    (asked.out / f"{name}.json").write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
    (asked.out / "made").touch()


def invent(layout, seed: str, which: str):
    """People, places and type are those of the seed, numbers and days those of this paper."""
    kept = {name: Random(f"{seed} {name}") for name in ("person", "style", "place")}
    stand_ins = {
        "person": lambda _rng, _on, *more, **named: people.person(kept["person"], BORN_BEFORE, *more, **named),
        "any_style": lambda _rng, *more, **named: papers.any_style(kept["style"], *more, **named),
        "place": lambda _rng, *more, **named: places.place(kept["place"], *more, **named),
    }
    modules = [module for name, module in sys.modules.items() if name.startswith("invented.layouts.")]
    before = [(module, name, getattr(module, name)) for module in modules for name in stand_ins if hasattr(module, name)]
    for module, name, _ in before:
        setattr(module, name, stand_ins[name])
    try:
        return layout(Random(f"{seed} {which}"))
    finally:
        for module, name, own in before:
            setattr(module, name, own)


# --- Measuring -----------------------------------------------------------------------------------------------------------


def measure(asked: argparse.Namespace) -> None:
    names = sorted(path.name.removesuffix("-held.jpg") for path in asked.out.glob("*-held.jpg"))
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        with Program(asked.motlan, data) as program:
            families = [family(program, asked.out, name, number) for number, name in enumerate(names)]
        with closing(sqlite3.connect(data / "motlan.sqlite")) as database:
            signs = picture_signs(database)
    for scan in ("again", "hard", "twin"):
        offered = [told for told in families if told[scan]["offers"]]
        print(f"\n{scan}: {len(offered)} of {len(families)} offered")
        for told in families:
            if bool(told[scan]["offers"]) == (scan == "twin"):
                print(f"  {told['name']}, read as {told[scan]['type']}: {told[scan]['offers'] or 'nothing offered'}")
        bits = differing(signs, ((told["held"]["id"], told[scan]["id"]) for told in families))
        print("  signs of the picture that differ, and how often:", dict(sorted(bits.items())))


def family(program: "Program", out: Path, name: str, number: int) -> dict:
    """Sends all scans of one paper and its twin for one dossier; the held one is confirmed with what is printed."""
    told = json.loads((out / f"{name}-held.json").read_text(encoding="utf-8"))
    subject = {"kind": "citizen", "number": f"001099{number:06d}", "name": f"Nguyễn Văn Thử {number}"}
    dossier = program.ask("POST", "/api/v1/dossiers", {"procedure": PROCEDURE, "reason": "Nợ giấy", "received_on": "2026-11-02", "subject": subject})["id"]
    answers = {"name": name}
    for scan in SCANS:
        identity = program.upload((out / f"{name}-{scan}.jpg").read_bytes(), f"{name}-{scan}.jpg", dossier)
        if scan == "held":
            program.ask("POST", f"/api/v1/documents/{identity}/confirm", confirmation(told, subject))
        offers = program.ask("GET", f"/api/v1/documents/{identity}/near-duplicates")
        read = program.ask("GET", f"/api/v1/documents/{identity}")["document"]
        answers[scan] = {"id": identity, "type": read["document_type"], "offers": [offer["reason"] for offer in offers]}
    return answers


def confirmation(told: dict, subject: dict) -> dict:
    """Every printed field that tells papers apart; of what is needed and not printed it is said that it is absent."""
    printed = {key: told["fields"].get(key, "") for key in (*TELLING, *NEEDED)}
    fields = [{"key": key, "value": value, "reason": "Đã đối chiếu"} for key, value in printed.items() if value or key in NEEDED]
    return {"document_type": told["document_type"], "title": told["document_type"], "subject": subject, "fields": fields, "provenance": {"marked": True}}


class Program:
    """A running motlan with the sample procedures."""

    def __init__(self, program: Path, data: Path):
        self.program, self.data = program, data

    def __enter__(self) -> "Program":
        with tempfile.TemporaryDirectory() as scans:
            shutil.copy(ROOT / "samples/procedures.toml", scans)
            Image.new("L", (200, 100), 255).save(Path(scans) / "blank.png")
            subprocess.run([self.program, "--data", self.data, "import", scans], check=True, capture_output=True)
        self.log = (self.data.parent / "log").open("wb")
        command = [self.program, "--data", self.data, "serve", "--demonstration", "--listen", "127.0.0.1:0"]
        self.child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.log, text=True)
        line = next(line for line in self.child.stdout if "http://" in line)
        self.address = re.search(r"http://([\d.:]+)", line)[1]
        return self

    def __exit__(self, *_) -> None:
        self.child.terminate()
        self.child.wait()
        self.child.stdout.close()
        self.log.close()

    def ask(self, method: str, path: str, body: dict | None = None):
        return self.send(method, path, json.dumps(body).encode() if body else b"", "application/json")

    def send(self, method: str, path: str, body: bytes, kind: str):
        with closing(http.client.HTTPConnection(self.address, timeout=READ_SECONDS_MAX)) as connection:
            connection.request(method, path, body, {"Content-Type": kind})
            answer = connection.getresponse()
            told = json.loads(answer.read())
        if answer.status >= 400:
            raise SystemExit(f"{method} {path}: {answer.status} {told}")
        return told

    def upload(self, scan: bytes, name: str, dossier: str) -> str:
        """Sends a scan for the component that no held paper answers, and waits until it is read."""
        part = "--b\r\nContent-Disposition: form-data; name=\"{}\"{}\r\n\r\n"
        head = part.format("dossier", "") + dossier + "\r\n" + part.format("component", "") + COMPONENT + "\r\n"
        body = (head + part.format("file", f'; filename="{name}"')).encode() + scan + b"\r\n--b--\r\n"
        identity = self.send("POST", "/api/v1/documents", body, "multipart/form-data; boundary=b")["id"]
        begun = time.monotonic()
        while self.ask("GET", f"/api/v1/documents/{identity}")["document"]["state"] == "received":
            if time.monotonic() - begun > READ_SECONDS_MAX:
                raise SystemExit(f"{name} was not read in {READ_SECONDS_MAX} s")
            time.sleep(0.2)
        return identity


if __name__ == "__main__":
    main()
