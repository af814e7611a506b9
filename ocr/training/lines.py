#!/usr/bin/env python3
"""Makes training lines: `.lstmf` files of a picture and its text each, as `lstmtraining` reads them.

    python lines.py --fonts DIR … --words words.txt --seed 1 --files 80 --out lines/
    python lines.py --fonts DIR … --words words.txt --seed 2 --files 1 --held-out --out test/      # in faces never trained on
"""

import argparse
import io
import struct
from pathlib import Path
from random import Random

from PIL import Image

import faces
from draw import Drawer
from texts import Writer

LINES_A_FILE = 250
# Tesseract keeps places in 16 bits, and lines much longer than a page is wide teach nothing.
WIDTH_MAX = 4000


def main() -> None:
    asked = arguments()
    asked.out.mkdir(parents=True, exist_ok=True)
    words = asked.words.read_text(encoding="utf-8").split()
    found = faces.find(asked.fonts, asked.held_out)
    by_sort: dict[str, dict[str, list[faces.Face]]] = {}
    for face in found:
        by_sort.setdefault(face.sort, {}).setdefault(face.family, []).append(face)
    print({sort: len(families) for sort, families in by_sort.items()}, "families", flush=True)
    for number in range(asked.files):
        rng = Random(f"{asked.seed} {number}")
        writer = Writer(rng, words)
        drawer = Drawer(rng, by_sort, writer)
        document = [page(*made(drawer, writer)) for _ in range(LINES_A_FILE)]
        (asked.out / f"{asked.seed}-{number:04d}.lstmf").write_bytes(struct.pack("<I", len(document)) + b"".join(document))
    (asked.out / "list.txt").write_text("".join(f"{path.resolve()}\n" for path in sorted(asked.out.glob("*.lstmf"))), encoding="utf-8")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Makes training lines for lstmtraining.")
    parser.add_argument("--fonts", type=Path, nargs="+", required=True, help="folders of font files")
    parser.add_argument("--words", type=Path, required=True, help="the model's own words, one a line (dawg2wordlist)")
    parser.add_argument("--seed", required=True)
    parser.add_argument("--files", type=int, required=True, help=f"files of {LINES_A_FILE} lines")
    parser.add_argument("--held-out", action="store_true", help="in the faces that are never trained on")
    parser.add_argument("--out", type=Path, required=True)
    return parser.parse_args()


def made(drawer: Drawer, writer: Writer) -> tuple[Image.Image, str]:
    while True:
        text = writer.line()
        if not text.strip():
            continue
        picture = drawer.line(text)
        if picture.width <= WIDTH_MAX and picture.height >= 12:
            return picture, text


def page(picture: Image.Image, text: str) -> bytes:
    """One line as Tesseract's ImageData writes itself: name, page, picture, language, text, boxes, texts of boxes, direction."""
    held = io.BytesIO()
    picture.save(held, "PNG", compress_level=1)
    letters = sized(text.encode())
    return struct.pack("<B", 1) + sized(b"") + struct.pack("<i", 0) + sized(held.getvalue()) + sized(b"vie") + letters + struct.pack("<I", 0) + struct.pack("<I", 1) + letters + struct.pack("<b", 0)


def sized(content: bytes) -> bytes:
    return struct.pack("<I", len(content)) + content


if __name__ == "__main__":
    main()
