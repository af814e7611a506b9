"""What other programs have to say about a page that was called done: poppler of PDFs, Pillow of pictures.

They see the file itself, never our drawing of it.
"""

import re
import subprocess
import tempfile
import unicodedata
import warnings
from pathlib import Path

from PIL import Image, ImageChops, ImageOps

# Resolution at which pages are drawn anew: letters of 6 points are 8 pixels high.
DPI = 100
# Longest that one of these programs may take; a page that takes longer is one to look at.
LIMIT_S = 60
# Darker than its paper by so much (of 255), a pixel is ink.
INK_CONTRAST = 70
# The paper is told in squares of this many pixels: about two lines.
SQUARE = 32
# Words are widened by this many pixels: accents and the tails of letters stick out.
WORD_MARGIN = 3
# When more of the ink than this stands under no word, the page is doubted: rules and specks are less.
UNREAD_SHARE_MAX = 0.25
# Fewer pixels of ink say nothing: about ten letters.
INK_MIN = 400
# More typed words than this share that poppler finds and the reading lacks are not hyphens and ligatures.
LACKING_SHARE_MAX = 0.1


def doubts(file: Path, page: dict) -> list[str]:
    """What speaks against calling this page done."""
    is_pdf = file.suffix.lower() == ".pdf"
    said, picture = pdf_page(file, page["number"]) if is_pdf else picture_page(file, page["number"])
    if picture:
        said += ink_without_words(picture, page)
    if is_pdf and page["source"] == "digital":
        said += lacking_words(file, page)
    return said


def pdf_page(file: Path, number: int) -> tuple[list[str], Image.Image | None]:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "page"
        command = ["pdftoppm", "-cropbox", "-gray", "-png", "-singlefile", "-r", str(DPI), "-f", str(number), "-l", str(number), file, out]
        ran = ask(command)
        if ran is None:
            return [f"poppler takes longer than {LIMIT_S} s"], None
        said = [f"poppler: {complaint}" for complaint in ran.stderr.splitlines()[:1]]
        drawing = out.with_suffix(".png")
        return said, Image.open(drawing).convert("L") if drawing.exists() else None


def picture_page(file: Path, number: int) -> tuple[list[str], Image.Image | None]:
    try:
        with warnings.catch_warnings(record=True) as caught, Image.open(file) as picture:
            warnings.simplefilter("always")
            picture.seek(number - 1)
            gray = on_white(ImageOps.exif_transpose(picture))
        return [f"Pillow: {one.message}" for one in caught[:1]], gray
    except (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError) as error:
        return [f"Pillow: {error}"], None


def on_white(picture: Image.Image) -> Image.Image:
    colours = picture.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", colours.size, "white"), colours).convert("L")


def ink_without_words(picture: Image.Image, page: dict) -> list[str]:
    upright = picture.rotate(-page["rotation_degrees"], expand=True)
    width = max(1, round(page["width"] * DPI / max(page["dpi"], 1)))
    height = max(1, round(page["height"] * DPI / max(page["dpi"], 1)))
    ink = ink_of(upright.resize((width, height)))
    all_of_it = ink.histogram()[255]
    for word in (word for line in page["lines"] for word in line["words"]):
        ink.paste(0, box_of(word["region"], DPI / page["dpi"]))
    for label in page["labels"]:
        ink.paste(0, box_of(label["region"], DPI / page["dpi"]))
    left = ink.histogram()[255]
    if all_of_it < INK_MIN or left <= UNREAD_SHARE_MAX * all_of_it:
        return []
    return [f"{100 * left / all_of_it:.0f} % of {all_of_it} pixels of ink under no word"]


def ink_of(gray: Image.Image) -> Image.Image:
    """White where a pixel is darker than the paper around it."""
    small = gray.resize((max(1, gray.width // SQUARE), max(1, gray.height // SQUARE)), Image.Resampling.BOX)
    paper = small.point(lambda value: min(255, value + 20)).resize(gray.size)
    return ImageChops.subtract(paper, gray).point(lambda darker: 255 if darker > INK_CONTRAST else 0)


def box_of(region: dict, scale: float) -> tuple[int, int, int, int]:
    left, top = round(region["left"] * scale) - WORD_MARGIN, round(region["top"] * scale) - WORD_MARGIN
    return left, top, left + round(region["width"] * scale) + 2 * WORD_MARGIN, top + round(region["height"] * scale) + 2 * WORD_MARGIN


def lacking_words(file: Path, page: dict) -> list[str]:
    number = str(page["number"])
    ran = ask(["pdftotext", "-nopgbrk", "-f", number, "-l", number, file, "-"])
    if ran is None:
        return []
    # Poppler joins and cuts words elsewhere, and takes ligatures apart.
    typed, read = words(ran.stdout), "".join(words(page["text"]))
    lacking = [word for word in typed if word not in read]
    if len(lacking) <= LACKING_SHARE_MAX * len(typed):
        return []
    return [f"{len(lacking)} of {len(typed)} typed words lack: {' '.join(lacking[:3])}"]


def words(text: str) -> list[str]:
    return re.findall(r"\w{2,}", unicodedata.normalize("NFKC", text))


def ask(command: list) -> subprocess.CompletedProcess | None:
    try:
        return subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=LIMIT_S, check=False)
    except subprocess.TimeoutExpired:
        return None
