"""A sheet of paper that is drawn in millimetres and remembers what was printed on it.

The expected text of a sample is not typed beside the drawing: it is what `put` was asked to print, so it
cannot disagree with the picture. Leaders, rules, seals and signatures are drawn without being remembered.
"""

import random
import re
import subprocess
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

MM_PER_INCH = 25.4
BLACK = (28, 28, 32)
BLUE_INK = (30, 48, 140)
RED = (196, 30, 42)

# Debian's fonts-croscore, then fonts-liberation2: both have every stacked Vietnamese letter.
FAMILIES = {"serif": ("Tinos", "Liberation Serif"), "sans": ("Arimo", "Liberation Sans")}
STYLES = {"": "Regular", "b": "Bold", "i": "Italic", "bi": "Bold Italic"}

# Words whose printed baselines differ by less than this belong to one line.
SAME_LINE_MM = 2.0


@lru_cache
def font_path(family: str, style: str) -> str:
    """The file of a font that really is the one asked for: fontconfig otherwise substitutes silently."""
    for name in FAMILIES[family]:
        asked = f"{name}:style={STYLES[style]}"
        found = subprocess.run(["fc-match", "-f", "%{family}|%{file}", asked], capture_output=True, text=True, check=True)
        got, path = found.stdout.split("|", 1)
        if name in got:
            return path
    raise SystemExit(f"no font with full Vietnamese for {family}: install fonts-croscore or fonts-liberation2")


@lru_cache(maxsize=512)
def load_font(family: str, style: str, size_px: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(font_path(family, style), size_px, layout_engine=ImageFont.Layout.BASIC)


@dataclass(frozen=True)
class Pen:
    """How words look: size in points, style "", "b", "i" or "bi", family "serif" or "sans"."""

    pt: float = 13
    style: str = ""
    ink: tuple = BLACK
    family: str = "serif"
    wobble_mm: float = 0  # handwriting-like unevenness of the baseline

    def but(self, **changes) -> "Pen":
        return Pen(**{**self.__dict__, **changes})


@dataclass
class Run:
    x: float
    baseline: float
    text: str


@dataclass
class Page:
    """One side of a sheet; sizes and places in millimetres, places of text by the baseline."""

    dpi: int
    width: float = 210
    height: float = 297
    paper: tuple = (252, 251, 247)
    seed: str = ""
    image: Image.Image = field(init=False)
    blocks: list = field(init=False)

    def __post_init__(self):
        self.image = Image.new("RGB", (self.px(self.width), self.px(self.height)), self.paper)
        self.draw = ImageDraw.Draw(self.image)
        self.blocks = [[]]
        self.strokes, self.rules = [], []  # for a page that is typed into a PDF instead of being scanned
        self.rng = random.Random(self.seed)

    def px(self, mm: float) -> int:
        return round(mm * self.dpi / MM_PER_INCH)

    def font(self, pen: Pen) -> ImageFont.FreeTypeFont:
        return load_font(pen.family, pen.style, round(pen.pt * self.dpi / 72))

    def width_of(self, text: str, pen: Pen) -> float:
        return self.font(pen).getlength(text) * MM_PER_INCH / self.dpi

    def block(self) -> None:
        """What is printed from here on is read after all that came before, wherever it stands."""
        self.blocks.append([])

    def put(self, x: float, y: float, text: str, pen: Pen = Pen(), anchor: str = "l") -> float:
        """Prints one line and remembers it; `anchor` l, m or r. Returns the right edge."""
        text = unicodedata.normalize("NFC", text)
        left = x - self.width_of(text, pen) * {"l": 0, "m": 0.5, "r": 1}[anchor]
        self.blocks[-1].append(Run(left, y, text))
        return self.stroke(left, y, text, pen)

    def stroke(self, x: float, y: float, text: str, pen: Pen) -> float:
        """Draws words without remembering them. Returns the right edge."""
        self.strokes.append((x, y, text, pen))
        if not pen.wobble_mm:
            self.draw.text((self.px(x), self.px(y)), text, font=self.font(pen), fill=pen.ink, anchor="ls")
            return x + self.width_of(text, pen)
        for word in re.split(r"(?<= )", text):
            dy = self.rng.uniform(-pen.wobble_mm, pen.wobble_mm)
            self.draw.text((self.px(x), self.px(y + dy)), word, font=self.font(pen), fill=pen.ink, anchor="ls")
            x += self.width_of(word, pen)
        return x

    def rule(self, x0: float, y0: float, x1: float, y1: float, width_mm: float = 0.25, ink=BLACK) -> None:
        self.rules.append((x0, y0, x1, y1, width_mm))
        self.draw.line([self.px(x0), self.px(y0), self.px(x1), self.px(y1)], fill=ink, width=max(1, self.px(width_mm)))

    def box(self, x0: float, y0: float, x1: float, y1: float, width_mm: float = 0.25, ink=BLACK, fill=None) -> None:
        self.draw.rectangle([self.px(x0), self.px(y0), self.px(x1), self.px(y1)], outline=ink, fill=fill, width=max(1, self.px(width_mm)))

    def leader(self, x0: float, x1: float, y: float, pen: Pen = Pen()) -> None:
        """A dotted leader of printed full stops, as forms have it; never part of the expected text."""
        dot = self.width_of(".", pen)
        count = int((x1 - x0) / dot)
        if count > 0:
            self.stroke(x0, y, "." * count, pen.but(wobble_mm=0, style="", ink=BLACK))

    def text(self) -> str:
        """What is printed, one line a printed line, block after block."""
        return "\n".join(line for block in self.blocks for line in printed_lines(block) if line)


def printed_lines(runs: list[Run]) -> list[str]:
    lines: list[list[Run]] = []
    for run in sorted(runs, key=lambda r: r.baseline):
        if lines and abs(run.baseline - lines[-1][0].baseline) < SAME_LINE_MM:
            lines[-1].append(run)
        else:
            lines.append([run])
    joined = (" ".join(r.text for r in sorted(line, key=lambda r: r.x)) for line in lines)
    return [re.sub(r"\s+", " ", line).strip() for line in joined]
