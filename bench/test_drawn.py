"""What is held against a page that was called done. Skipped where Pillow is missing, which `./setup.sh eval` installs."""

import unittest

try:
    from PIL import Image, ImageDraw
except ImportError as missing:
    raise unittest.SkipTest("Pillow is missing: ./setup.sh eval installs it") from missing

from drawn import ink_without_words, words


def page(regions: list[tuple[int, int, int, int]], rotation_degrees: int = 0) -> dict:
    """A page of 400 × 300 pixels at 100 dpi with a word in each region."""
    boxes = [dict(zip(("left", "top", "width", "height"), region, strict=True)) for region in regions]
    return {"width": 400, "height": 300, "dpi": 100, "rotation_degrees": rotation_degrees, "labels": [], "lines": [{"words": [{"region": box} for box in boxes]}]}


def drawing() -> Image.Image:
    """Two dark bars of a word's size."""
    picture = Image.new("L", (400, 300), 255)
    for top in (50, 200):
        ImageDraw.Draw(picture).rectangle((100, top, 180, top + 14), fill=0)
    return picture


class Doubts(unittest.TestCase):
    def check(self, regions: list, is_doubted: bool, rotation_degrees: int = 0, picture: Image.Image | None = None) -> None:
        said = ink_without_words(picture or drawing(), page(regions, rotation_degrees))
        self.assertEqual(bool(said), is_doubted, said)

    def test_ink_under_no_word_is_told(self):
        both = [(100, 50, 81, 15), (100, 200, 81, 15)]
        self.check(both, False)
        self.check(both[:1], True)
        self.check([], True)
        self.check([], False, picture=Image.new("L", (400, 300), 255))

    def test_the_page_is_looked_at_as_it_was_turned(self):
        lying = drawing().rotate(90, expand=True)
        self.check([(100, 50, 81, 15), (100, 200, 81, 15)], False, rotation_degrees=90, picture=lying)

    def test_ligatures_are_letters(self):
        self.assertEqual(words("ﬁn, a 12"), ["fin", "12"])


if __name__ == "__main__":
    unittest.main()
