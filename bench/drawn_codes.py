"""Our codes on paper as scanners see them: every picture in a folder named after what was done to it, the text beside it.

    python bench/drawn_codes.py --seed 1000 --out /tmp/codes

The paper is drawn at 600 dpi, damaged and copied there, and then scanned. The same seed and library versions give the same pictures.
"""

import argparse
import string
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from random import Random

import numpy as np
import segno
from PIL import Image, ImageDraw

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "samples" / "generate"))

from ink import seal  # noqa: E402
from page import Page  # noqa: E402
from scanner import Scan, photocopy, scan  # noqa: E402

MODULES_MM = (0.35, 0.45, 0.5)
SCANS_DPI = (150, 200, 300)
PRINT_DPI = 600
# The upper third of an A4 sheet: codes stand there, and what is below only costs time.
SHEET_MM = (210, 99)
CODE_LEFT_MM, CODE_TOP_MM = 24, 22
# RFC 4648; payloads are random bytes, which is what signatures look like.
BASE32 = string.ascii_uppercase + "234567"
# Letters of a payload: a verification address, a label.
TEXTS = {"address": ("HTTPS://HOSO.TINH.EXAMPLE/V/", (280, 320)), "label": ("ML1:", (200, 220))}
# ISO 838: two holes of 6 mm. A staple is 12 mm of wire.
HOLE_MM, STAPLE_MM, WIRE_MM = 6, 12, 0.6
# A finder pattern with its white edge: a code without one is no code to any reader.
FINDER_MODULES = 8
SENSOR_NOISE, STRONG_NOISE = 3, 22
SKEW_DEGREES = 3
LINES = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ", "Mã hồ sơ: H26.01-261121-0001",
         "Thời gian nhận hồ sơ: 08 giờ 15 phút, ngày 21 tháng 11 năm 2026", "Quét mã để tra cứu tình trạng giải quyết")


class Printed:
    """A sheet with a code of ours on it."""

    def __init__(self, text: str, module_mm: float, correction: str, rng: Random):
        self.rng, self.module_mm = rng, module_mm
        # The strongest correction that leaves the code as small, as `qr::draw_svg` does.
        matrix = np.array(segno.make(text, error=correction, boost_error=True, micro=False).matrix, dtype=np.uint8)
        self.modules = len(matrix)
        self.side_mm = self.modules * module_mm
        self.page = Page(PRINT_DPI, *SHEET_MM, seed=str(rng.random()))
        side = self.page.px(self.side_mm)
        dots = np.kron(1 - matrix, np.ones((16, 16), dtype=np.uint8)) * 255
        drawn = Image.fromarray(dots).resize((side, side), Image.Resampling.BOX)
        self.page.image.paste(drawn.convert("RGB"), (self.page.px(CODE_LEFT_MM), self.page.px(CODE_TOP_MM)))
        for number, line in enumerate(LINES):
            self.page.put(CODE_LEFT_MM + self.side_mm + 12, CODE_TOP_MM + 5 + 7 * number, line)

    def seal(self) -> None:
        """A seal of 36 mm with its middle on a corner of the code: it covers a quarter."""
        seal(self.page, CODE_LEFT_MM + self.side_mm, CODE_TOP_MM + self.side_mm, "ỦY BAN NHÂN DÂN XÃ AN BÌNH", strength=0.85, angle=self.rng.uniform(-20, 20))

    def hole_and_staple(self) -> None:
        x, y = self.hole_place()
        radius = HOLE_MM / 2
        self.page.draw.ellipse([self.page.px(edge) for edge in (x - radius, y - radius, x + radius, y + radius)], fill=(45, 45, 48))
        left, top = (edge + self.rng.uniform(0, self.side_mm) for edge in (CODE_LEFT_MM, CODE_TOP_MM))
        angle = self.rng.uniform(0, 2 * np.pi)
        ends = [self.page.px(mm) for mm in (left, top, left + STAPLE_MM * np.cos(angle), top + STAPLE_MM * np.sin(angle))]
        self.page.draw.line(ends, fill=(120, 120, 125), width=self.page.px(WIRE_MM))

    def hole_place(self) -> tuple[float, float]:
        """Anywhere on the code, but not on a finder pattern."""
        reach = FINDER_MODULES * self.module_mm
        far = self.side_mm - reach
        while True:
            x, y = self.rng.uniform(0, self.side_mm), self.rng.uniform(0, self.side_mm)
            finders = [(0, 0), (far, 0), (0, far)]
            if all(max(left - x, x - left - reach, top - y, y - top - reach) > HOLE_MM / 2 for left, top in finders):
                return CODE_LEFT_MM + x, CODE_TOP_MM + y

    def copied(self) -> None:
        rng = np.random.default_rng(self.rng.getrandbits(32))
        for _ in range(2):
            self.page.image = photocopy(self.page.image.rotate(self.rng.uniform(-0.4, 0.4), Image.Resampling.BICUBIC, fillcolor=self.page.paper), rng)


# What happens to the paper, then what the scanner does.
TREATMENTS: dict[str, tuple[Callable[[Printed], None], Scan]] = {
    "plain": (lambda _: None, Scan(noise=SENSOR_NOISE)),
    "skew": (lambda _: None, Scan(noise=SENSOR_NOISE, skew=SKEW_DEGREES)),
    "skew-back": (lambda _: None, Scan(noise=SENSOR_NOISE, skew=-SKEW_DEGREES)),
    "noise": (lambda _: None, Scan(noise=STRONG_NOISE, blur=0.6, specks=400)),
    "two-copies": (Printed.copied, Scan(noise=SENSOR_NOISE)),
    "hole-and-staple": (Printed.hole_and_staple, Scan(noise=SENSOR_NOISE)),
    "seal": (Printed.seal, Scan(noise=SENSOR_NOISE, skew=0.7)),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1000)
    parser.add_argument("--count", type=int, default=2, help="pictures of each kind of text in each cell")
    parser.add_argument("--correction", choices="lmqh", default="m", help="weakest error correction (default m, as qr::draw_svg)")
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    for module_mm in MODULES_MM:
        for treatment in TREATMENTS:
            for kind in TEXTS:
                for number in range(asked.count):
                    make(asked, module_mm, treatment, kind, number)


def make(asked: argparse.Namespace, module_mm: float, treatment: str, kind: str, number: int) -> None:
    """One paper, scanned at each resolution."""
    rng = Random(zlib.crc32(f"{asked.seed} {module_mm} {treatment} {kind} {number}".encode()))
    head, (shortest, longest) = TEXTS[kind]
    text = head + "".join(rng.choices(BASE32, k=rng.randint(shortest, longest)))
    printed = Printed(text, module_mm, asked.correction, rng)
    damage, how = TREATMENTS[treatment]
    damage(printed)
    for dpi in SCANS_DPI:
        size = [round(mm * dpi / 25.4) for mm in SHEET_MM]
        folder = asked.out / f"{module_mm}mm" / f"{dpi}dpi" / treatment
        folder.mkdir(parents=True, exist_ok=True)
        scanned = scan(printed.page.image.resize(size, Image.Resampling.BOX), how, rng.getrandbits(32))
        scanned.save(folder / f"{kind}-{number}.png")
        (folder / f"{kind}-{number}.txt").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
