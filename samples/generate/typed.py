"""A mixed PDF: its first page is born digital (real letters), the others are scans."""

import io
from dataclasses import dataclass
from pathlib import Path

from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen import canvas

from page import Page, Pen, font_path
from sample import Sample, place_scan


@dataclass
class TypedSample(Sample):
    def write(self, folder: Path) -> None:
        held = io.BytesIO()
        pdf = canvas.Canvas(held, invariant=1, pageCompression=1)
        type_page(pdf, self.sheets[0])
        pdf.showPage()
        for sheet, picture in list(zip(self.sheets, self.pictures(), strict=True))[1:]:
            place_scan(pdf, sheet, picture, self.quality)
            pdf.showPage()
        pdf.save()
        (folder / self.file).write_bytes(held.getvalue())
        self.write_expectation(folder)


def type_page(pdf: canvas.Canvas, sheet: Page) -> None:
    """Types what was printed on the sheet with embedded fonts; ink laid over it is left out."""
    pdf.setPageSize((sheet.width * mm, sheet.height * mm))
    for x, y, text, pen in sheet.strokes:
        pdf.setFont(embedded(pen), pen.pt)
        pdf.drawString(x * mm, (sheet.height - y) * mm, text)
    for x0, y0, x1, y1, width in sheet.rules:
        pdf.setLineWidth(width * mm)
        pdf.line(x0 * mm, (sheet.height - y0) * mm, x1 * mm, (sheet.height - y1) * mm)


def embedded(pen: Pen) -> str:
    name = f"{pen.family}-{pen.style or 'r'}"
    if name not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont(name, font_path(pen.family, pen.style)))
    return name
