"""A page as HTML: the parts that Vietnamese administrative papers are made of, in reading order.

Every element of class `u` is a reading unit: its words are the expected text, line by line as they are laid out. Dots, rules and
whatever has class `x` are ink without text. `spot` elements only mark where a signature and its seal go.
"""

import html
import re
from dataclasses import dataclass, field
from random import Random

from .fonts import HANDS, PRINT, TYPEWRITER, Family

STATE = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
DOTS_COUNT = 300  # more than a line holds

CSS = """
@page{size:210mm 297mm;margin:0}
body{margin:0;text-rendering:geometricPrecision}
.page{width:210mm;height:297mm;box-sizing:border-box;padding:18mm 17mm 12mm 27mm;position:relative;overflow:hidden;break-after:page;line-height:1.3;
  color:#1c1c20;font-family:var(--face);font-size:var(--pt)}
.nb{white-space:nowrap}
b,.b{font-weight:700} i,.i{font-style:italic}
.c{text-align:center} .j{text-align:justify} .ind{text-indent:11mm}
.p{margin:0 0 1.6mm}
.pair{display:flex;justify-content:space-between;text-align:center;align-items:flex-start}
.pair>div{flex:0 0 auto}
.bar{display:block;height:0;border-top:.3mm solid #1c1c20;margin:.6mm auto 1mm}
.row{display:flex;align-items:flex-end;gap:2mm;margin-bottom:var(--gap)}
.f{display:flex;align-items:flex-end;min-width:0}
.f .l{white-space:pre;flex:0 0 auto}
.f .v{flex:1 1 auto;position:relative;padding-left:1.2mm}
.val{font-family:var(--fill);font-size:var(--fillpt);color:var(--ink);font-style:var(--fillslope);font-weight:var(--fillweight);line-height:1.1;white-space:nowrap}
.dots{line-height:1.1;white-space:nowrap;overflow:hidden}
.css .v{border-bottom:var(--dot) dotted #333} .rule .v{border-bottom:.22mm solid #333}
.lit .dots{position:absolute;left:0;right:0;bottom:-.35mm} .lit .val{position:relative;bottom:1mm}
.typed .v{display:flex;min-width:0} .typed .val{flex:0 0 auto} .typed .dots:last-child{flex:1 1 0;width:0;min-width:0}
.long{display:block} .long .f,.long .v,.long .val{display:inline;position:static;border:0} .long .l,.long .val{white-space:normal} .long .val{line-height:1.55;padding-left:1mm}
.long .dots{display:none} .css .long .val{border-bottom:var(--dot) dotted #333} .rule .long .val{border-bottom:.22mm solid #333}
table{border-collapse:collapse;width:100%;margin:2mm 0 3mm} td,th{border:.25mm solid #222;padding:1mm 1.6mm;vertical-align:middle;font-weight:400}
th{font-weight:700;text-align:center} td.r{text-align:right} td.m{text-align:center}
.spot{height:26mm} .sign{text-align:center} .recip{font-size:.82em;text-align:left;line-height:1.25}
.frame{position:absolute;inset:9mm;border:.8mm solid #ce7878} .frame2{position:absolute;inset:11mm;border:.3mm solid #ce7878}
.head{color:#b01e24}
"""


def esc(text: str) -> str:
    """Words that hold a hyphen or slash never break at it: `15/QĐ-UBND` is one word of the expected text."""
    return re.sub(r"\S*[-/–]\S*", lambda word: f'<span class="nb">{word.group()}</span>', html.escape(text, quote=False))


def rich(text: str) -> str:
    """Escapes all but <b> and <i>."""
    return "".join(part if re.fullmatch(r"</?[bi]>", part) else esc(part) for part in re.split(r"(</?[bi]>)", text))


def uneven(text: str) -> str:
    """Words a little off their line and unevenly spaced, as a hand writes them; the same text always the same way."""
    rng = Random(text)
    place = lambda: f"position:relative;top:{rng.uniform(-0.35, 0.2):.2f}mm;margin-right:{rng.uniform(0, 0.6):.2f}mm"  # noqa: E731
    return " ".join(f'<span style="{place()}">{esc(word)}</span>' for word in text.split())


@dataclass(frozen=True)
class Style:
    """How one page is set and filled in. `leader`: css, lit, typed, rule or none; `fill`: print, typed or hand."""

    face: Family
    pt: float
    leader: str
    fill: str
    fill_face: Family
    fill_pt: float
    ink: str
    slope: str = "normal"
    weight: int = 400
    gap_mm: float = 1.6
    dot_mm: float = 0.35
    dot: str = "."  # what literal leaders are typed with: full stops, or Word's ellipses

    def variables(self) -> str:
        return (f"--face:'{self.face.name}';--pt:{self.pt:.2f}pt;--fill:'{self.fill_face.name}';--fillpt:{self.fill_pt:.2f}pt;--ink:{self.ink};"
                f"--fillslope:{self.slope};--fillweight:{self.weight};--gap:{self.gap_mm:.2f}mm;--dot:{self.dot_mm:.2f}mm")


BLACK = "#1c1c20"
# Most papers of a counter come out of a printer; of those filled in by hand only the legible kind is imitated.
FILLS = ["print"] * 7 + ["typed"] + ["hand"] * 2
HAND_WEIGHTS = [4, 1]
LEADERS = ["css"] * 4 + ["lit"] * 3 + ["typed"] * 2 + ["rule"] * 2 + ["none"]


def any_style(rng: Random, cards: bool = False) -> Style:
    """`cards`: laminated cards are printed by machines, in sans letters."""
    face = Family("Arimo", "system", "Arimo", 0.92) if cards else rng.choice(PRINT)
    pt = face.scale * rng.choice([12.5, 13, 13, 13.5, 14])
    leader = "none" if cards else rng.choice(LEADERS)
    fill = "print" if leader in ("typed", "none") else rng.choice(FILLS)
    times_pt = pt / face.scale
    if fill == "hand":
        hand = rng.choices(HANDS, HAND_WEIGHTS)[0]
        filled = {"fill_face": hand, "fill_pt": hand.scale * times_pt, "ink": rng.choice(["#1e308c", "#20347c", "#1c1c20"])}
    elif fill == "typed":
        filled = {"fill_face": TYPEWRITER, "fill_pt": TYPEWRITER.scale * times_pt, "ink": BLACK}
    else:
        filled = {"fill_face": face, "fill_pt": pt, "ink": BLACK, "slope": rng.choice(["normal", "normal", "italic"]), "weight": rng.choice([400, 400, 700])}
    return Style(face, pt, leader, fill, gap_mm=rng.uniform(1.2, 2.6), dot_mm=rng.choice([0.3, 0.35, 0.45]), dot=rng.choice([".", ".", "…"]), **filled)


@dataclass
class Paper:
    """One page under construction. `layout` names what was drawn, `kind` is form, prose or table; `fields` is what a
    reader should find, keyed by the data dictionary."""

    document_type: str
    layout: str
    kind: str
    style: Style
    fields: dict = field(default_factory=dict)
    parts: list[str] = field(default_factory=list)

    def add(self, markup: str) -> None:
        self.parts.append(markup)

    def html(self) -> str:
        return f'<section class="page {self.style.leader}" style="{self.style.variables()}">{"".join(self.parts)}</section>'

    # --- Headers and titles ----------------------------------------------------------------------------------------------

    def letterhead(self, agency: list[str], number: str, place_date: str, about: str = "") -> None:
        """The head of NĐ 30/2020: the agency's block is read whole, then the state's."""
        left = [f'<div class="u{" b" if line is agency[-1] else ""}">{esc(line)}</div>' for line in agency]
        left += ['<i class="bar" style="width:22mm"></i>', f'<div class="u">{esc(number)}</div>']
        left += [f'<div class="u" style="font-size:.9em;max-width:68mm;margin:auto">{esc(about)}</div>'] if about else []
        right = [f'<div class="u b nb">{STATE}</div>', f'<div class="u b">{MOTTO}</div>', '<i class="bar" style="width:52mm"></i>']
        right += [f'<div class="u i">{esc(place_date)}</div>'] if place_date else []
        self.add(f'<div class="pair" style="font-size:.9em;margin:0 -6mm 6mm -10mm"><div style="max-width:76mm">{"".join(left)}</div><div>{"".join(right)}</div></div>')

    def state_header(self) -> None:
        self.add(f'<div class="u b c">{STATE}</div><div class="u b c">{MOTTO}</div><i class="bar" style="width:52mm"></i>')

    def title(self, text: str, below: str = "", red: bool = False, size: float = 1.3) -> None:
        self.add(f'<div class="u b c{" head" if red else ""}" style="font-size:{size}em;margin:5mm 0 1mm">{esc(text)}</div>')
        if below:
            self.add(f'<div class="u c b" style="margin-bottom:3mm">{esc(below)}</div>')

    def frame(self) -> None:
        self.add('<i class="x frame"></i><i class="x frame2"></i>')

    # --- Text ------------------------------------------------------------------------------------------------------------

    def text(self, words: str, how: str = "j ind") -> None:
        self.add(f'<div class="u p {how}">{rich(words)}</div>')

    def space(self, mm: float) -> None:
        self.add(f'<div style="height:{mm:.1f}mm"></div>')

    # --- Forms -----------------------------------------------------------------------------------------------------------

    def entry(self, label: str, value: str) -> None:
        """A label and its value on one line, or over several when the line is too short for them."""
        self.entries((label, value, 1))

    def entries(self, *entries: tuple[str, str, float]) -> None:
        """Several label–value pairs on one line; the number is the share of the room."""
        cells = [f'<div class="f" style="flex:{share} 1 auto">{self.cell(label, value)}</div>' for label, value, share in entries]
        self.add(f'<div class="u row">{"".join(cells)}</div>')

    def cell(self, label: str, value: str) -> str:
        dot = self.style.dot
        few, many = (f'<span class="x dots">{dot * count}</span>' for count in (5 if dot == "." else 2, DOTS_COUNT))
        written = uneven(value) if self.style.fill == "hand" else esc(value)
        shown = f'<span class="val">{written}</span>'
        inside = {"lit": many + shown, "typed": few + shown + many}.get(self.style.leader, shown)
        return f'<span class="l">{esc(label)} </span><span class="v">{inside}</span>'

    # --- Tables ----------------------------------------------------------------------------------------------------------

    def table(self, rows: list[list[str]], widths: list[float], align: str = "", head: bool = True, size: float = 0.9, pad_mm: float = 1.0) -> None:
        """A ruled grid; `align` has l, m or r for each column. A row whose cells have one line each is one line of the text."""
        align = align or "l" * len(widths)
        columns = "".join(f'<col style="width:{width}%">' for width in widths)
        body = []
        for number, row in enumerate(rows):
            tag = "th" if head and number == 0 else "td"
            cells = "".join(f'<{tag} class="{how}" style="padding:{pad_mm}mm 1.6mm">{esc(cell)}</{tag}>' for how, cell in zip(align, row, strict=True))
            body.append(f'<tr class="u">{cells}</tr>')
        self.add(f'<table style="font-size:{size}em;table-layout:fixed"><colgroup>{columns}</colgroup>{"".join(body)}</table>')

    # --- Endings ---------------------------------------------------------------------------------------------------------

    def ending(self, titles: list[str], name: str, left: list[str] = (), place_date: str = "") -> None:
        """Nơi nhận to the left, then the signature block to the right."""
        recipients = ""
        if left:
            recipients = f'<div class="u recip"><b><i>{esc(left[0])}</i></b></div>' + "".join(f'<div class="u recip">{esc(line)}</div>' for line in left[1:])
        block = f'<div class="u i">{esc(place_date)}</div>' if place_date else ""
        block += "".join(f'<div class="u b">{esc(line)}</div>' for line in titles)
        block += f'<div class="spot"></div><div class="u b">{esc(name)}</div>'
        self.add(f'<div class="pair" style="margin-top:5mm"><div style="min-width:60mm">{recipients}</div><div class="sign" style="min-width:76mm">{block}</div></div>')

    def signers(self, columns: list[tuple[list[str], str]]) -> None:
        """Several signature blocks beside each other, each read whole; the last one is the agency's."""
        blocks = []
        for number, (titles, name) in enumerate(columns):
            spot = "spot" if number == len(columns) - 1 else "spot hand"
            lines = "".join(f'<div class="u b">{esc(line)}</div>' if not line.startswith("(") else f'<div class="u i" style="font-size:.85em">{esc(line)}</div>' for line in titles)
            blocks.append(f'<div class="sign">{lines}<div class="{spot}"></div><div class="u b">{esc(name)}</div></div>')
        self.add(f'<div class="pair" style="margin-top:5mm;justify-content:space-around">{"".join(blocks)}</div>')
