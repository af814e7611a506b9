"""QR symbols and machine-readable lines as they stand on papers."""

import unicodedata

import segno

MODULE_MM = 0.45


def qr(payload: str) -> str:
    """The symbol as inline SVG with modules of 0.45 mm; no text."""
    symbol = segno.make(payload, error="m", micro=False, encoding="utf-8")
    side = symbol.symbol_size(border=0)[0]
    return symbol.svg_inline(border=0, unit="", omitsize=True, svgclass=None).replace("<svg", f'<svg style="width:{side * MODULE_MM}mm;height:{side * MODULE_MM}mm"', 1)


def plain_capitals(name: str) -> str:
    """NGUYỄN ĐỨC THỊNH → NGUYEN DUC THINH."""
    bare = unicodedata.normalize("NFD", name.upper().replace("Đ", "D"))
    return "".join(letter for letter in bare if not unicodedata.combining(letter))
