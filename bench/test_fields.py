"""Are fields compared as `fields.py` says? `scripts/test.sh` runs this."""

import unittest

from fields import DATE, NAME, NUMBER, OTHER, kind_of, outcome, same, stands_in


class Fields(unittest.TestCase):
    def test_kinds(self) -> None:
        for key, kind in {
            "citizen_id": NUMBER, "number": NUMBER, "enterprise_code": NUMBER, "birth_date": DATE, "valid_until": DATE, "issued_on": DATE,
            "full_name": NAME, "signer": NAME, "signer_title": OTHER, "agency": OTHER,
        }.items():  # fmt: skip
            self.assertEqual(kind_of(key), kind, key)

    def test_same(self) -> None:
        def check(kind: str, expected: str, proposed: str, answer: bool) -> None:
            self.assertEqual(same(kind, expected, proposed), answer, (expected, proposed))

        check(NAME, "LÊ VĂN AN", "LÊ VA\u0306N  AN", True)
        check(NAME, "LÊ VĂN AN", "Lê Văn An", False)
        check(NUMBER, "12/QĐ-UBND", "12 / QĐ–UBND", True)
        check(OTHER, "98,4 m²", "98,4m²", False)
        check(OTHER, "Số 5", "Số 5.", False)

    def test_stands_in(self) -> None:
        def check(key: str, value: str, text: str, answer: bool) -> None:
            self.assertEqual(stands_in(key, value, text), answer, (value, text))

        check("issued_on", "2023-04-05", "Hà Nội, ngày 05 tháng 4\nnăm 2023", True)
        check("issued_on", "2023-04-05", "cấp 5/04/2023.", True)
        check("issued_on", "2023-04-05", "cấp 15/04/2023", False)
        check("issued_on", "2023-04-05", "ngày 05 tháng 4 năm 20231", False)
        check("parcel_number", "55", "thửa đất số 55, tờ", True)
        check("parcel_number", "55", "thửa đất số 155", False)
        check("full_name", "LÊ AN", "ông LÊ\nAN;", True)
        check("agency", "UBND XÃ A", "UBND CỘNG HÒA\nXÃ A Độc lập", True)
        check("full_name", "LÊ VĂN AN", "LÊ ông VĂN AN", False)

    def test_outcome(self) -> None:
        proposals = [{"key": "signer", "value": "An"}, {"key": "signer", "value": "Lê An", "doubts": ["unsure"]}]
        found = outcome("signer", "Lê An", proposals, {"motlan": "Lê An", "tesseract": "Lê Ân"})
        self.assertEqual((found.proposed, found.doubts, found.exact), ("Lê An", ["unsure"], True))
        self.assertEqual(found.in_text, {"motlan": True, "tesseract": False})
        self.assertEqual(outcome("signer", "Bình", proposals, {}).proposed, "An")
        self.assertFalse(outcome("agency", "UBND", proposals, {}).exact)


if __name__ == "__main__":
    unittest.main()
