"""Giấy chứng nhận quyền sử dụng đất: one A3 sheet, two sides, each side two A4 pages beside each other."""

from datetime import date

from codes import citizen_id, spelled
from ink import sign
from layout import paragraph, signature, state_header, table
from page import Page, Pen
from sample import Sample
from scanner import Scan

PINK = (253, 240, 238)
HEAD = (176, 30, 36)
LAND_TEXT = Pen(13)


def frame(p: Page) -> None:
    """The ornamental double frame of each half, and the fold."""
    for left in (0, 210):
        for inset, width in ((8, 1.0), (10.5, 0.3)):
            p.box(left + inset, inset, left + 210 - inset, 297 - inset, width, (205, 120, 125))
    p.rule(210, 0, 210, 297, 0.15, (225, 205, 202))


def entries(p: Page, x: float, y: float, lines: list[str], width: float = 160) -> float:
    for line in lines:
        y = paragraph(p, x, y, width, line, LAND_TEXT, leading=6.6, align="l") + 1.2
    return y


def outer_side(file: str) -> Page:
    """Page 4 to the left (changes after issue), page 1 to the right (owner)."""
    p = Page(200, 420, 297, PINK, seed=file + "1")
    frame(p)
    p.block()
    p.put(105, 30, "IV. Những thay đổi sau khi cấp Giấy chứng nhận", Pen(14, "b"), "m")
    y = table(p, 22, 38, [108, 60], [["Nội dung thay đổi và cơ sở pháp lý", "Xác nhận của cơ quan"], ["", ""]], Pen(11.5), 14)
    p.box(22, y - 14, 190, 232)
    p.rule(130, y - 14, 130, 232)
    p.block()
    paragraph(p, 24, 244, 164, "Người được cấp Giấy chứng nhận không được sửa chữa, tẩy xóa hoặc bổ sung bất kỳ nội dung nào trong Giấy chứng nhận; khi bị mất hoặc hư hỏng phải khai báo ngay với cơ quan cấp giấy.", Pen(12, "i"), leading=6)
    p.block()
    state_header(p, 315, 30, 13)
    p.block()
    for number, line in enumerate(("GIẤY CHỨNG NHẬN", "QUYỀN SỬ DỤNG ĐẤT,", "QUYỀN SỞ HỮU NHÀ Ở VÀ TÀI SẢN KHÁC GẮN LIỀN VỚI ĐẤT")):
        p.put(315, 66 + number * 11, line, Pen(26 if number == 0 else 20 if number == 1 else 14.5, "b", HEAD), "m")
    p.block()
    p.put(232, 116, "I. Người sử dụng đất, chủ sở hữu nhà ở và tài sản khác gắn liền với đất", Pen(12.5, "b"))
    entries(p, 232, 127, [f"Ông: {OWNER}", f"Năm sinh: 1972, CCCD số: {OWNER_ID}", f"Địa chỉ thường trú: {OWNER_HOME}"])
    p.block()
    p.put(315, 262, SERIAL, Pen(17, "b", HEAD), "m")
    return p


def inner_side(file: str) -> Page:
    """Page 2 to the left (land), page 3 to the right (sketch)."""
    p = Page(200, 420, 297, PINK, seed=file + "2")
    frame(p)
    p.block()
    p.put(24, 26, "II. Thửa đất, nhà ở và tài sản khác gắn liền với đất", Pen(13.5, "b"))
    p.put(24, 35, "1. Thửa đất:", Pen(13, "b"))
    y = entries(p, 30, 44, [
        f"a) Thửa đất số: {PARCEL}, tờ bản đồ số: {SHEET}", f"b) Địa chỉ: {ADDRESS}", f"c) Diện tích: {AREA} (bằng chữ: một trăm bốn mươi hai phẩy sáu mét vuông)",
        "d) Hình thức sử dụng: sử dụng riêng", f"đ) Mục đích sử dụng: {USE}", f"e) Thời hạn sử dụng: {TERM}", "g) Nguồn gốc sử dụng: Nhận chuyển nhượng đất được Nhà nước công nhận quyền sử dụng đất"], 156)
    p.put(24, y + 2, "2. Nhà ở: -/-", Pen(13, "b"))
    p.put(24, y + 11, "3. Công trình xây dựng khác: -/-", Pen(13, "b"))
    p.put(24, y + 20, "4. Ghi chú: Không.", Pen(13, "b"))
    spot = signature(p, 128, y + 36, ["TM. ỦY BAN NHÂN DÂN HUYỆN QUẢNG XƯƠNG", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"], SIGNER, f"Quảng Xương, {spelled(DAY)}", gap=42)
    sign(p, spot, "ỦY BAN NHÂN DÂN HUYỆN QUẢNG XƯƠNG * TỈNH THANH HÓA *")
    p.block()
    p.put(24, 278, f"Số vào sổ cấp GCN: {BOOK}", Pen(13))
    p.block()
    p.put(315, 26, "III. Sơ đồ thửa đất, nhà ở và tài sản khác gắn liền với đất", Pen(13.5, "b"), "m")
    sketch(p)
    p.block()
    p.put(242, 190, "Bảng liệt kê tọa độ góc ranh", Pen(12, "b"))
    table(p, 242, 194, [24, 42, 42, 36], [["Điểm", "X (m)", "Y (m)", "Cạnh (m)"], ["1", "2182410.52", "581207.16", "7.13"], ["2", "2182411.87", "581214.16", "20.00"],
          ["3", "2182392.24", "581217.98", "7.13"], ["4", "2182390.89", "581210.98", "20.00"]], Pen(12), 8.5, align="mrrr")
    return p


def sketch(p: Page) -> None:
    """The parcel with its corners, a road and the north arrow; its few figures are printed text."""
    corners = [(292, 60), (330, 55), (342, 150), (304, 155)]
    for number, (x, y) in enumerate(corners):
        p.rule(x, y, *corners[(number + 1) % 4], 0.5)
        p.draw.ellipse([p.px(x - 1), p.px(y - 1), p.px(x + 1), p.px(y + 1)], fill=(30, 30, 30))
    p.rule(254, 166, 380, 152, 0.3)
    p.rule(256, 176, 382, 162, 0.3)
    p.rule(380, 60, 380, 42, 0.5)
    p.draw.polygon([(p.px(378), p.px(48)), (p.px(382), p.px(48)), (p.px(380), p.px(40))], fill=(30, 30, 30))
    for x, y, text in ((380, 38.5, "Bắc"), (311, 53, "7.13"), (318, 103, f"{PARCEL}"), (318, 110, "142.6"), (345, 104, "20.00"), (287, 110, "20.00"), (262, 172, "Đường bê tông")):
        p.block()
        p.put(x, y, text, Pen(11), "m" if text != "Đường bê tông" else "l")


DAY = date(2018, 5, 15)
OWNER, OWNER_ID = "LƯU VĂN HẬU", citizen_id("038", "Nam", date(1972, 4, 18), 20846)
OWNER_HOME = "thôn Ngọc Trà 2, xã Quảng Trung, huyện Quảng Xương, tỉnh Thanh Hóa"
SERIAL, BOOK = "CM 417263", "CH 02158"
PARCEL, SHEET, AREA = "306", "22", "142,6 m²"
ADDRESS = "thôn Ngọc Trà 2, xã Quảng Trung, huyện Quảng Xương, tỉnh Thanh Hóa"
USE, TERM = "Đất ở tại nông thôn", "Lâu dài"
SIGNER = "Lê Xuân Đạm"


def certificate(file: str) -> Sample:
    fields = {"holder_name": OWNER, "citizen_id": OWNER_ID, "residence": OWNER_HOME, "parcel_number": PARCEL, "map_sheet_number": SHEET, "parcel_address": ADDRESS, "area": AREA,
              "land_use": USE, "land_use_term": TERM, "serial_number": SERIAL, "book_entry_number": BOOK, "issued_on": str(DAY), "issued_at": "Quảng Xương",
              "agency": "ỦY BAN NHÂN DÂN HUYỆN QUẢNG XƯƠNG", "signer": SIGNER, "signer_title": "PHÓ CHỦ TỊCH"}
    how = [Scan(skew=0.3, noise=2, blur=0.4, bleed_through=0.03), Scan(skew=-0.4, noise=2, blur=0.4, bleed_through=0.03)]
    return Sample(file, "GCN", "form", "form", [outer_side(file), inner_side(file)], fields, how, quality=60)


PAPERS = {"land-certificate.pdf": certificate}
