"""Cards laid on the glass: the citizen card with its code (DOMAIN 5.6) and the health-insurance card."""

from datetime import date

import segno

from codes import citizen_id, slashed
from ink import seal
from page import Page, Pen
from sample import Sample
from scanner import Scan

CARD_WIDTH, CARD_HEIGHT = 85.6, 54.0  # ISO/IEC 7810 ID-1
# The card is copied enlarged, as offices do so that its small print survives a photocopy.
SCALE = 1.5
SMALL = Pen(10.5, family="sans")


def card(p: Page, x: float, y: float, tint: tuple) -> None:
    box = [p.px(x), p.px(y), p.px(x + CARD_WIDTH * SCALE), p.px(y + CARD_HEIGHT * SCALE)]
    p.draw.rounded_rectangle(box, radius=p.px(4.5), fill=tint, outline=(120, 130, 130), width=2)


def portrait(p: Page, x: float, y: float, width: float, height: float) -> None:
    """A drawn silhouette: no face of anyone."""
    p.box(x, y, x + width, y + height, 0.2, (130, 140, 150), (188, 206, 222))
    middle = x + width / 2
    p.draw.ellipse([p.px(middle - width * 0.22), p.px(y + height * 0.16), p.px(middle + width * 0.22), p.px(y + height * 0.58)], fill=(120, 126, 138))
    p.draw.pieslice([p.px(x + width * 0.08), p.px(y + height * 0.60), p.px(x + width * 0.92), p.px(y + height * 1.36)], 180, 360, fill=(96, 102, 116))


def qr(p: Page, x: float, y: float, payload: str, module_mm: float) -> None:
    """The symbol, drawn module by module, with its quiet zone."""
    rows = list(segno.make(payload, error="m", micro=False, encoding="utf-8").matrix)
    size = len(rows) * module_mm
    p.draw.rectangle([p.px(x - 2), p.px(y - 2), p.px(x + size + 2), p.px(y + size + 2)], fill=(250, 250, 250))
    for r, row in enumerate(rows):
        for c, dark in enumerate(row):
            if dark:
                p.draw.rectangle([p.px(x + c * module_mm), p.px(y + r * module_mm), p.px(x + (c + 1) * module_mm) - 1, p.px(y + (r + 1) * module_mm) - 1], fill=(20, 20, 24))


def check_digit(text: str) -> int:
    """ICAO 9303: weights 7, 3, 1; letters count from A = 10, the filler counts 0."""
    values = (0 if c == "<" else int(c, 36) for c in text)
    return sum(value * (7, 3, 1)[i % 3] for i, value in enumerate(values)) % 10


def machine_lines(number: str, birth: date, until: date, name: str) -> list[str]:
    """The three machine-readable lines of 30 characters on the back of a male citizen's card."""
    upper = f"{number[3:]}{check_digit(number[3:])}{number}<<"
    upper += str(check_digit(number))
    born, ends = f"{birth:%y%m%d}", f"{until:%y%m%d}"
    born, ends = f"{born}{check_digit(born)}", f"{ends}{check_digit(ends)}"
    return [f"IDVNM{upper}", f"{born}M{ends}VNM{'<' * 11}{check_digit(upper + born + ends)}", name.ljust(30, "<")]


def citizen_card(file: str) -> Sample:
    p = Page(300, seed=file)
    birth, issued, until = date(1988, 9, 2), date(2021, 4, 15), date(2028, 9, 2)
    number = citizen_id("001", "Nam", birth, 23817)
    name, town, home = "NGUYỄN ĐỨC THỊNH", "Tân Dân, Phú Xuyên, Hà Nội", "Số 12, ngõ 46B Phạm Ngọc Thạch, Trung Tự, Đống Đa, Hà Nội"
    x, y = 41, 36
    card(p, x, y, (214, 232, 226))
    p.block()
    p.put(x + 76, y + 8, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", Pen(9.5, "b", family="sans"), "m")
    p.put(x + 76, y + 12.4, "Độc lập - Tự do - Hạnh phúc", Pen(9, "b", family="sans"), "m")
    p.put(x + 68, y + 21, "CĂN CƯỚC CÔNG DÂN", Pen(15, "b", (186, 30, 40), "sans"), "m")
    qr(p, x + 102.5, y + 16.5, f"{number}|012994817|{name}|{birth:%d%m%Y}|Nam|{home}|{issued:%d%m%Y}", 0.46)
    portrait(p, x + 6, y + 30, 30, 40)
    p.block()
    p.put(x + 42, y + 29, f"Số: {number}", Pen(14, "b", family="sans"))
    p.put(x + 42, y + 38, f"Họ và tên: {name}", SMALL)
    p.put(x + 42, y + 44.5, f"Ngày sinh: {slashed(birth)}", SMALL)
    p.put(x + 42, y + 51, "Giới tính: Nam", SMALL)
    p.put(x + 80, y + 51, "Quốc tịch: Việt Nam", SMALL)
    p.put(x + 42, y + 57.5, f"Quê quán: {town}", SMALL)
    p.put(x + 42, y + 64, "Nơi thường trú: Số 12, ngõ 46B Phạm Ngọc Thạch,", SMALL)
    p.put(x + 42, y + 70, "Trung Tự, Đống Đa, Hà Nội", SMALL)
    p.put(x + 6, y + 76, f"Có giá trị đến: {slashed(until)}", Pen(9, family="sans"))
    y = 140
    card(p, x, y, (214, 232, 226))
    p.block()
    p.put(x + 8, y + 10, "Đặc điểm nhận dạng: Nốt ruồi cách 1,5 cm dưới mép trái", SMALL)
    p.put(x + 62, y + 22, f"Ngày, tháng, năm: {slashed(issued)}", SMALL)
    p.put(x + 84, y + 29, "CỤC TRƯỞNG CỤC CẢNH SÁT", Pen(9, "b", family="sans"), "m")
    p.put(x + 84, y + 33.5, "QUẢN LÝ HÀNH CHÍNH VỀ TRẬT TỰ XÃ HỘI", Pen(9, "b", family="sans"), "m")
    seal(p, x + 84, y + 44, "BỘ CÔNG AN * CỤC CẢNH SÁT QLHC VỀ TTXH *", diameter=18)
    p.box(x + 12, y + 20, x + 30, y + 36, 0.3, (150, 120, 40), (226, 200, 120))
    p.block()
    for offset, line in enumerate(machine_lines(number, birth, until, "NGUYEN<<DUC<THINH")):
        p.put(x + 8, y + 62 + 6 * offset, line, Pen(11.5, family="sans"))
    fields = {"citizen_id": number, "full_name": name, "birth_date": str(birth), "sex": "Nam", "nationality": "Việt Nam", "home_town": town, "residence": home, "valid_until": str(until), "issued_on": str(issued)}
    return Sample(file, "CCCD", "form", "form", [p], fields, Scan(skew=-0.8, noise=2.5, blur=0.4), quality=72)


def health_card(file: str) -> Sample:
    p = Page(300, 148, 105, seed=file)
    birth, start, end = date(1958, 12, 5), date(2026, 1, 1), date(2026, 12, 31)
    x, y = 9, 11
    card(p, x, y, (232, 240, 250))
    p.block()
    p.put(x + 64, y + 8, "BẢO HIỂM XÃ HỘI VIỆT NAM", Pen(10, "b", (20, 60, 140), "sans"), "m")
    p.put(x + 64, y + 17, "THẺ BẢO HIỂM Y TẾ", Pen(16, "b", (186, 30, 40), "sans"), "m")
    p.block()
    p.put(x + 8, y + 28, "Mã số: HT 2 27 2703918462", Pen(12, "b", family="sans"))
    p.put(x + 8, y + 36, "Họ và tên: LƯƠNG THỊ BÍCH ĐÀO", SMALL)
    p.put(x + 8, y + 43, f"Ngày sinh: {slashed(birth)}", SMALL)
    p.put(x + 70, y + 43, "Giới tính: Nữ", SMALL)
    p.put(x + 8, y + 50, f"Giá trị sử dụng: từ {slashed(start)} đến {slashed(end)}", SMALL)
    p.put(x + 8, y + 57, "Nơi ĐK KCB ban đầu: Trung tâm Y tế khu vực Từ Sơn", SMALL)
    p.put(x + 8, y + 64, "Thời điểm đủ 05 năm liên tục: 01/01/2020", SMALL)
    p.put(x + 8, y + 72, "Bắc Ninh, ngày 22 tháng 12 năm 2025", Pen(10.5, "i", family="sans"))
    seal(p, x + 108, y + 62, "BẢO HIỂM XÃ HỘI TỈNH BẮC NINH *", diameter=24)
    fields = {"number": "HT 2 27 2703918462", "full_name": "LƯƠNG THỊ BÍCH ĐÀO", "birth_date": str(birth), "sex": "Nữ", "valid_until": str(end), "issued_on": "2025-12-22", "issued_at": "Bắc Ninh",
              "agency": "BẢO HIỂM XÃ HỘI VIỆT NAM"}
    return Sample(file, "BHYT", "form", "form", [p], fields, Scan(skew=0.7, noise=2.5, blur=0.5), quality=78)


PAPERS = {"citizen-card-copy.jpg": citizen_card, "health-insurance-card.webp": health_card}
