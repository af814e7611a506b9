"""Papers → pages: one Chromium run lays all of them out, tells their lines, and prints one PDF; pdfium draws its pages.

Fonts are named by file and lines are measured in the same run that prints, so the expected text breaks where the page does.
"""

import json
import re
import subprocess
import tempfile
import unicodedata
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from shutil import which

import pypdfium2
from PIL import Image

from .fonts import characters, face_rules, files_of
from .paper import CSS, Paper

MM_PER_PX = 25.4 / 96
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# A run of a few hundred pages takes some minutes on a slow machine.
BROWSER_SECONDS_MAX = 900

MEASURE = r"""
const linesOf = unit => {
  const lines = [], walk = document.createTreeWalker(unit, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    if (node.parentElement.closest('.x')) continue;
    for (const word of node.data.matchAll(/\S+/g)) {
      const range = document.createRange();
      range.setStart(node, word.index); range.setEnd(node, word.index + word[0].length);
      const rects = [...range.getClientRects()].filter(r => r.width > 0);
      const box = range.getBoundingClientRect(), last = lines.at(-1);
      const page = unit.closest('.page').getBoundingClientRect();
      const at = {x0: box.left - page.left, y0: box.top - page.top, x1: box.right - page.left, y1: box.bottom - page.top};
      const middle = (at.y0 + at.y1) / 2;
      if (rects.some(r => Math.abs(r.top - rects[0].top) > 3)) lines.broken = word[0];
      if (last && Math.abs(middle - (last.y0 + last.y1) / 2) < 0.5 * Math.min(at.y1 - at.y0, last.y1 - last.y0)) {
        last.text += ' ' + word[0]; last.x1 = Math.max(last.x1, at.x1); last.y1 = Math.max(last.y1, at.y1); last.y0 = Math.min(last.y0, at.y0);
      } else lines.push({text: word[0], ...at});
    }
  }
  return lines;
};
const unitLines = unit => {
  if (unit.tagName !== 'TR') return linesOf(unit);
  const cells = [...unit.cells].map(linesOf).filter(lines => lines.length);
  if (cells.some(lines => lines.length > 1) || !cells.length) return cells.flat();
  const all = cells.flat();
  return [{text: all.map(l => l.text).join(' '), x0: all[0].x0, y0: all[0].y0, x1: all.at(-1).x1, y1: Math.max(...all.map(l => l.y1))}];
};
const beyond = (inner, outer) => inner.getBoundingClientRect().right > outer.getBoundingClientRect().right + 1;
// A value longer than its line goes on below, under its label; entries that do not fit beside each other stand below each other.
const wrap = row => {
  if (![...row.querySelectorAll('.val')].some(value => beyond(value, value.closest('.f')) || beyond(value, row))) return;
  if (row.children.length === 1) row.classList.add('long'); else row.style.flexWrap = 'wrap';
};
// A page that holds more than a sheet is set a little smaller, as a typist would.
const fit = page => {
  for (let tries = 0; tries < 12 && page.scrollHeight > page.clientHeight + 1; tries++)
    for (const name of ['--pt', '--fillpt', '--gap']) page.style.setProperty(name, `calc(${page.style.getPropertyValue(name)} * 0.97)`);
};
document.fonts.ready.then(() => {
  document.querySelectorAll('.row').forEach(wrap);
  document.querySelectorAll('.page').forEach(fit);
  const told = [...document.querySelectorAll('.page')].map(page => {
    const edge = page.getBoundingClientRect();
    const units = [...page.querySelectorAll('.u')].map(unitLines);
    const place = spot => { const box = spot.getBoundingClientRect();
      return {x: box.left + box.width / 2 - edge.left, y: box.top + box.height / 2 - edge.top, hand: spot.classList.contains('hand')}; };
    const whole = line => line.x0 > 8 && line.y0 > 8 && line.x1 < edge.width - 8 && line.y1 < edge.height - 8;
    const outside = units.flat().filter(line => !whole(line)).map(line => line.text)
      .concat([...page.querySelectorAll('.row:not(.long) .val')].filter(value => beyond(value, value.closest('.f'))).map(value => value.innerText));
    return {lines: units.flat(), spots: [...page.querySelectorAll('.spot')].map(place), outside, broken: units.map(u => u.broken).filter(Boolean)};
  });
  const out = document.createElement('script');
  out.type = 'application/json'; out.id = 'told'; out.textContent = JSON.stringify(told);
  document.body.append(out);
});
"""


@dataclass
class Line:
    """One printed line; its box in millimetres."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


@dataclass
class Laid:
    """A paper after layout. `spots`: where signatures go, in millimetres, and whether a person signs there without a seal."""

    paper: Paper
    lines: list[Line]
    spots: list[tuple[float, float, bool]]

    @property
    def text(self) -> str:
        return unicodedata.normalize("NFC", "\n".join(line.text for line in self.lines)) + "\n"


def lay_out(papers: list[Paper], folder: Path) -> tuple[list[Laid], Path]:
    """Lays all papers out in one run; the PDF has a page for each."""
    families = [family for paper in papers for family in (paper.style.face, paper.style.fill_face)]
    page = folder / "pages.html"
    page.write_text(f"<!doctype html><html lang='vi'><meta charset='utf-8'><style>{face_rules(families)}{CSS}</style><body>"
                    f"{''.join(paper.html() for paper in papers)}<script>{MEASURE}</script></body></html>", encoding="utf-8")
    pdf = folder / "pages.pdf"
    told = run_browser(page, pdf)
    if len(told) != len(papers) or len(pypdfium2.PdfDocument(pdf)) < len(papers):
        raise SystemExit("the browser did not lay out every page")
    sheets = [laid(paper, facts) for paper, facts in zip(papers, told, strict=True)]
    compare_letters(sheets, pdf)
    return sheets, pdf


def compare_letters(sheets: list[Laid], pdf: Path) -> None:
    """Every expected letter is printed and no other, leaders apart: the browser's text against the PDF's own."""
    document = pypdfium2.PdfDocument(pdf)
    for number, sheet in enumerate(sheets):
        expected, printed = letters(sheet.text), letters(document[number].get_textpage().get_text_range())
        if expected != printed:
            raise SystemExit(f"{sheet.paper.layout}: expected but not printed {expected - printed}, printed but not expected {printed - expected}")
    document.close()


def letters(text: str) -> Counter:
    """How often each letter stands in a text; full stops are left out because leaders are made of them, hyphens because a PDF marks some as soft."""
    return Counter(re.sub(r"[\s.…\u00ad\u0002\ufffe-]", "", unicodedata.normalize("NFC", text)))


def run_browser(page: Path, pdf: Path) -> list[dict]:
    with tempfile.TemporaryDirectory() as profile:
        command = [browser(), "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", f"--user-data-dir={profile}", "--font-render-hinting=none",
                   "--allow-file-access-from-files", "--virtual-time-budget=30000", "--no-pdf-header-footer", "--dump-dom", f"--print-to-pdf={pdf}", page.as_uri()]
        done = subprocess.run(command, capture_output=True, text=True, timeout=BROWSER_SECONDS_MAX)
    found = re.search(r'<script type="application/json" id="told">(.*?)</script>', done.stdout, re.S)
    if not found or not pdf.exists():
        raise SystemExit(f"the browser failed: {done.stderr[-2000:]}")
    return json.loads(found.group(1))


def browser() -> str:
    found = next((path for name in BROWSERS if (path := which(name))), None)
    if not found:
        raise SystemExit("chromium is missing: run ./setup.sh eval")
    return found


def laid(paper: Paper, facts: dict) -> Laid:
    if facts["broken"]:
        raise SystemExit(f"{paper.layout}: a word is broken over two lines: {facts['broken']}")
    if facts["outside"]:
        raise SystemExit(f"{paper.layout}: text runs over its edge: {facts['outside']}")
    lines = [Line(line["text"], *(line[key] * MM_PER_PX for key in ("x0", "y0", "x1", "y1"))) for line in facts["lines"]]
    have = set.intersection(*(characters(path) for path in (files_of(paper.style.face)["r"], files_of(paper.style.fill_face)["r"])))
    lacking = set("".join(line.text for line in lines)) - have - {" "}
    if lacking:
        raise SystemExit(f"{paper.layout}: {paper.style.face.name} or {paper.style.fill_face.name} lacks {lacking}")
    return Laid(paper, lines, [(spot["x"] * MM_PER_PX, spot["y"] * MM_PER_PX, spot["hand"]) for spot in facts["spots"]])


def draw(pdf: Path, number: int, dpi: int) -> Image.Image:
    """One page of the PDF in colour."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return document[number].render(scale=dpi / 72).to_pil().convert("RGB")
    finally:
        document.close()
