"""Numbers that obey the rules of their kind, so that no validator refuses an invented person.

Personal numbers: NĐ 137/2015 Điều 13 (DOMAIN 5.5). Tax codes: DOMAIN 5.7.
"""

from datetime import date

TAX_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)


def citizen_id(province: str, sex: str, birth: date, serial: int) -> str:
    """Số định danh cá nhân: province of birth registration, century and sex, year, six free digits."""
    century_and_sex = (birth.year // 100 - 19) * 2 + (sex == "Nữ")
    return f"{province}{century_and_sex}{birth.year % 100:02d}{serial:06d}"


def tax_code(first_nine: str) -> str:
    """Mã số thuế: nine digits and the check digit that follows from them."""
    rest = sum(w * int(d) for w, d in zip(TAX_WEIGHTS, first_nine, strict=True)) % 11
    assert rest != 0, f"{first_nine} has no check digit: such a number was never issued"
    return f"{first_nine}{10 - rest}"


def slashed(day: date) -> str:
    """05/04/2023"""
    return day.strftime("%d/%m/%Y")


def spelled(day: date) -> str:
    """ngày 05 tháng 4 năm 2023: NĐ 30/2020 gives a leading zero to days under 10 and to months 1 and 2."""
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"
