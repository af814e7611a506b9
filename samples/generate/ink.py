"""Seals and signatures: ink that lies over the print and is not part of the expected text."""

import math

import numpy as np
from PIL import Image, ImageDraw

from page import MM_PER_INCH, RED, Page, load_font

# Seals are drawn larger and scaled down, for smooth letters on the ring.
OVERSAMPLE = 2


def seal(p: Page, x: float, y: float, ring: str, middle: str = "", diameter: float = 36, strength: float = 0.72, angle: float = 0, ink=RED) -> None:
    """A round red seal (NĐ 99/2016: 36 mm for a commune) centred at x, y; print below stays visible."""
    size = p.px(diameter) * OVERSAMPLE
    mask = Image.new("L", (size, size), 0)
    draw = ImageDraw.Draw(mask)
    line = max(2, size // 90)
    draw.ellipse([line, line, size - line, size - line], outline=255, width=line * 2)
    inner = int(size * 0.16)
    draw.ellipse([inner, inner, size - inner, size - inner], outline=255, width=line)
    write_ring(mask, ring, size)
    draw.polygon(star(size / 2, size * (0.40 if middle else 0.5), size * 0.10), fill=255)
    for number, part in enumerate(middle.split("\n")):
        font = load_font("serif", "b", int(size * 0.062))
        draw.text((size / 2, size * (0.58 + 0.08 * number)), part, font=font, fill=255, anchor="mm")
    mask = mask.rotate(angle, Image.Resampling.BICUBIC).resize((size // OVERSAMPLE,) * 2, Image.Resampling.LANCZOS)
    worn = np.asarray(mask, dtype=np.float32) / 255 * strength * wear(p, mask.size)
    press(p, worn, p.px(x) - mask.width // 2, p.px(y) - mask.height // 2, ink)


def write_ring(mask: Image.Image, text: str, size: int) -> None:
    """The agency's name around the ring, one turned letter after another."""
    font = load_font("sans", "b", int(size * 0.066))
    radius = size * 0.405
    width = sum(font.getlength(c) * 1.12 for c in text)
    angle = -width / radius / 2
    for letter in text:
        advance = font.getlength(letter) * 1.12 / radius
        tile = Image.new("L", (int(size * 0.14),) * 2, 0)
        ImageDraw.Draw(tile).text((tile.width / 2, tile.height / 2), letter, font=font, fill=255, anchor="mm")
        middle = angle + advance / 2
        tile = tile.rotate(-math.degrees(middle), Image.Resampling.BICUBIC)
        x, y = size / 2 + radius * math.sin(middle), size / 2 - radius * math.cos(middle)
        box = (int(x - tile.width / 2), int(y - tile.height / 2))
        mask.paste(255, box, tile)
        angle += advance


def star(x: float, y: float, radius: float) -> list[tuple[float, float]]:
    turns = [(radius if i % 2 == 0 else radius * 0.4, math.pi * i / 5 - math.pi / 2) for i in range(10)]
    return [(x + r * math.cos(a), y + r * math.sin(a)) for r, a in turns]


def wear(p: Page, size: tuple[int, int]) -> np.ndarray:
    """Uneven ink: blotches of 2 mm in which the stamp pressed harder or softer."""
    coarse = max(2, int(size[0] / p.px(2)))
    noise = np.random.default_rng(p.rng.getrandbits(32)).uniform(0.55, 1.0, (coarse, coarse))
    blotches = Image.fromarray((noise * 255).astype(np.uint8)).resize(size, Image.Resampling.BICUBIC)
    return np.asarray(blotches, dtype=np.float32) / 255


def press(p: Page, alpha: np.ndarray, left: int, top: int, ink) -> None:
    """Lays ink over the page as a filter: dark print stays dark."""
    height, width = alpha.shape
    box = (left, top, left + width, top + height)
    under = np.asarray(p.image.crop(box), dtype=np.float32)
    over = under * (1 - alpha[..., None] * (1 - np.array(ink, dtype=np.float32) / 255))
    p.image.paste(Image.fromarray(over.astype(np.uint8)), box)


def scribble(p: Page, x: float, y: float, width: float = 34, height: float = 14, ink=(24, 40, 150)) -> None:
    """A signature: a few loops of a ballpoint pen around x, y."""
    points = []
    loops = p.rng.randint(4, 6)
    for step in range(loops * 24):
        t = step / (loops * 24)
        swing = height / 2 * (0.35 + 0.65 * abs(math.sin(t * math.pi * 1.7 + 0.6)))
        points.append((x - width / 2 + width * t + swing * 0.5 * math.cos(t * loops * 2 * math.pi),
                       y + swing * math.sin(t * loops * 2 * math.pi + 0.9) - t * height * 0.2))
    points.append((x + width * 0.62, y - height * 0.45))
    points.append((x - width * 0.30, y + height * 0.42))
    pixels = [(p.px(a), p.px(b)) for a, b in points]
    p.draw.line(pixels, fill=ink, width=max(2, round(0.45 * p.dpi / MM_PER_INCH)), joint="curve")


def sign(p: Page, spot: tuple[float, float], ring: str, middle: str = "", overlap: float = 17) -> None:
    """The signature, and the seal over its left third (NĐ 30/2020, Điều 33)."""
    x, y = spot
    scribble(p, x + 2, y)
    seal(p, x - overlap, y - 1, ring, middle, angle=p.rng.uniform(-9, 9))
