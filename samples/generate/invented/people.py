"""People and numbers that nobody has: names of every accent, personal numbers that agree with sex and birth, money and dates in words."""

import sys
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from codes import TAX_WEIGHTS, citizen_id, tax_code  # noqa: E402

from .places import Place, home, place  # noqa: E402

FAMILY = "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đinh Đoàn Trịnh Mai Tạ Lương Quách Thái Châu Từ Kiều Nghiêm Lưu Giàng Vừ Lò Cầm Nông Hứa".split()
MIDDLE = {"Nam": "Văn|Đức|Hữu|Quốc|Minh|Xuân|Trọng|Công|Đình|Thế|Bá|Ngọc|Viết|Sỹ|Thanh|Hải|Gia|Tuấn|Duy|Khắc".split("|"),
          "Nữ": "Thị|Thị Thu|Thị Ngọc|Ngọc|Thị Kim|Thị Mỹ|Thùy|Thị Bích|Hồng|Quỳnh|Thị Hồng|Thị Tuyết|Phương|Khánh|Diễm|Thị Cẩm|Mai|Thị Lệ".split("|")}
GIVEN = {"Nam": """Hùng Dũng Tuấn Cường Thắng Kiên Lộc Phước Nghĩa Hiếu Đạt Khôi Bảo Trường Vượng Thịnh Quyết Chiến Đăng Hưởng Thưởng Nhẫn Lượng Quýnh Tiến Sửu Dậu Tỵ Bửu Khoẻ Hiển Quảng
Mẫn Điệp Thể Vỹ Toản Trụ Ước Kỷ""".split(),
         "Nữ": """Hương Hường Lan Loan Nhung Thảo Vy Yến Oanh Quỳnh Ngân Trâm Trang Uyên Diệu Hiền Huyền Phượng Tuyết Thủy Thùy Nguyệt Liễu Mỹ Nhạn Gấm Mận Thoả Lệ Ngoãn Bưởi Sương Hằng Hảo
Lụa Tuyền Xoan Duyên Chuyên Ánh Đượm Ý Vẻ""".split()}
ETHNIC = ["Kinh"] * 12 + ["Tày", "Nùng", "Mường", "Thái", "Khmer", "Hoa", "Ê Đê", "Dao", "Thổ", "Sán Dìu", "Mông"]

DIGITS = "không một hai ba bốn năm sáu bảy tám chín".split()


@dataclass(frozen=True)
class Person:
    name: str
    sex: str
    birth: date
    ethnicity: str
    registered: Place
    home: str
    number: str

    @property
    def upper(self) -> str:
        return self.name.upper()

    @property
    def polite(self) -> str:
        return "ông" if self.sex == "Nam" else "bà"


def person(rng: Random, on: date, ages=(20, 70), sex: str = "", family: str = "", at: Place | None = None) -> Person:
    """Somebody of that age on that day; `at` where they live."""
    sex = sex or rng.choice(["Nam", "Nữ"])
    birth = on - timedelta(days=rng.randint(ages[0] * 366, ages[1] * 365))
    registered = place(rng, date(2020, 1, 1))
    name = f"{family or rng.choice(FAMILY)} {rng.choice(MIDDLE[sex])} {rng.choice(GIVEN[sex])}"
    number = citizen_id(registered.code, sex, birth, rng.randint(1, 999999))
    return Person(name, sex, birth, rng.choice(ETHNIC), registered, home(rng, at or place(rng, on)), number)


def invented_tax_code(rng: Random) -> str:
    """A tax code with its right check digit (DOMAIN 5.7); a sum divisible by 11 was never issued."""
    while True:
        nine = f"{rng.choice(['01', '02', '03', '04', '31', '36', '37', '40', '60', '18'])}{rng.randint(0, 9999999):07d}"
        if sum(w * int(d) for w, d in zip(TAX_WEIGHTS, nine, strict=True)) % 11:
            return tax_code(nine)


def any_day(rng: Random, first: date = date(2016, 1, 4), last: date = date(2026, 10, 30)) -> date:
    return first + timedelta(days=rng.randint(0, (last - first).days))


def written(rng: Random, day: date) -> str:
    """A date in one of the forms that forms are filled in with; all of them are day, month, year."""
    return rng.choice([f"{day:%d/%m/%Y}"] * 5 + [f"{day:%d-%m-%Y}", f"{day:%d.%m.%Y}", f"{day.day}/{day.month}/{day.year}", spelled(rng, day)])


def spelled(rng: Random, day: date) -> str:
    """NĐ 30/2020 Phụ lục I: zero before days under 10 and months 1 and 2; many papers write every month with a zero."""
    month = f"{day.month:02d}" if day.month < 3 or rng.random() < 0.3 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def date_words(day: date) -> str:
    """Ngày mười bốn tháng ba năm hai nghìn không trăm mười chín."""
    month = "tư" if day.month == 4 else number_words(day.month)
    return f"Ngày {number_words(day.day)} tháng {month} năm {number_words(day.year)}"


def number_words(number: int) -> str:
    """A number under ten thousand milliards in words."""
    for size, word in ((1_000_000_000, "tỷ"), (1_000_000, "triệu"), (1000, "nghìn")):
        if number >= size:
            head, rest = divmod(number, size)
            tail = hundreds(rest, full=True) if rest < 1000 else number_words(rest)
            return f"{number_words(head)} {word}" + (f" {tail}" if rest else "")
    return hundreds(number)


def hundreds(number: int, full: bool = False) -> str:
    """`full`: after a greater unit, so that the hundreds are said even when there are none."""
    hundred, rest = divmod(number, 100)
    words = [f"{DIGITS[hundred]} trăm"] if hundred or full else []
    if rest and words and rest < 10:
        return f"{words[0]} linh {DIGITS[rest]}"
    return " ".join(words + ([tens(rest)] if rest or not words else []))


def tens(number: int) -> str:
    ten, one = divmod(number, 10)
    if ten == 0:
        return DIGITS[one]
    head = "mười" if ten == 1 else f"{DIGITS[ten]} mươi"
    last = {0: "", 1: "một" if ten == 1 else "mốt", 5: "lăm", 4: "bốn" if ten == 1 else "tư"}.get(one, DIGITS[one])
    return f"{head} {last}".strip()


def money(amount: int) -> str:
    """3.600.000.000"""
    return f"{amount:,}".replace(",", ".")
