"""Fonts by file, each checked to hold every Vietnamese letter: a font that lacks some would fall back without a word."""

import importlib
import os
import subprocess
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fontTools.ttLib import TTFont

TONES = ["", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"]
STYLES = {"r": "Regular", "b": "Bold", "i": "Italic", "bi": "Bold Italic"}
FONT_FOLDER = Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local/share")) / "motlan" / "fonts"


def vietnamese_letters() -> set[str]:
    """The 134 letters beyond ASCII, stacked accents included."""
    vowels = {unicodedata.normalize("NFC", vowel + tone) for vowel in "aăâeêioôơuưy" for tone in TONES}
    small = {letter for letter in vowels | {"đ"} if not letter.isascii()}
    return small | {letter.upper() for letter in small}


@dataclass(frozen=True)
class Family:
    """`source`: `system` (fontconfig), `package` (a fontpkg wheel) or `file` (fetched by setup.sh). `scale`: size relative to Times that looks alike."""

    name: str
    source: str
    where: str
    scale: float = 1.0


# Offices write in Times New Roman (Tinos has its shapes and widths); the others are what older and foreign-made forms show.
PRINT = [Family("Tinos", "system", "Tinos")] * 7 + [
    Family("Arimo", "system", "Arimo", 0.92),
    Family("Noto Serif", "package", "fontpkg_noto_serif", 0.9),
    Family("Source Serif 4", "package", "fontpkg_source_serif_4", 0.95),
    Family("Roboto", "package", "fontpkg_roboto", 0.92),
]
TYPEWRITER = Family("Cousine", "system", "Cousine", 0.85)
HANDS = [Family("Patrick Hand", "file", "PatrickHand-Regular.ttf", 1.2), Family("Dancing Script", "package", "fontpkg_dancing_script", 1.25)]


@lru_cache
def files_of(family: Family) -> dict[str, Path]:
    """The font's files by style; a variable font's file serves every weight."""
    if family.source == "system":
        found = {style: system_file(family.where, name) for style, name in STYLES.items()}
    elif family.source == "file":
        found = {"r": FONT_FOLDER / family.where}
    else:
        folder = Path(importlib.import_module(family.where).__file__).parent / "files"
        files = sorted(folder.glob("*.ttf"))
        upright = next(path for path in files if "Italic" not in path.name)
        slanted = next((path for path in files if "Italic" in path.name), None)
        found = {"r": upright, "b": upright} | ({"i": slanted, "bi": slanted} if slanted else {})
    for path in set(found.values()):
        lacking = sorted(vietnamese_letters() - characters(path))
        if lacking:
            raise SystemExit(f"{path} lacks {len(lacking)} Vietnamese letters: {''.join(lacking[:20])}")
    return found


def system_file(family: str, style: str) -> Path:
    """fontconfig substitutes silently, so its answer is compared with the question."""
    answer = subprocess.run(["fc-match", "-f", "%{family}|%{file}", f"{family}:style={style}"], capture_output=True, text=True, check=True).stdout
    got, path = answer.split("|", 1)
    if family not in got:
        raise SystemExit(f"font {family} {style} is missing: install fonts-croscore")
    return Path(path)


@lru_cache
def characters(path: Path) -> set[str]:
    if not path.exists():
        raise SystemExit(f"font {path} is missing: run ./setup.sh eval")
    return {chr(code) for code in TTFont(path, lazy=True).getBestCmap()}


def face_rules(families: list[Family]) -> str:
    """`@font-face` rules that name files, so that nothing can be substituted."""
    rules = []
    for family in sorted(set(families), key=lambda family: family.name):
        for style, path in files_of(family).items():
            weight = "700" if "b" in style else "400"
            slope = "italic" if "i" in style else "normal"
            rules.append(f"@font-face{{font-family:'{family.name}';font-weight:{weight};font-style:{slope};src:url('{path.as_uri()}')}}")
    return "\n".join(rules)
