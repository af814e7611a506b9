"""The parts that every Vietnamese administrative paper has (NĐ 30/2020, Điều 8), and running text, forms and tables."""

import re

from page import BLUE_INK, Page, Pen

# Writing stands a little over its dotted leader: on it, the leader would swallow every dot below (ẹ, ị, ọ).
WRITTEN_ABOVE_MM = 1.3
HAND = Pen(13.5, "i", BLUE_INK, wobble_mm=0.18)
STATE = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"


def state_header(p: Page, x: float, y: float, pt: float = 12.5) -> float:
    """Quốc hiệu and tiêu ngữ, centred at x, with the rule under them."""
    p.block()
    p.put(x, y, STATE, Pen(pt, "b"), "m")
    p.put(x, y + 5.6, MOTTO, Pen(pt + 0.8, "b"), "m")
    half = p.width_of(MOTTO, Pen(pt + 0.8, "b")) / 2
    p.rule(x - half, y + 7.4, x + half, y + 7.4)
    return y + 7.4


def agency_header(p: Page, x: float, y: float, lines: list[str], number: str | None = None, pt: float = 12) -> float:
    """The superior agency in plain letters, the issuing agency (the last line) in bold, the number under its rule."""
    p.block()
    for line in lines[:-1]:
        p.put(x, y, line, Pen(pt), "m")
        y += 5.3
    p.put(x, y, lines[-1], Pen(pt, "b"), "m")
    half = p.width_of(lines[-1], Pen(pt, "b")) * 0.22
    p.rule(x - half, y + 1.8, x + half, y + 1.8)
    if number:
        y += 8
        p.put(x, y, number, Pen(13), "m")
    return y


def letterhead(
    p: Page, agency: list[str], number: str, place_date: str, y: float = 21, left: float = 60, right: float = 141, about: list[str] = ()
) -> float:
    """The head of an administrative document: agency, number and what a letter is about to the left, then state, motto, place and date."""
    bottom = agency_header(p, left, y, agency, number)
    for line, text in enumerate(about):
        p.put(left, y + 33 + 5.2 * line, text, Pen(12), "m")
    state_header(p, right, y)
    p.put(right, max(bottom, y + 14), place_date, Pen(13, "i"), "m")
    return max(bottom, y + 14)


def words_of(text: str, pen: Pen) -> list[tuple[str, Pen]]:
    """Splits a text with <b>…</b> and <i>…</i> into words with their pens; glued parts stay one word's neighbours."""
    out, style = [], pen.style
    for part in re.split(r"(</?[bi]>)", text):
        if re.fullmatch(r"</?[bi]>", part):
            style = part.strip("<>") if not part.startswith("</") else pen.style
        else:
            out += [(word, pen.but(style=style)) for word in part.split()]
    return out


def paragraph(p: Page, x: float, y: float, width: float, text: str, pen: Pen = Pen(14), indent: float = 0, leading: float = 6.6, align: str = "j") -> float:
    """Running text; `align` j (justified), l, m. Returns the baseline for the next paragraph."""
    space = p.width_of(" ", pen)
    lines, line, used = [], [], indent
    for word, style in words_of(text, pen):
        length = p.width_of(word, style)
        if line and used + space + length > width:
            lines.append(line)
            line, used = [], 0.0
        used += length + (space if line else 0)
        line.append((word, style, length))
    lines.append(line)
    for number, line in enumerate(lines):
        start = indent if number == 0 else 0.0
        natural = sum(length for *_, length in line) + space * (len(line) - 1)
        gap = space
        if align == "j" and number < len(lines) - 1 and len(line) > 1:
            gap += (width - start - natural) / (len(line) - 1)
        at = x + start + ((width - start - natural) / 2 if align == "m" else 0)
        for word, style, length in line:
            p.put(at, y, word, style)
            at += length + gap
        y += leading
    return y


def paragraphs(p: Page, x: float, y: float, width: float, texts: list[str], pen: Pen = Pen(14), indent: float = 12, leading: float = 6.6, after: float = 2.0) -> float:
    for text in texts:
        y = paragraph(p, x, y, width, text, pen, indent, leading) + after
    return y


def filled(p: Page, x: float, y: float, right: float, label: str, value: str, hand: Pen = HAND, pen: Pen = Pen(13), leading: float = 8.2) -> float:
    """One entry of a form: a printed label, a dotted leader to `right`, the value over it; long values go on to
    the next line, which has a leader of its own from x. Returns the baseline for the next entry."""
    at = p.put(x, y, label, pen) + 1.2
    p.leader(at, right, y + 0.5, pen)
    line = ""
    for word in value.split():
        longer = f"{line} {word}".strip()
        if line and at + 1.5 + p.width_of(longer, hand) > right:
            p.put(at + 1.5, y - WRITTEN_ABOVE_MM, line, hand)
            y, at, line = y + leading, x, word
            p.leader(at, right, y + 0.5, pen)
        else:
            line = longer
    if line:
        p.put(at + 1.5, y - WRITTEN_ABOVE_MM, line, hand)
    return y + leading


def filled_row(p: Page, y: float, entries: list[tuple[float, float, str, str]], hand: Pen = HAND, pen: Pen = Pen(13), leading: float = 8.2) -> float:
    """Several entries (x, right, label, value) on one line."""
    for x, right, label, value in entries:
        filled(p, x, y, right, label, value, hand, pen)
    return y + leading


def table(p: Page, x: float, y: float, widths: list[float], rows: list[list[str]], pen: Pen = Pen(11.5), row_height: float = 8, head: bool = True, align: str = "", line_height: float = 5) -> float:
    """A ruled table read row by row; a cell with line breaks is read whole before its right neighbour.
    `align` has one letter (l, m, r) a column. Returns the y of the lower edge."""
    align = align or "l" * len(widths)
    for number, row in enumerate(rows):
        cells = [cell.split("\n") for cell in row]
        tall = max(len(cell) for cell in cells)
        height = row_height + (tall - 1) * line_height
        p.block()
        at = x
        for column, (cell, width) in enumerate(zip(cells, widths, strict=True)):
            p.box(at, y, at + width, y + height)
            how = "m" if head and number == 0 else align[column]
            style = pen.but(style="b") if head and number == 0 else pen
            place = {"l": at + 1.6, "m": at + width / 2, "r": at + width - 1.6}[how]
            if tall > 1 and column:
                p.block()
            base = y + (height - (len(cell) - 1) * line_height) / 2 + 1.5
            for offset, line in enumerate(cell):
                p.put(place, base + offset * line_height, line, style, how)
            at += width
        y += height
    p.block()
    return y


def recipients(p: Page, x: float, y: float, lines: list[str]) -> None:
    """Nơi nhận, at the lower left."""
    p.block()
    p.put(x, y, "Nơi nhận:", Pen(12, "bi"))
    for number, line in enumerate(lines):
        p.put(x, y + 5 + number * 4.8, line, Pen(11))


def signature(p: Page, x: float, y: float, titles: list[str], name: str, place_date: str | None = None, gap: float = 30, pt: float = 13, beside: bool = False) -> tuple[float, float]:
    """Place and date, title of the signer, room for the signature, the name. Returns the middle of that room."""
    p.block()
    if place_date:
        p.put(x, y, place_date, Pen(pt, "i"), "m")
        y += 6.2
    for title in titles:
        p.put(x, y, title, Pen(pt, "b"), "m")
        y += 5.6
    p.put(x, y - 5.6 + gap, name, Pen(pt + 0.5, "b"), "m")
    return x, y - 5.6 + gap / 2
