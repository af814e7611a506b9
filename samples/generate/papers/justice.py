"""Judicial record, certificates and degrees."""

from datetime import date

from codes import citizen_id, slashed, spelled
from ink import sign
from layout import letterhead, paragraph, signature, state_header
from page import Page, Pen
from sample import Sample
from scanner import Scan


def criminal_record(file: str) -> Sample:
    p, day, birth = Page(200, seed=file), date(2026, 9, 29), date(1994, 3, 8)
    number = citizen_id("031", "Nữ", birth, 15520)
    home = "Số 66 đường Cát Bi, phường Hải An, thành phố Hải Phòng"
    letterhead(p, ["CÔNG AN THÀNH PHỐ HẢI PHÒNG", "PHÒNG HỒ SƠ NGHIỆP VỤ"], "Số: 8841/CAHP-LLTP", f"Hải Phòng, {spelled(day)}", left=57, right=147)
    p.block()
    p.put(105, 58, "PHIẾU LÝ LỊCH TƯ PHÁP SỐ 1", Pen(16, "b"), "m")
    p.block()
    y = 72
    for line in ("1. Họ và tên: TRỊNH HOÀI THƯƠNG", "2. Giới tính: Nữ", f"3. Ngày, tháng, năm sinh: {slashed(birth)}", "4. Nơi sinh: Thành phố Hải Phòng", "5. Quốc tịch: Việt Nam",
                 f"6. Nơi thường trú: {home}", "7. Nơi tạm trú: Không", f"8. Số định danh cá nhân: {number}", "9. Tình trạng án tích: Không có án tích",
                 "10. Thông tin về cấm đảm nhiệm chức vụ, thành lập, quản lý doanh nghiệp, hợp tác xã: Không"):
        p.block()
        y = paragraph(p, 25, y, 165, line, Pen(13.5), leading=7, align="l") + 2
    p.block()
    p.put(28, y + 8, "NGƯỜI LẬP PHIẾU", Pen(12.5, "b"))
    p.put(28, y + 45, "Vũ Thị Hải Yến", Pen(13, "b"))
    spot = signature(p, 145, y + 8, ["KT. TRƯỞNG PHÒNG", "PHÓ TRƯỞNG PHÒNG"], "Đoàn Minh Tiệp", gap=38)
    sign(p, spot, "PHÒNG HỒ SƠ NGHIỆP VỤ * CÔNG AN TP. HẢI PHÒNG *")
    fields = {"number": "8841/CAHP-LLTP", "full_name": "TRỊNH HOÀI THƯƠNG", "sex": "Nữ", "birth_date": str(birth), "birth_place": "Thành phố Hải Phòng", "nationality": "Việt Nam", "residence": home,
              "citizen_id": number, "criminal_record": "Không có án tích", "issued_on": str(day), "issued_at": "Hải Phòng", "agency": "PHÒNG HỒ SƠ NGHIỆP VỤ",
              "signer": "Đoàn Minh Tiệp", "signer_title": "PHÓ TRƯỞNG PHÒNG"}
    return Sample(file, "LLTP", "form", "form", [p], fields, Scan(skew=1.1, noise=3, blur=0.4, low_contrast=0.25, rotation=180), quality=66)


def degree(file: str) -> Sample:
    """Bằng tốt nghiệp, A4 landscape, ornamental frame."""
    p, day, birth = Page(200, 297, 210, (253, 250, 238), seed=file), date(2023, 7, 12), date(2001, 8, 30)
    gold = (176, 140, 60)
    for inset, width in ((8, 1.6), (11, 0.4), (12.5, 0.4)):
        p.box(inset, inset, 297 - inset, 210 - inset, width, gold)
    state_header(p, 148.5, 28, 13)
    p.block()
    p.put(148.5, 50, "HIỆU TRƯỞNG", Pen(14, "b"), "m")
    p.put(148.5, 58, "TRƯỜNG ĐẠI HỌC CÔNG NGHỆ SÔNG NHUỆ", Pen(15, "b"), "m")
    p.put(148.5, 66, "cấp", Pen(13, "i"), "m")
    p.put(148.5, 80, "BẰNG CỬ NHÂN", Pen(28, "b", (176, 30, 36)), "m")
    p.block()
    for number, line in enumerate(("Ngành: Hệ thống thông tin quản lý", "Cho: LÊ HOÀNG MINH KHÔI", f"Ngày sinh: {slashed(birth)}", "Xếp loại tốt nghiệp: Giỏi", "Hình thức đào tạo: Chính quy")):
        p.put(90, 96 + number * 9, line, Pen(14.5))
    p.block()
    p.put(40, 181, "Số hiệu: SN 0047215", Pen(13, ink=(176, 30, 36)))
    p.put(40, 188.2, "Số vào sổ gốc cấp văn bằng: 1204/2023", Pen(13))
    spot = signature(p, 214, 148, ["HIỆU TRƯỞNG"], "GS.TS. Khuất Duy Tiến Đạt", f"Hà Nội, {spelled(day)}", gap=34)
    sign(p, spot, "TRƯỜNG ĐẠI HỌC CÔNG NGHỆ SÔNG NHUỆ * BỘ GD VÀ ĐT *")
    fields = {"number": "SN 0047215", "book_entry_number": "1204/2023", "full_name": "LÊ HOÀNG MINH KHÔI", "birth_date": str(birth), "major": "Hệ thống thông tin quản lý", "grade": "Giỏi",
              "issued_on": str(day), "issued_at": "Hà Nội", "agency": "TRƯỜNG ĐẠI HỌC CÔNG NGHỆ SÔNG NHUỆ", "signer": "Khuất Duy Tiến Đạt", "signer_title": "HIỆU TRƯỞNG"}
    return Sample(file, "CT", "form", "form", [p], fields, Scan(skew=-0.5, noise=3, blur=0.4), quality=66)


PAPERS = {"criminal-record-upside-down.jpg": criminal_record, "degree.jpg": degree}
