"""Faces to draw training lines in: every font file below the given folders that holds all Vietnamese letters, alone or with its companions.

Packages of the `@fontsource` kind cut a font into files by alphabet; those are joined here, letter by letter.
"""

import re
import tarfile
import unicodedata
import zipfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fontTools.ttLib import TTFont
from PIL import ImageFont

NEEDED = {unicodedata.normalize("NFC", vowel + tone) for vowel in "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY" for tone in ["", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"]} | set("đĐ0123456789fjwzFJWZ.,:;()-/")
# Faces of the pages that readings are measured on, but for the three that offices write in: they must stay unseen.
HELD_OUT = re.compile(r"patrick.?hand|dancing.?script|noto.?serif|source.?serif|roboto(-flex|-condensed|\[|-regular|-italic)|fontpkg.roboto/", re.I)
# Letters that are drawn as capitals, outlines or pictures, or belong to other scripts.
UNFIT = re.compile(r"-sc-|smallcaps|caps|outline|barcode|emoji|symbols|math|shade|initials|keyboard|dunhill|lmromanun|lmvtt|lmmonoprop|thin|extralight|black|display", re.I)
# What is written by hand or looks like it, and what has letters of one width.
HANDS = re.compile(r"itim|sriracha|mansalva|grandstander|oooh|ephesis|playpen|shantell|vibur|amatic|lemonada|licorice|mali|charm|caveat|gaegu|fuzzy|comforter|kolker|waterfall|nautigal|square-peg|send-flowers|mynerve|playwrite|handlee|merienda|lobster|pacifico|great-vibes|great_vibes|baloo|comfortaa|chorus|farsan", re.I)
TYPEWRITERS = re.compile(r"mono|cousine|courier|cursor|inconsolata|lmmono|sourcecode|firacode|typewriter|freemono", re.I)
OFFICE = re.compile(r"tinos|arimo|liberation|termes|freeserif|heros", re.I)
ALPHABETS = ("latin", "latin-ext", "vietnamese")


@dataclass(frozen=True)
class Face:
    """Files that hold its letters, the fuller ones first; its family; of which sort it is: hand, typewriter, office, print."""

    files: tuple[Path, ...]
    family: str
    sort: str

    def font(self, size: int, index: int) -> ImageFont.FreeTypeFont:
        return loaded(self.files[index], size)

    def file_of(self, letter: str) -> int | None:
        """Which of the files draws the letter."""
        return next((index for index, file in enumerate(self.files) if ord(letter) in letters(file)), None)


@lru_cache(maxsize=4000)
def loaded(file: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(file), size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=None)
def letters(file: Path) -> frozenset[int]:
    return frozenset(TTFont(file, lazy=True, fontNumber=0).getBestCmap() or {})


def unpack(downloads: Path, into: Path) -> None:
    """Font files out of wheels and npm packages; `woff2` becomes `ttf`."""
    for wheel in sorted(downloads.glob("**/*.whl")):
        with zipfile.ZipFile(wheel) as held:
            for name in held.namelist():
                if name.endswith(".ttf"):
                    held.extract(name, into)
    for package in sorted(downloads.glob("**/*.tgz")):
        with tarfile.open(package) as held:
            for member in held.getmembers():
                found = re.fullmatch(r"package/files/(.+)-(latin|latin-ext|vietnamese)-(400|700)-(normal|italic)\.woff2", member.name)
                if found:
                    target = into / "npm" / f"{found[1]}-{found[3]}-{found[4]}.{found[2]}.ttf"
                    target.parent.mkdir(parents=True, exist_ok=True)
                    font = TTFont(held.extractfile(member))
                    font.flavor = None
                    font.save(target)


def find(folders: list[Path], held_out: bool = False) -> list[Face]:
    """The faces in those folders to learn from; with `held_out` the others, to test on."""
    files = sorted(file for folder in folders for kind in ("ttf", "otf") for file in folder.glob(f"**/*.{kind}"))
    groups: dict[str, list[Path]] = {}
    for file in files:
        alphabet = next((name for name in ALPHABETS if file.stem.endswith("." + name)), "")
        groups.setdefault(str(file.with_name(file.stem.removesuffix("." + alphabet))), []).append(file)
    faces = []
    for name, parts in sorted(groups.items()):
        if not UNFIT.search(name) and bool(HELD_OUT.search(name)) == held_out and NEEDED <= {chr(code) for part in parts for code in letters(part)}:
            faces.append(Face(tuple(sorted(parts, key=lambda part: len(letters(part)), reverse=True)), family_of(name), sort_of(name)))
    return faces


def family_of(name: str) -> str:
    return re.split(r"[-_\[.]|\d{2}", Path(name).name)[0].lower()


def sort_of(name: str) -> str:
    sorts = (("hand", HANDS), ("typewriter", TYPEWRITERS), ("office", OFFICE))
    return next((sort for sort, pattern in sorts if pattern.search(Path(name).name) or pattern.search(Path(name).parent.parent.name)), "print")
