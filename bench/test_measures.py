"""Do the measures measure? `scripts/test.sh` runs this."""

import random
import unittest

from measures import Score, bare, edits, score


class Edits(unittest.TestCase):
    def check(self, expected, read, distance: int) -> None:
        self.assertEqual(edits(expected, read), distance, (expected, read))

    def test_known(self) -> None:
        self.check("", "", 0)
        self.check("", "xy", 2)
        self.check("xy", "", 2)
        self.check("kitten", "sitting", 3)
        self.check("ab", "xyzabxyz", 6)
        self.check("abcd", "bcda", 2)
        self.check(["Hà", "Nội"], ["Hà", "Đông", "Nội"], 1)

    def test_same_as_the_table_of_the_textbook(self) -> None:
        chance = random.Random(4)
        for _ in range(400):
            one, other = ("".join(chance.choices("abc", k=chance.randrange(90))) for _ in range(2))
            self.check(one, other, by_table(one, other))


def by_table(one: str, other: str) -> int:
    row = list(range(len(other) + 1))
    for index, letter in enumerate(one, 1):
        above, row = row, [index]
        for column, against in enumerate(other, 1):
            row.append(min(row[-1] + 1, above[column] + 1, above[column - 1] + (letter != against)))
    return row[-1]


class Scores(unittest.TestCase):
    def check(self, measure: str, expected: str, read: str, value: float) -> None:
        self.assertAlmostEqual(getattr(score(expected, read), measure), value, msg=(measure, expected, read))

    def test_letters(self) -> None:
        self.check("cer", "", "", 0)
        self.check("cer", "", "x", 1)
        self.check("cer", "abcd", "", 1)
        self.check("cer", "abcd", "abxd", 0.25)
        self.check("cer", "Nguyễn Văn", "Nguye\u0302\u0303n  Văn\n", 0)
        self.check("cer", "Nguyễn Văn", "Nguyên Văn", 0.1)
        self.check("cer", "Hà Nội", "hà nội", 2 / 6)

    def test_words(self) -> None:
        self.check("wer", "Ủy ban nhân dân", "Ủy ban nhân dân", 0)
        self.check("wer", "Ủy ban nhân dân", "Uỷ ban dân", 0.5)
        self.check("wer", "Hà Nội,", "Hà Nội", 0.5)

    def test_any_order(self) -> None:
        self.check("any_order_cer", "UBND xã\nCỘNG HÒA", "CỘNG HÒA\nUBND xã", 0)
        self.check("any_order_cer", "một hai ba", "ba hoi một", 1 / 10)
        self.check("any_order_cer", "hai một", "một", 3 / 7)
        self.check("any_order_cer", "một hai", "hai ~~ một", 2 / 7)
        self.check("any_order_cer", "hai hai", "hai", 3 / 7)
        self.check("any_order_cer", "một hai", "mộthai", 1 / 7)

    def test_lost(self) -> None:
        self.check("lost", "Số: 12/QĐ", "12/QĐ, Số", 0)
        self.check("lost", "hai hai ba", "ba hai", 1 / 3)
        self.check("lost", "Nguyễn Văn", "Nguyên Văn", 1 / 2)
        self.check("lost", "họ tên: …… - /", "họ tên", 0)

    def test_missed(self) -> None:
        self.check("missed", "Nguyễn Văn", "Nguyên Văn", 0)
        self.check("missed", "Nguyễn Văn", "Văn", 1 / 2)
        self.check("missed", "Nguyễn Văn", "Văn |||||", 1 / 2)
        self.check("missed", "một một", "mót", 1 / 2)

    def test_bare(self) -> None:
        self.assertEqual(bare(["(Nam),", "....", "98,4", "_x_"]), ["Nam", "98,4", "x"])

    def test_sums_weigh_letters(self) -> None:
        both = score("a" * 9, "a" * 9) + score("b", "c")
        self.assertEqual((both.cer, both.wer), (0.1, 0.5))
        self.assertEqual(Score().cer, 0)


if __name__ == "__main__":
    unittest.main()
