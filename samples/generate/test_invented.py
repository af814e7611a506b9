"""Numbers, dates and names of invented papers obey the rules that the reader checks: `python3 -m unittest discover -s samples/generate`."""

import unittest
from datetime import date
from random import Random

from codes import TAX_WEIGHTS
from invented import people, places


class Words(unittest.TestCase):
    def test_numbers(self) -> None:
        for number, words in ((0, "không"), (5, "năm"), (10, "mười"), (15, "mười lăm"), (21, "hai mươi mốt"), (24, "hai mươi tư"), (105, "một trăm linh năm"), (115, "một trăm mười lăm"),
                              (2005, "hai nghìn không trăm linh năm"), (2019, "hai nghìn không trăm mười chín"), (47_000_000, "bốn mươi bảy triệu"),
                              (3_600_000_000, "ba tỷ sáu trăm triệu"), (1_000_500, "một triệu năm trăm")):
            self.assertEqual(people.number_words(number), words, number)

    def test_dates(self) -> None:
        self.assertEqual(people.date_words(date(2019, 3, 14)), "Ngày mười bốn tháng ba năm hai nghìn không trăm mười chín")
        self.assertEqual(people.date_words(date(2004, 4, 1)), "Ngày một tháng tư năm hai nghìn không trăm linh bốn")

    def test_money(self) -> None:
        self.assertEqual(people.money(3_600_000_000), "3.600.000.000")


class Numbers(unittest.TestCase):
    def test_tax_codes_have_their_check_digit(self) -> None:
        for seed in range(200):
            code = people.invented_tax_code(Random(seed))
            self.assertEqual(10 - sum(w * int(d) for w, d in zip(TAX_WEIGHTS, code)) % 11, int(code[9]), code)

    def test_personal_numbers_agree_with_the_person(self) -> None:
        for seed in range(200):
            rng = Random(seed)
            who = people.person(rng, people.any_day(rng), (0, 90))
            self.assertEqual(len(who.number), 12)
            self.assertEqual(who.number[:3], who.registered.code)
            self.assertEqual(int(who.number[3]), (who.birth.year // 100 - 19) * 2 + (who.sex == "Nữ"))
            self.assertEqual(who.number[4:6], f"{who.birth:%y}")


class Places(unittest.TestCase):
    def test_districts_end_with_two_levels(self) -> None:
        for seed in range(50):
            self.assertTrue(places.place(Random(seed), date(2025, 6, 30)).district)
            self.assertFalse(places.place(Random(seed), date(2025, 7, 1)).district)

    def test_unit_names(self) -> None:
        for unit, name in (("thành phố Thuận An", "Thuận An"), ("Quận 3", "Quận 3"), ("Phường 15", "Phường 15"), ("Thành phố Hồ Chí Minh", "Hồ Chí Minh"), ("xã Ia Blang", "Ia Blang")):
            self.assertEqual(places.unit_name(unit), name)


if __name__ == "__main__":
    unittest.main()
