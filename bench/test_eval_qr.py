"""Does the measuring of codes measure? `scripts/test.sh` runs this."""

import unittest
from pathlib import Path

from eval_qr import Case, Look, goals, plain_ends, row

ROOT = Path("/pictures")


def case(place: str, expected: str | None, plain: list[str], wished: list[str] | None = None, panicked: bool = False) -> Case:
    return Case(ROOT / place / "a.png", expected, Look(plain, 8.0, panicked), Look(plain if wished is None else wished, 20.0))


PROMISED, SMALL = "0.45mm/200dpi/seal", "0.35mm/150dpi/seal"
BLANK = case("blank", None, [])


class Goals(unittest.TestCase):
    def check(self, drawn: list[Case], blank: list[Case], outside: list[Case], missed: list[str]) -> None:
        found = [goal.what.split(",")[0] for goal in goals(drawn, blank, outside, ROOT) if not goal.met]
        self.assertEqual(found, missed)

    def test_each_can_be_missed(self):
        read, unread = case(PROMISED, "X", ["X"]), case(PROMISED, "X", [], ["X"])
        self.check([read, case(SMALL, "X", [])], [BLANK], [], [])
        self.check([read, unread], [BLANK], [], ["ours"])
        self.check([read, case(PROMISED, "X", ["Y"])], [BLANK], [], ["ours"])
        self.check([read], [case("blank", None, [], ["Y"])], [], ["false reads"])
        self.check([read], [case("blank", None, [], panicked=True)], [], ["panics"])
        self.check([read], [BLANK], [case("set", "X", [], ["X"]) for _ in range(97)] + [case("set", "X", []) for _ in range(3)], [])
        self.check([read], [BLANK], [case("set", "X", ["X"]) for _ in range(96)] + [case("set", "X", []) for _ in range(4)], ["outside pictures"])


class Telling(unittest.TestCase):
    def test_a_row_tells_both_looks(self):
        self.assertEqual(row("set", [case("set", "X", ["X"]), case("set", "X", [], ["X"])]), "| set | 2 | 1 (50%) | 2 (100%) | 0 | 8 / 8 | 20 / 20 |")

    def test_line_ends_do_not_count(self):
        self.assertEqual(plain_ends("a\r\nb\r\n"), plain_ends("a\nb"))
        self.assertNotEqual(plain_ends("a b"), plain_ends("a\nb"))


if __name__ == "__main__":
    unittest.main()
