"""Draws a line of text as a scanner shows it: one or two faces, what stands above and below it, and what befalls paper."""

import io
from dataclasses import dataclass
from random import Random

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from faces import Face

# Text is drawn larger and scaled down, so that its edges fall anywhere between pixels as in a scan.
OVERSAMPLE = 2
# Least, greatest and usual height of the letters (em) in pixels: 8 to 15 points at 200 and at 300 dpi.
EM_PX = ((22, 42, 34), (33, 64, 50))
# Around the box of a line Tesseract leaves as many pixels before it reads.
PADDING_PX = 4
WHITE = 255.0
# Shares of the sorts of printed faces.
SORTS = {"office": 0.34, "print": 0.44, "typewriter": 0.22}


@dataclass
class Run:
    """A piece of the line in one face."""

    text: str
    face: Face
    size: int
    lift: int = 0
    ink: int = 0


class Drawer:
    def __init__(self, rng: Random, faces: dict[str, dict[str, list[Face]]], writer) -> None:
        self.rng, self.faces, self.writer = rng, faces, writer
        self.noise = np.random.default_rng(rng.getrandbits(32))

    def line(self, text: str) -> Image.Image:
        """The picture of a line, cut out as Tesseract would cut it."""
        size = round(self.rng.triangular(*self.rng.choice(EM_PX))) * OVERSAMPLE
        runs = self.runs(text, size)
        ink, baseline, box = self.sheet(runs, size)
        ink = self.dirt(ink, baseline, box, size)
        small = self.slanted(ink).resize((ink.width // OVERSAMPLE, ink.height // OVERSAMPLE), Image.Resampling.BOX)
        scan = self.scanned(small, size / OVERSAMPLE)
        left, top, right, bottom = (edge / OVERSAMPLE for edge in box)
        stray = size / OVERSAMPLE * 0.06
        edges = [left - PADDING_PX - self.rng.uniform(-1, stray), top - PADDING_PX - self.rng.uniform(-1, stray), right + PADDING_PX + self.rng.uniform(-1, stray), bottom + PADDING_PX + self.rng.uniform(-1, stray)]
        return scan.crop((max(0, round(edges[0])), max(0, round(edges[1])), min(scan.width, round(edges[2])), min(scan.height, round(edges[3]))))

    def runs(self, text: str, size: int) -> list[Run]:
        """A label in print, its entry in another face as often as not."""
        rng = self.rng
        ink = rng.choice([0, 0, 0, 20, 40, 70])
        label, colon, value = text.partition(": ")
        if colon and rng.random() < 0.6:
            entry = self.face(value, hand=0.6)
            return [Run(label + ": ", self.face(label, hand=0), size, 0, ink), Run(value, entry, round(size * rng.uniform(0.9, 1.3)), round(rng.uniform(-0.04, 0.14) * size), rng.choice([0, 30, 60, 90]))]
        return [Run(text, self.face(text, hand=0.33), size, 0, ink)]

    def face(self, text: str, hand: float) -> Face:
        """A face that has every sign of the text; `hand`: how often one that looks like handwriting."""
        while True:
            sort = "hand" if self.rng.random() < hand else self.rng.choices(list(SORTS), list(SORTS.values()))[0]
            families = self.faces.get(sort) or self.faces["print"]
            face = self.rng.choice(families[self.rng.choice(sorted(families))])
            if all(letter == " " or face.file_of(letter) is not None for letter in text):
                return face

    def sheet(self, runs: list[Run], size: int):
        """Ink of the line, white on black, with neighbours above and below; the baseline, and the box that Tesseract would see."""
        rng = self.rng
        length = sum(width(run) for run in runs)
        margin = size
        sheet = Image.new("L", (round(length) + 2 * margin, 5 * size), 0)
        baseline = 3 * size
        left = margin
        for run in runs:
            write(sheet, left, baseline - run.lift, run)
            left += width(run)
        bounds = sheet.getbbox() or (margin, baseline - size, left, baseline)
        # A row reaches at least from the descenders to the ascenders, whether or not letters of this line do.
        usual = (baseline - round(size * rng.uniform(0.66, 0.76)), baseline + round(size * rng.uniform(0.16, 0.24)))
        box = (bounds[0], min(bounds[1], usual[0]), bounds[2], max(bounds[3], usual[1]))
        if rng.random() < 0.15:
            box = bounds
        if rng.random() < 0.6:
            pitch = size * rng.uniform(1.12, 1.7)
            for row in (-1, 1):
                neighbour = Run(self.writer.line()[:60], runs[0].face, size, 0, runs[0].ink)
                write(sheet, margin - rng.randint(0, 3 * size), baseline + round(row * pitch), neighbour)
        return sheet, baseline, box

    def dirt(self, ink: Image.Image, baseline: int, box, size: int) -> Image.Image:
        """Rules, remains of dots, dust, a seal's ring."""
        rng = self.rng
        pen = ImageDraw.Draw(ink)
        thick = max(OVERSAMPLE, round(size * rng.uniform(0.02, 0.06)))
        if rng.random() < 0.10:  # a rule below the line
            y = baseline + round(size * rng.uniform(0.08, 0.3))
            start = rng.randint(0, ink.width // 2)
            pen.line([start, y, rng.randint(start, ink.width), y], fill=rng.randint(90, 255), width=thick)
        if rng.random() < 0.06:  # remains of dotted leaders
            y, x = baseline + round(size * rng.uniform(0.05, 0.22)), rng.randint(0, ink.width)
            for _ in range(rng.randint(1, 6)):
                pen.ellipse([x, y, x + thick, y + thick], fill=rng.randint(90, 200))
                x += round(size * rng.uniform(0.15, 0.4))
        if rng.random() < 0.06:  # the side of a cell
            x = rng.choice([box[0] - rng.randint(3, 12) * OVERSAMPLE, box[2] + rng.randint(3, 12) * OVERSAMPLE])
            pen.line([x, 0, x, ink.height], fill=rng.randint(120, 255), width=thick)
        if rng.random() < 0.25:
            for _ in range(rng.randint(1, 12)):
                x, y = rng.randint(0, ink.width), rng.randint(box[1], box[3])
                grain = rng.randint(1, 2) * OVERSAMPLE
                pen.ellipse([x, y, x + grain, y + grain], fill=rng.randint(60, 255))
        if rng.random() < 0.10:  # a seal's ring and its letters, weaker than print
            seal = Image.new("L", ink.size, 0)
            ring = ImageDraw.Draw(seal)
            radius, x, y = size * rng.uniform(3, 6), rng.randint(0, ink.width), baseline + size * rng.uniform(-4, 4)
            shade = rng.randint(60, 150)
            for scale in (1.0, 0.72):
                ring.ellipse([x - radius * scale, y - radius * scale, x + radius * scale, y + radius * scale], outline=shade, width=2 * thick)
            write(seal, x - radius * 0.5, round(y - radius * 0.1), Run(self.writer.name().upper(), self.face("", hand=0), round(size * 0.9), 0, 255 - shade))
            ink = Image.fromarray(np.maximum(np.asarray(ink), np.asarray(seal)))
        return ink

    def slanted(self, ink: Image.Image) -> Image.Image:
        """Skew and shear of a sheet that lay a little askew; strokes that are bolder or thinner than the face's."""
        rng = self.rng
        if rng.random() < 0.5:
            tilt = rng.gauss(0, 0.006)
            ink = ink.transform(ink.size, Image.Transform.AFFINE, (1, rng.gauss(0, 0.02), 0, tilt, 1, -tilt * ink.width / 2), Image.Resampling.BILINEAR)
        change = rng.random()
        if change < 0.12:
            ink = ink.filter(ImageFilter.MaxFilter(3))
        elif change < 0.18:
            ink = ink.filter(ImageFilter.MinFilter(3))
        return ink

    def scanned(self, ink: Image.Image, em: float) -> Image.Image:
        rng = self.rng
        if rng.random() < 0.25:  # scanned at fewer dots an inch
            less = rng.uniform(0.45, 0.85) if em > 36 else rng.uniform(0.7, 0.9)
            ink = ink.resize((max(8, round(ink.width * less)), max(8, round(ink.height * less))), Image.Resampling.BILINEAR).resize(ink.size, rng.choice([Image.Resampling.BILINEAR, Image.Resampling.BICUBIC, Image.Resampling.NEAREST]))
        if rng.random() < 0.75:
            ink = ink.filter(ImageFilter.GaussianBlur(rng.uniform(0.2, 0.9) * em / 40))
        paper = rng.uniform(205, 255)
        depth = rng.uniform(0.75, 1.0) if rng.random() < 0.8 else rng.uniform(0.25, 0.75)
        grey = paper - np.asarray(ink, dtype=np.float32) * (paper / 255 * depth)
        kind = rng.random()
        if kind < 0.10:  # worn by a photocopier: soft, then hard, parts of strokes missing or flowing together
            grey += self.blotches(grey.shape, em) * rng.uniform(10, 60)
            grey = WHITE / (1 + np.exp(-(grey - rng.uniform(90, 190)) / rng.uniform(4, 22)))
        elif kind < 0.18:
            grey = np.where(grey < paper * rng.uniform(0.42, 0.75), 0.0, 255.0)
        if rng.random() < 0.2:  # uneven light
            grey = grey * np.linspace(rng.uniform(0.75, 1), rng.uniform(0.75, 1), grey.shape[1], dtype=np.float32)
        if rng.random() < 0.75:
            grey = grey + self.noise.normal(0, rng.uniform(0.5, 9), grey.shape)
        picture = Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8))
        if rng.random() < 0.5:
            held = io.BytesIO()
            picture.save(held, "JPEG", quality=rng.randint(40, 88))
            picture = Image.open(held).convert("L")
        return picture

    def blotches(self, shape, em: float) -> np.ndarray:
        coarse = Image.fromarray((self.noise.random((max(2, round(shape[0] / em * 5)), max(2, round(shape[1] / em * 5)))) * 255).astype(np.uint8))
        return np.asarray(coarse.resize((shape[1], shape[0]), Image.Resampling.BICUBIC), dtype=np.float32) / 127.5 - 1


def pieces(run: Run):
    """The run cut where another file holds the letters."""
    start, current = 0, None
    for index, letter in enumerate(run.text):
        file = run.face.file_of(letter) if letter != " " else current
        if file != current and index > start and current is not None:
            yield run.text[start:index], current
            start = index
        current = file if file is not None else current
    if start < len(run.text):
        yield run.text[start:], current or 0


def width(run: Run) -> float:
    return sum(run.face.font(run.size, file).getlength(part) for part, file in pieces(run))


def write(sheet: Image.Image, left: float, baseline: int, run: Run) -> None:
    pen = ImageDraw.Draw(sheet)
    for part, file in pieces(run):
        font = run.face.font(run.size, file)
        pen.text((left, baseline), part, font=font, fill=255 - run.ink, anchor="ls")
        left += font.getlength(part)
