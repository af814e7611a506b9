"""What can be tested of the making of the model without training: the bytes, the signs, the texts."""

import struct
import unittest
from random import Random

from charset import SIGNS, extended_recoder, extended_unicharset
from texts import Writer, syllable, toned
from to_float import Converter


def head(kind: str, flags: int = 0, inputs: int = 1) -> bytes:
    """The head of a part of a network, as Tesseract writes it."""
    name = kind.encode()
    return struct.pack("<bI", 0, len(name)) + name + struct.pack("<bbiiii", 0, 0, flags, inputs, 1, 2) + struct.pack("<I", len(name)) + name


def network(matrix: bytes) -> bytes:
    """A series with one layer, one learning rate, and the recogniser's tail: formula, flags, counters."""
    return head("Series", flags=64) + struct.pack("<I", 1) + head("Tanh") + matrix + struct.pack("<If", 1, 0.5) + struct.pack("<I", 3) + b"[1]" + struct.pack("<i", 65) + b"tail"


class ToFloat(unittest.TestCase):
    def test_weights_are_whole_numbers_times_the_factor_of_their_row(self):
        whole = struct.pack("<Biib4bI2d", 1 | 4 | 128, 2, 2, 0, 127, -64, 1, 0, 2, 0.5, 2.0)
        real = struct.pack("<Biid4d", 4 | 128, 2, 2, 0.0, 63.5, -32.0, 2.0, 0.0)
        expected = network(real).replace(struct.pack("<i", 65) + b"tail", struct.pack("<i", 64) + b"tail")
        self.assertEqual(Converter(network(whole)).convert(), expected)

    def test_real_numbers_are_refused(self):
        with self.assertRaises(SystemExit):
            Converter(network(struct.pack("<Biid1d", 128, 1, 1, 0.0, 1.0))).convert()


class Signs(unittest.TestCase):
    def test_new_signs_come_after_the_old_ones(self):
        lines = extended_unicharset(["3", "NULL 0 Common 0", "a 3 x", "… 10 x"])
        self.assertEqual(lines[0], str(3 + len(SIGNS) - 1), "a sign that is there is not added again")
        self.assertEqual(lines[1:4], ["NULL 0 Common 0", "a 3 x", "… 10 x"])
        self.assertTrue(lines[4].startswith("ỵ 3 ") and " Latin 4 0 3 ỵ\t" in lines[4], lines[4])

    def test_new_codes_come_after_the_old_ones(self):
        entry = struct.Struct("<bIi")
        old = struct.pack("<I", 2) + entry.pack(1, 1, 0) + entry.pack(0, 1, 7)
        self.assertEqual(extended_recoder(old, 3), struct.pack("<I", 3) + old[4:] + entry.pack(1, 1, 8))


class Texts(unittest.TestCase):
    def test_tones_stand_where_they_are_written(self):
        def check(onset, rime, tone, expected):
            self.assertEqual(toned(onset, rime, tone), expected)

        check("ngh", "iêng", "\u0303", "nghiễng")
        check("t", "oan", "\u0301", "toán")
        check("h", "oa", "\u0300", "hòa")
        check("ng", "oai", "\u0300", "ngoài")
        check("kh", "uyu", "\u0309", "khuỷu")
        check("m", "ua", "\u0300", "mùa")
        check("ch", "i", "", "chi")

    def test_syllables_keep_the_rules_of_spelling(self):
        rng = Random(1)
        for _ in range(2000):
            word = syllable(rng)
            self.assertFalse(word.startswith(("ka", "ko", "ku", "ci", "ce", "quu", "gii")), word)

    def test_every_line_can_be_learnt(self):
        allowed = set(" !\"#$%&'()*+,-./0123456789:;<=>?@[\\]_|~«»°“”—") | {sign[0] for sign in SIGNS}
        writer = Writer(Random(2), ["đường", "Huyện", "QUỐC", "lũ", "xe"])
        for _ in range(2000):
            line = writer.line()
            self.assertEqual([letter for letter in line if not letter.isalpha() and letter not in allowed], [], line)
            self.assertLessEqual(len(line), 90)


if __name__ == "__main__":
    unittest.main()
