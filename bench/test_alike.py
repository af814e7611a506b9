"""Are pictures compared that can be? `scripts/test.sh` runs this."""

import sqlite3
import unittest
from contextlib import closing

from alike import differing, picture_signs

PAGES = [
    # paper, page, whether this reading counts, signs
    ("held", 1, 1, 0b1011),
    ("held", 2, 1, 0b0000),
    ("again", 1, 0, 0b1111),
    ("again", 1, 1, 0b1001),
    ("far", 1, 1, -1),
    ("bare", 1, 1, None),
]


class Pictures(unittest.TestCase):
    def setUp(self) -> None:
        with closing(sqlite3.connect(":memory:")) as database:
            database.execute("create table page (document_id text, number integer, counts integer, picture_hash integer)")
            database.executemany("insert into page values (?, ?, ?, ?)", PAGES)
            self.signs = picture_signs(database)

    def check(self, one: str, other: str, expected: dict[int, int]) -> None:
        self.assertEqual(differing(self.signs, [(one, other)]), expected, (one, other))

    def test_first_pages_are_compared(self) -> None:
        self.check("held", "again", {1: 1})
        self.check("again", "held", {1: 1})
        self.check("held", "far", {61: 1})

    def test_a_page_without_signs_is_left_out(self) -> None:
        self.check("held", "bare", {})
        self.check("bare", "bare", {})
        self.assertEqual(differing(self.signs, [("held", "bare"), ("held", "again"), ("again", "held")]), {1: 2})


if __name__ == "__main__":
    unittest.main()
