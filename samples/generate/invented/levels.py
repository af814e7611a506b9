"""What befalls a clean page: the four levels, and the ink of signatures and seals.

clean  rendered at 300 dpi, nothing else.
300    an ordinary counter's scan at 300 dpi: skew up to 1°, noise, blur, JPEG, a little uneven light and bleed-through, signature and
       red seal where papers have them.
200    the same at 200 dpi.
hard   one or two of: turned by a right angle, photographed by phone, heavy seals over the text, low contrast with skew up to 3°,
       low contrast, copied twice, the back side showing through, folded, folded and dirty; 200 or 300 dpi.
"""

import math
from dataclasses import dataclass, replace
from random import Random

from PIL import Image, ImageChops, ImageDraw

from ink import seal
from page import MM_PER_INCH, Page
from scanner import Scan, scan

from .browser import Laid

LEVELS = ("clean", "300", "200", "hard")
SEAL_MM = 36  # across (NĐ 99/2016)
# The body of a page lies below its head and above the title over a signature.
HEAD_MM, FOOT_MM, SPOT_MM = 50, 250, 28
RING_LETTERS_MAX = 44  # more do not fit around a seal of 36 mm
SEALED = 0.75  # share of signed pages that carry a seal on ordinary levels
HARD = ("rotation", "phone", "heavy_seal", "two_seals", "low_contrast_skew", "low_contrast", "photocopy", "folds", "dirty_folds", "thin_paper")
# Two hard faults go together when one device can make both.
PAIRED = {"rotation": ("heavy_seal", "folds", "photocopy", "low_contrast_skew"), "phone": ("folds", "heavy_seal"), "heavy_seal": ("folds", "rotation"), "two_seals": (),
          "low_contrast_skew": ("folds", "rotation"), "low_contrast": ("thin_paper", "dirty_folds"), "photocopy": ("folds", "rotation"), "folds": ("rotation", "heavy_seal"),
          "dirty_folds": ("rotation", "thin_paper"), "thin_paper": ("folds", "rotation")}
THIN_PAPER = (0.15, 0.45)  # share of the back side's ink that is seen: copies on thin paper, both sides printed
WHITE = (255, 255, 255)
# Office paper, cream, recycled, and the pink of forms issued by ministries.
PAPERS = [WHITE] * 5 + [(253, 250, 241), (250, 247, 238), (240, 239, 236), (253, 243, 240)]


@dataclass(frozen=True)
class Treatment:
    """How one page is drawn and scanned. `signed`: with signatures and the seals of the office; `stamps`: heavy seals over text, as (x, y) in
    millimetres; `quality`: of the JPEG, 0 for none; `hard`: names of the hard faults chosen; `tint`: colour of the paper."""

    dpi: int
    how: Scan
    signed: bool
    stamps: tuple = ()
    quality: int = 0
    hard: tuple = ()
    tint: tuple = WHITE

    def faults(self) -> list[str]:
        """Everything that befell the page, by name."""
        return sorted(self.how.faults() + (["seal_over_text"] if self.stamps else []))


def treatment(level: str, laid: Laid, rng: Random) -> Treatment:
    if level == "clean":
        return Treatment(300, Scan(), False)
    if level in ("300", "200"):
        return ordinary(int(level), rng)
    return hard(laid, rng)


def ordinary(dpi: int, rng: Random) -> Treatment:
    """Sensor and glass of an office scanner in fair order."""
    how = Scan(skew=round(rng.uniform(-1, 1), 2), noise=round(rng.uniform(1.2, 3.2), 1), blur=round(rng.uniform(0.3, 0.7) * (dpi / 300) ** 0.5, 2),
               uneven_light=round(rng.choice([0, rng.uniform(0.03, 0.12)]), 3), bleed_through=round(rng.choice([0, rng.uniform(0.02, 0.05)]), 3), specks=rng.choice([0, 0, 30, 80]))
    return Treatment(dpi, how, True, quality=rng.randint(62, 85), tint=rng.choice(PAPERS))


def hard(laid: Laid, rng: Random) -> Treatment:
    base = ordinary(rng.choice([200, 300, 300]), rng)
    first = rng.choice(HARD)
    chosen = (first,) + ((rng.choice(PAIRED[first]),) if PAIRED[first] and rng.random() < 0.4 else ())
    how, stamps = base.how, ()
    for fault in chosen:
        if fault == "rotation":
            how = replace(how, rotation=rng.choice([90, 180, 270]))
        elif fault == "phone":
            how = replace(how, skew=0, bleed_through=0, perspective=round(rng.uniform(0.015, 0.05), 3), shadow=round(rng.uniform(0.15, 0.4), 2), uneven_light=round(rng.uniform(0.1, 0.25), 2),
                          blur=round(rng.uniform(0.6, 1.1) * base.dpi / 300, 2), noise=round(rng.uniform(2, 4.5), 1))
        elif fault == "heavy_seal":
            stamps = (over_text(laid, rng),)
        elif fault == "two_seals":
            stamps = two_over_text(laid, rng)
        elif fault == "low_contrast_skew":
            how = replace(how, low_contrast=round(rng.uniform(0.45, 0.68), 2), skew=round(rng.choice([-1, 1]) * rng.uniform(1, 3), 2))
        elif fault == "low_contrast":
            how = replace(how, low_contrast=round(rng.uniform(0.45, 0.68), 2))
        elif fault == "photocopy":
            how = replace(how, copies=2, bleed_through=0)
        elif fault == "folds":
            how = replace(how, folds=rng.randint(1, 2))
        elif fault == "dirty_folds":
            how = replace(how, dirty_folds=rng.randint(1, 2))
        elif fault == "thin_paper":
            how = replace(how, bleed_through=0, thin_paper=round(rng.uniform(*THIN_PAPER), 2))
    return replace(base, how=how, stamps=stamps, hard=tuple(chosen))


def over_text(laid: Laid, rng: Random) -> tuple[float, float]:
    """The middle of a seal on words of the body: below the head, above the signatures, which have a seal of their own."""
    foot = min((y for _, y, _ in laid.spots), default=FOOT_MM) - SPOT_MM
    line = rng.choice([line for line in laid.lines if HEAD_MM < line.top < foot] or laid.lines)
    return min(max(rng.uniform(line.left, line.right), 40), 170), (line.top + line.bottom) / 2


def two_over_text(laid: Laid, rng: Random) -> tuple:
    one, other = over_text(laid, rng), over_text(laid, rng)
    for _ in range(20):  # short pages have no two places far enough apart
        if math.dist(one, other) > SEAL_MM:
            break
        other = over_text(laid, rng)
    return one, other


def treated(laid: Laid, clean: Image.Image, how: Treatment, seed: int, back: Image.Image | None = None) -> Image.Image:
    """The picture that comes out. The same arguments give the same pixels."""
    sheet = inked(laid, clean, how, seed) if how.signed or how.stamps else clean
    if how.tint != WHITE:
        sheet = ImageChops.multiply(sheet, Image.new("RGB", sheet.size, how.tint))
    return scan(sheet, how.how, seed, back) if how.how.faults() else sheet


def inked(laid: Laid, clean: Image.Image, how: Treatment, seed: int) -> Image.Image:
    """Signatures, the office's seal over the left third of the last one (NĐ 30/2020 Điều 33), and stray heavy seals."""
    sheet = Page(how.dpi, seed=str(seed))
    sheet.image = clean.copy()
    sheet.draw = ImageDraw.Draw(sheet.image)
    rng = sheet.rng
    ring = ring_of(laid)
    for x, y, by_hand in laid.spots if how.signed else ():
        sign(sheet, x + rng.uniform(-3, 6), y + rng.uniform(-2, 2))
        if not by_hand and laid.paper.document_type != "DON" and rng.random() < SEALED:
            seal(sheet, x - rng.uniform(12, 19), y + rng.uniform(-3, 2), ring, strength=rng.uniform(0.55, 0.8), angle=rng.uniform(-9, 9))
    for x, y in how.stamps:
        seal(sheet, x, y, ring, strength=rng.uniform(0.85, 0.95), angle=rng.uniform(-20, 20))
    return sheet.image


def sign(sheet: Page, x: float, y: float) -> None:
    """A signature of its own: a wandering pen with two or three rhythms and a long last stroke."""
    rng = sheet.rng
    width, height = rng.uniform(24, 42), rng.uniform(9, 19)
    rhythms = [(rng.uniform(2, 7), rng.uniform(0.3, 1), rng.uniform(0, 6.28)) for _ in range(3)]
    whole = sum(share for _, share, _ in rhythms)
    points = []
    for step in range(160):
        t = step / 160
        lift = sum(share * math.sin(6.28 * turns * t + phase) for turns, share, phase in rhythms) / whole
        sway = sum(share * math.cos(6.28 * turns * t + phase) for turns, share, phase in rhythms) / whole
        points.append((x + width * (t - 0.5) + height * 0.35 * sway, y + height / 2 * lift * (1 - 0.4 * t)))
    tail = rng.uniform(-0.6, 0.6)
    points.append((points[-1][0] + width * rng.uniform(0.1, 0.5), y - height * tail))
    points += [(x - width * rng.uniform(0.1, 0.5), y + height * tail)] if rng.random() < 0.5 else []
    ink = rng.choice([(24, 40, 150), (20, 30, 110), (38, 58, 170), (40, 40, 48)])
    sheet.draw.line([(sheet.px(a), sheet.px(b)) for a, b in points], fill=ink, width=max(2, round(rng.uniform(0.35, 0.6) * sheet.dpi / MM_PER_INCH)), joint="curve")


def ring_of(laid: Laid) -> str:
    """The agency's name as the seal carries it, cut at a word when it is too long for the ring."""
    name = laid.paper.fields.get("agency", "ỦY BAN NHÂN DÂN").upper()
    while len(name) > RING_LETTERS_MAX:
        name = name.rsplit(" ", 1)[0]
    return f"{name.rstrip(',')} * VIỆT NAM *"
