"""Places that exist: before 01/7/2025 with a district, after it without (DOMAIN 5.10), and the code of the province in personal numbers."""

import re
from dataclasses import dataclass
from datetime import date
from random import Random

# Two-level local government: papers from this day on name no district.
TWO_LEVELS_FROM = date(2025, 7, 1)


@dataclass(frozen=True)
class Place:
    """`code`: the three digits of personal numbers registered there (DOMAIN 5.5); `district` is empty after 01/7/2025."""

    code: str
    province: str
    district: str
    commune: str

    @property
    def full(self) -> str:
        return ", ".join(part for part in (self.commune, self.district, self.province) if part)

    @property
    def above(self) -> str:
        """The unit above the commune."""
        return self.district or self.province

    @property
    def is_ward(self) -> bool:
        return self.commune.lower().startswith("phường")

    @property
    def short(self) -> str:
        """The commune's bare name, as before a date: "Lái Thiêu, ngày …"."""
        return unit_name(self.commune)


def unit_name(unit: str) -> str:
    """The bare name of a unit: "thành phố Thuận An" → "Thuận An"; a numbered one keeps its kind."""
    name = re.sub(r"^(thành phố|thị xã|tỉnh|quận|huyện|phường|xã) ", "", unit, flags=re.IGNORECASE)
    return unit if name[0].isdigit() else name


OLD = """001|thành phố Hà Nội|quận Đống Đa|phường Láng Hạ
001|thành phố Hà Nội|quận Cầu Giấy|phường Dịch Vọng
001|thành phố Hà Nội|huyện Đông Anh|xã Cổ Loa
001|thành phố Hà Nội|huyện Ba Vì|xã Tản Lĩnh
031|thành phố Hải Phòng|quận Lê Chân|phường Dư Hàng
031|thành phố Hải Phòng|huyện Tiên Lãng|xã Kiến Thiết
079|Thành phố Hồ Chí Minh|Quận 3|phường Võ Thị Sáu
079|Thành phố Hồ Chí Minh|quận Gò Vấp|Phường 15
079|Thành phố Hồ Chí Minh|huyện Củ Chi|xã Tân Thạnh Đông
048|thành phố Đà Nẵng|quận Hải Châu|phường Thạch Thang
048|thành phố Đà Nẵng|huyện Hòa Vang|xã Hòa Phong
040|tỉnh Nghệ An|huyện Đô Lương|xã Đà Sơn
040|tỉnh Nghệ An|thành phố Vinh|phường Hưng Bình
038|tỉnh Thanh Hóa|huyện Thọ Xuân|xã Xuân Lai
036|tỉnh Nam Định|huyện Hải Hậu|xã Hải Minh
034|tỉnh Thái Bình|huyện Kiến Xương|xã Vũ Lễ
030|tỉnh Hải Dương|huyện Nam Sách|xã Hồng Phong
027|tỉnh Bắc Ninh|huyện Gia Bình|xã Đại Bái
024|tỉnh Bắc Giang|huyện Lục Ngạn|xã Quý Sơn
019|tỉnh Thái Nguyên|huyện Đại Từ|xã La Bằng
025|tỉnh Phú Thọ|huyện Lâm Thao|xã Tứ Xã
017|tỉnh Hòa Bình|huyện Mai Châu|xã Chiềng Châu
010|tỉnh Lào Cai|thị xã Sa Pa|phường Cầu Mây
002|tỉnh Hà Giang|huyện Đồng Văn|xã Lũng Cú
011|tỉnh Điện Biên|huyện Mường Ảng|xã Ẳng Nưa
014|tỉnh Sơn La|huyện Mộc Châu|xã Đông Sang
042|tỉnh Hà Tĩnh|huyện Cẩm Xuyên|xã Cẩm Duệ
044|tỉnh Quảng Bình|huyện Lệ Thủy|xã Mai Thủy
045|tỉnh Quảng Trị|huyện Triệu Phong|xã Triệu Độ
046|tỉnh Thừa Thiên Huế|thành phố Huế|phường Vỹ Dạ
049|tỉnh Quảng Nam|huyện Duy Xuyên|xã Duy Trinh
051|tỉnh Quảng Ngãi|huyện Mộ Đức|xã Đức Nhuận
052|tỉnh Bình Định|huyện Tuy Phước|xã Phước Sơn
054|tỉnh Phú Yên|huyện Tuy An|xã An Ninh Tây
056|tỉnh Khánh Hòa|thành phố Nha Trang|phường Vĩnh Hải
064|tỉnh Gia Lai|huyện Chư Sê|xã Ia Blang
066|tỉnh Đắk Lắk|huyện Krông Pắc|xã Ea Kênh
068|tỉnh Lâm Đồng|huyện Đức Trọng|xã Hiệp Thạnh
075|tỉnh Đồng Nai|huyện Long Thành|xã Bàu Cạn
074|tỉnh Bình Dương|thành phố Thuận An|phường Lái Thiêu
080|tỉnh Long An|huyện Đức Hòa|xã Mỹ Hạnh Nam
082|tỉnh Tiền Giang|huyện Chợ Gạo|xã Quơn Long
083|tỉnh Bến Tre|huyện Giồng Trôm|xã Lương Quới
086|tỉnh Vĩnh Long|huyện Tam Bình|xã Mỹ Lộc
087|tỉnh Đồng Tháp|huyện Lấp Vò|xã Định Yên
089|tỉnh An Giang|huyện Chợ Mới|xã Kiến An
092|thành phố Cần Thơ|quận Ninh Kiều|phường An Khánh
094|tỉnh Sóc Trăng|huyện Kế Sách|xã An Mỹ
096|tỉnh Cà Mau|huyện Cái Nước|xã Tân Hưng"""

NEW = """001|thành phố Hà Nội||phường Cửa Nam
001|thành phố Hà Nội||phường Ba Đình
001|thành phố Hà Nội||xã Sóc Sơn
031|thành phố Hải Phòng||phường Lê Chân
031|thành phố Hải Phòng||xã Tiên Lãng
079|Thành phố Hồ Chí Minh||phường Bình Trưng
079|Thành phố Hồ Chí Minh||phường Bến Thành
079|Thành phố Hồ Chí Minh||xã Củ Chi
074|Thành phố Hồ Chí Minh||phường Thủ Dầu Một
048|thành phố Đà Nẵng||phường Hải Châu
049|thành phố Đà Nẵng||xã Duy Xuyên
046|thành phố Huế||phường Thuận Hóa
046|thành phố Huế||phường Phú Xuân
092|thành phố Cần Thơ||phường Ninh Kiều
094|thành phố Cần Thơ||xã Kế Sách
040|tỉnh Nghệ An||xã Đô Lương
040|tỉnh Nghệ An||phường Thành Vinh
038|tỉnh Thanh Hóa||xã Thọ Xuân
038|tỉnh Thanh Hóa||phường Hạc Thành
036|tỉnh Ninh Bình||xã Xuân Trường
036|tỉnh Ninh Bình||xã Hải Hậu
034|tỉnh Hưng Yên||xã Kiến Xương
027|tỉnh Bắc Ninh||phường Kinh Bắc
024|tỉnh Bắc Ninh||xã Lục Ngạn
025|tỉnh Phú Thọ||phường Việt Trì
025|tỉnh Phú Thọ||xã Lâm Thao
019|tỉnh Thái Nguyên||xã Đại Từ
010|tỉnh Lào Cai||phường Sa Pa
002|tỉnh Tuyên Quang||xã Đồng Văn
011|tỉnh Điện Biên||xã Mường Ảng
014|tỉnh Sơn La||phường Mộc Châu
004|tỉnh Cao Bằng||xã Trùng Khánh
020|tỉnh Lạng Sơn||xã Bắc Sơn
042|tỉnh Hà Tĩnh||xã Cẩm Xuyên
044|tỉnh Quảng Trị||xã Lệ Thủy
045|tỉnh Quảng Trị||xã Triệu Phong
051|tỉnh Quảng Ngãi||xã Mộ Đức
052|tỉnh Gia Lai||xã Tuy Phước
064|tỉnh Gia Lai||xã Chư Sê
066|tỉnh Đắk Lắk||xã Krông Pắc
056|tỉnh Khánh Hòa||phường Bắc Nha Trang
068|tỉnh Lâm Đồng||xã Đức Trọng
075|tỉnh Đồng Nai||xã Long Thành
080|tỉnh Tây Ninh||xã Đức Hòa
082|tỉnh Đồng Tháp||xã Chợ Gạo
087|tỉnh Đồng Tháp||xã Lấp Vò
083|tỉnh Vĩnh Long||xã Giồng Trôm
086|tỉnh Vĩnh Long||xã Tam Bình
089|tỉnh An Giang||xã Chợ Mới
096|tỉnh Cà Mau||xã Cái Nước"""


def parse(table: str) -> list[Place]:
    return [Place(*row.split("|")) for row in table.splitlines()]


OLD_PLACES, NEW_PLACES = parse(OLD), parse(NEW)


def place(rng: Random, day: date) -> Place:
    """A commune as papers of that day name it."""
    return rng.choice(NEW_PLACES if day >= TWO_LEVELS_FROM else OLD_PLACES)


STREETS = """Nguyễn Trãi|Lê Hồng Phong|Phan Đình Phùng|Trần Hưng Đạo|Hai Bà Trưng|Nguyễn Thị Minh Khai|Lý Thường Kiệt|Hoàng Hoa Thám|Võ Văn Kiệt|Nguyễn Huệ|Tôn Đức Thắng
Bùi Thị Xuân|Điện Biên Phủ|Phạm Ngọc Thạch|Cách Mạng Tháng Tám|Đặng Thùy Trâm|Huỳnh Thúc Kháng|Ngô Quyền|Trường Chinh|Nguyễn Văn Cừ""".replace("\n", "|").split("|")
HAMLETS = "thôn Đoài|thôn Thượng Đạt|thôn Yên Ngưu|xóm Bãi Giữa|xóm 7|ấp Bình Quới|ấp Tân Lộc|khóm 4|thôn Quỳnh Sơn|bản Nà Sản|buôn Ea Yông|thôn Hậu Duệ|ấp Mỹ Phước|xóm Mới".split("|")


def home(rng: Random, at: Place) -> str:
    """Nơi cư trú: a house number in a ward, a hamlet in a commune."""
    if at.is_ward:
        return f"Số {rng.randint(2, 399)}{rng.choice(['', '', 'A', '/12', ' ngõ 46', '/7B'])} đường {rng.choice(STREETS)}, {at.full}"
    hamlet = rng.choice(HAMLETS)
    return f"{hamlet[0].upper()}{hamlet[1:]}, {at.full}"
