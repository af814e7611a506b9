"""One sample: its sheets, the device that scanned them, what a reader should find; and how it becomes files."""

import io
import json
import unicodedata
import zlib
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image
from reportlab import rl_config
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen import canvas

from more_fields import MORE_FIELDS
from page import Page
from scanner import Scan, scan

rl_config.useA85 = 0


@dataclass
class Sample:
    """`kind`: form, prose or table. `text_class`: running (typed text, held to a strict error rate) or form."""

    file: str
    document_type: str
    kind: str
    text_class: str
    sheets: list[Page]
    fields: dict
    how: Scan | list[Scan] = field(default_factory=Scan)
    quality: int = 64
    grey: bool = False

    @property
    def dpi(self) -> int:
        return self.sheets[0].dpi

    def scans(self) -> list[Scan]:
        return self.how if isinstance(self.how, list) else [self.how] * len(self.sheets)

    def pictures(self) -> list[Image.Image]:
        seed = zlib.crc32(self.file.encode())
        out = []
        for number, (sheet, how) in enumerate(zip(self.sheets, self.scans(), strict=True)):
            back = self.sheets[number - 1].image if len(self.sheets) > 1 else None
            picture = scan(sheet.image, how, seed + number, back)
            out.append(picture.convert("L") if self.grey else picture)
        return out

    def write(self, folder: Path) -> None:
        path = folder / self.file
        writer = {".jpg": write_jpeg, ".png": write_png, ".webp": write_webp, ".pdf": write_pdf, ".tif": write_tiff}
        writer[path.suffix](self, path)
        self.write_expectation(folder)

    def write_expectation(self, folder: Path) -> None:
        stem = Path(self.file).stem
        text = "\f".join(sheet.text() + "\n" for sheet in self.sheets)
        (folder / f"{stem}.expected.txt").write_text(unicodedata.normalize("NFC", text), encoding="utf-8")
        faults = sorted({fault for how in self.scans() for fault in how.faults()})
        told = {"document_type": self.document_type, "pages": len(self.sheets), "kind": self.kind, "dpi": self.dpi,
                "faults": faults, "text_class": self.text_class,
                "fields": self.fields | MORE_FIELDS.get(stem, {})}
        (folder / f"{stem}.expected.json").write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def write_jpeg(sample: Sample, path: Path) -> None:
    (picture,) = sample.pictures()
    dpi = {} if sample.scans()[0].perspective else {"dpi": (sample.dpi, sample.dpi)}  # a phone knows no scale
    picture.save(path, quality=sample.quality, optimize=True, **dpi)


def write_png(sample: Sample, path: Path) -> None:
    (picture,) = sample.pictures()
    picture.save(path, dpi=(sample.dpi, sample.dpi), optimize=True)


def write_webp(sample: Sample, path: Path) -> None:
    """WebP holds its scale in EXIF alone."""
    (picture,) = sample.pictures()
    exif = Image.Exif()
    exif[0x011A] = exif[0x011B] = float(sample.dpi)
    exif[0x0128] = 2
    picture.save(path, quality=sample.quality, method=4, exif=exif)


def write_tiff(sample: Sample, path: Path) -> None:
    """Black and white, Group 4, as fax-like office scanners write it."""
    pages = [picture.convert("L").point(lambda v: 255 if v > 150 else 0).convert("1", dither=Image.Dither.NONE) for picture in sample.pictures()]
    pages[0].save(path, save_all=True, append_images=pages[1:], compression="group4", dpi=(sample.dpi, sample.dpi))


def write_pdf(sample: Sample, path: Path) -> None:
    path.write_bytes(scanned_pdf(sample))


def scanned_pdf(sample: Sample) -> bytes:
    """Pages that hold one JPEG each at full size, as a scanner writes them; no text layer."""
    held = io.BytesIO()
    pdf = canvas.Canvas(held, invariant=1, pageCompression=1)
    pdf.setCreator("Máy quét một cửa")
    for sheet, picture in zip(sample.sheets, sample.pictures(), strict=True):
        place_scan(pdf, sheet, picture, sample.quality)
        pdf.showPage()
    pdf.save()
    return held.getvalue()


def place_scan(pdf: canvas.Canvas, sheet: Page, picture: Image.Image, quality: int) -> None:
    jpeg = io.BytesIO()
    picture.save(jpeg, "JPEG", quality=quality, optimize=True, dpi=(sheet.dpi, sheet.dpi))
    size = picture.width * 72 / sheet.dpi, picture.height * 72 / sheet.dpi
    pdf.setPageSize(size)
    jpeg.seek(0)
    pdf.drawImage(ImageReader(jpeg), 0, 0, *size)


