#!/usr/bin/env python3
"""Makes invented administrative pages with their expected text and fields, as many as asked for.

    python samples/generate/pages.py --seed 1 --count 40 --level all --out /tmp/pages
    python samples/generate/pages.py --seed 1 --count 8 --pairs --out /tmp/pairs

Writes OUT/LEVEL/NAME.{jpg,png,pdf}, NAME.expected.txt and NAME.expected.json. The same seed, fonts and library versions give the same bytes.
"""

import argparse
import io
import json
import tempfile
import zlib
from dataclasses import replace
from pathlib import Path
from random import Random

from PIL import Image
from reportlab import rl_config
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen import canvas

from invented.browser import Laid, draw, lay_out
from invented.catalogue import LAYOUTS
from invented.levels import LEVELS, THIN_PAPER, Treatment, over_text, ordinary, treated, treatment
from invented.paper import Paper
from check import check_expectation

rl_config.useA85 = 0
PAIR_KINDS = ("seal", "rotation", "skew", "thin_paper", "folds")


def main() -> None:
    asked = arguments()
    levels = PAIR_KINDS if asked.pairs else LEVELS if asked.level == "all" else (asked.level,)
    jobs = [(level, number) for level in levels for number in range(asked.count)]
    papers = [invent(asked.seed, level, number) for level, number in jobs]
    with tempfile.TemporaryDirectory() as held:
        laid, pdf = lay_out(papers, Path(held))
        for index, ((level, number), sheet) in enumerate(zip(jobs, laid, strict=True)):
            make = write_pair if asked.pairs else write_page
            make(asked, level, number, sheet, lambda dpi, index=index: draw(pdf, index, dpi))
    print(f"{len(jobs)} {'pairs' if asked.pairs else 'pages'} in {asked.out}")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Makes invented Vietnamese administrative pages with their expected text and fields.")
    parser.add_argument("--seed", type=int, required=True, help="other seeds give other pages")
    parser.add_argument("--count", type=int, required=True, help="pages of each level; with --pairs, pages of each question")
    parser.add_argument("--level", choices=[*LEVELS, "all"], default="all")
    parser.add_argument("--out", type=Path, required=True, help="folder, made when it is missing")
    parser.add_argument("--pairs", action="store_true", help="the same page with and without a seal, turned, skewed, on thin paper and folded, instead of levels")
    return parser.parse_args()


def invent(seed: int, level: str, number: int) -> Paper:
    """The paper of that number. Layouts take turns, each seed and level in an order of its own."""
    order = list(LAYOUTS)
    Random(f"{seed} {level} {number // len(order)}").shuffle(order)
    return order[number % len(order)](Random(f"{seed} {level} {number}"))


def write_page(asked: argparse.Namespace, level: str, number: int, sheet: Laid, rendered) -> None:
    name = f"{number + 1:03d}-{sheet.paper.layout}"
    rng = Random(f"{asked.seed} {level} {number} scan")
    how = treatment(level, sheet, rng)
    picture = treated(sheet, rendered(how.dpi), how, zlib.crc32(f"{asked.seed} {level} {name}".encode()))
    kind = "jpg" if how.how.perspective else rng.choice(["png", "png", "pdf"] if level == "clean" else ["jpg", "jpg", "jpg", "pdf"])
    save(asked.out / level, name, kind, picture, how)
    tell(asked.out / level, name, sheet, how, {"seed": asked.seed, "level": level})


def write_pair(asked: argparse.Namespace, question: str, number: int, sheet: Laid, rendered) -> None:
    """The variants of one page differ in the thing asked about and in nothing else."""
    pair = f"{question}-{number + 1:03d}-{sheet.paper.layout}"
    rng = Random(f"{asked.seed} {pair}")
    base = ordinary(rng.choice([200, 300]), rng)
    base = replace(base, how=replace(base.how, skew=0.0))
    clean = rendered(base.dpi)
    kind = "png" if question == "rotation" else "jpg"  # the squares of JPEG would lie elsewhere on a turned page
    for variant, how in variants(question, base, sheet, rng).items():
        name = f"{pair}-{variant}"
        save(asked.out / question, name, kind, treated(sheet, clean, how, zlib.crc32(pair.encode())), how)
        tell(asked.out / question, name, sheet, how, {"seed": asked.seed, "level": "pairs", "pair": pair, "variant": variant})


def variants(question: str, base: Treatment, sheet: Laid, rng: Random) -> dict[str, Treatment]:
    if question == "seal":
        return {"bare": base, "sealed": replace(base, stamps=(over_text(sheet, rng),))}
    if question == "rotation":
        return {str(turn): replace(base, how=replace(base.how, rotation=turn)) for turn in (0, 90, 180, 270)}
    if question == "thin_paper":
        thick = replace(base, how=replace(base.how, bleed_through=0))
        return {"thick": thick, "thin": replace(thick, how=replace(thick.how, thin_paper=round(rng.uniform(*THIN_PAPER), 2)))}
    if question == "folds":
        return {"flat": base, "worn": replace(base, how=replace(base.how, folds=1)), "dirty": replace(base, how=replace(base.how, dirty_folds=1))}
    return {"straight": base, "skewed": replace(base, how=replace(base.how, skew=rng.choice([-1.0, 1.0])))}


def save(folder: Path, name: str, kind: str, picture: Image.Image, how: Treatment) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.{kind}"
    scale = {} if how.how.perspective else {"dpi": (how.dpi, how.dpi)}  # a phone knows no scale
    if kind == "png":
        picture.save(path, compress_level=3, **scale)
    elif kind == "jpg":
        picture.save(path, quality=how.quality, **scale)
    else:
        path.write_bytes(scanned_pdf(picture, how))


def scanned_pdf(picture: Image.Image, how: Treatment) -> bytes:
    """One JPEG at full size and no text, as scanners write it."""
    jpeg, held = io.BytesIO(), io.BytesIO()
    picture.save(jpeg, "JPEG", quality=how.quality or 95, dpi=(how.dpi, how.dpi))
    size = picture.width * 72 / how.dpi, picture.height * 72 / how.dpi
    pdf = canvas.Canvas(held, pagesize=size, invariant=1)
    jpeg.seek(0)
    pdf.drawImage(ImageReader(jpeg), 0, 0, *size)
    pdf.showPage()
    pdf.save()
    return held.getvalue()


def tell(folder: Path, name: str, sheet: Laid, how: Treatment, more: dict) -> None:
    paper = sheet.paper
    (folder / f"{name}.expected.txt").write_text(sheet.text, encoding="utf-8")
    told = {"document_type": paper.document_type, "pages": 1, "kind": paper.kind, "dpi": how.dpi, "faults": how.faults(), "hard": list(how.hard),
            "text_class": "running" if paper.kind == "prose" else "form", **more, "layout": paper.layout, "leader": paper.style.leader, "fill": paper.style.fill,
            "font": paper.style.face.name, "fill_font": paper.style.fill_face.name, "fields": paper.fields}
    path = folder / f"{name}.expected.json"
    path.write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    check_expectation(path)


if __name__ == "__main__":
    main()
