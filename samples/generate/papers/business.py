"""Business registration and building permits."""

from datetime import date

from codes import citizen_id, slashed, spelled, tax_code
from ink import sign
from layout import letterhead, paragraph, paragraphs, recipients, signature, state_header, table, agency_header
from page import Page, Pen
from sample import Sample
from scanner import Scan

LEFT, WIDTH = 24, 168


def registration(file: str) -> Sample:
    p, day = Page(300, seed=file), date(2024, 3, 18)
    code = tax_code("031845207")
    director, partner = (("TẠ NGUYỄN HẢI ĐĂNG", "Nam", date(1984, 11, 2), "079", 61277), ("CAO THỊ MỘNG TUYỀN", "Nữ", date(1990, 8, 15), "087", 3345))
    director_id, partner_id = (citizen_id(where, sex, birth, serial) for _, sex, birth, where, serial in (director, partner))
    p.block()
    agency_header(p, 62, 20, ["SỞ KẾ HOẠCH VÀ ĐẦU TƯ", "THÀNH PHỐ HỒ CHÍ MINH", "PHÒNG ĐĂNG KÝ KINH DOANH"], pt=11.5)
    state_header(p, 145, 20, 11.5)
    p.block()
    p.put(105, 50, "GIẤY CHỨNG NHẬN ĐĂNG KÝ DOANH NGHIỆP", Pen(15, "b"), "m")
    p.put(105, 57, "CÔNG TY TRÁCH NHIỆM HỮU HẠN HAI THÀNH VIÊN TRỞ LÊN", Pen(13, "b"), "m")
    p.put(105, 65, f"Mã số doanh nghiệp: {code}", Pen(13, "b"), "m")
    p.put(105, 72, f"Đăng ký lần đầu: {spelled(day)}", Pen(12.5, "i"), "m")
    p.block()
    name, office = "CÔNG TY TNHH THỰC PHẨM SẠCH HẢI TUYỀN", "Số 218/15 đường Lê Văn Lương, phường Tân Hưng, Quận 7, Thành phố Hồ Chí Minh"
    y = 83
    for line in ("<b>1. Tên công ty</b>", f"Tên công ty viết bằng tiếng Việt: {name}", "Tên công ty viết tắt: HATU FOOD CO., LTD", "<b>2. Địa chỉ trụ sở chính</b>", office,
                 "Điện thoại: 0900 000 218", "<b>3. Vốn điều lệ:</b> 3.600.000.000 đồng", "Bằng chữ: Ba tỷ sáu trăm triệu đồng", "<b>4. Danh sách thành viên góp vốn</b>"):
        p.block()
        y = paragraph(p, LEFT, y, WIDTH, line, Pen(12.5), leading=6.2, align="l") + 0.6
    y = table(p, LEFT, y - 2, [12, 52, 38, 36, 28], [["STT", "Tên thành viên", "Số định danh", "Vốn góp (đồng)", "Tỷ lệ (%)"],
              ["1", director[0], director_id, "2.160.000.000", "60"], ["2", partner[0], partner_id, "1.440.000.000", "40"]], Pen(11.5), 9, align="mllrm")
    y += 8
    for line in ("<b>5. Người đại diện theo pháp luật của công ty</b>", f"* Họ, chữ đệm và tên: {director[0]} Giới tính: Nam", "Chức danh: Giám đốc",
                 f"Sinh ngày: {slashed(director[2])} Dân tộc: Kinh Quốc tịch: Việt Nam", "Loại giấy tờ pháp lý của cá nhân: Thẻ căn cước công dân",
                 f"Số giấy tờ pháp lý của cá nhân: {director_id}", "Địa chỉ liên lạc: Số 9 đường số 41, phường Tân Quy, Quận 7, Thành phố Hồ Chí Minh"):
        p.block()
        y = paragraph(p, LEFT, y, WIDTH, line, Pen(12.5), leading=6.2, align="l") + 0.6
    spot = signature(p, 145, y + 6, ["KT. TRƯỞNG PHÒNG", "PHÓ TRƯỞNG PHÒNG"], "Nguyễn Lê Thùy Trâm", gap=38)
    sign(p, spot, "PHÒNG ĐĂNG KÝ KINH DOANH * SỞ KẾ HOẠCH VÀ ĐẦU TƯ TP.HCM *")
    fields = {"enterprise_code": code, "enterprise_name": name, "head_office": office, "charter_capital": "3.600.000.000 đồng", "representative_name": director[0],
              "birth_date": str(director[2]), "sex": "Nam", "citizen_id": director_id, "ethnicity": "Kinh", "nationality": "Việt Nam", "issued_on": str(day),
              "agency": "PHÒNG ĐĂNG KÝ KINH DOANH", "signer": "Nguyễn Lê Thùy Trâm", "signer_title": "PHÓ TRƯỞNG PHÒNG"}
    return Sample(file, "DKKD", "table", "form", [p], fields, Scan(skew=0.4, noise=2, blur=0.4, uneven_light=0.05), quality=64)


def building_permit(file: str) -> Sample:
    p, day, birth = Page(300, seed=file), date(2026, 10, 2), date(1979, 6, 23)
    number, home = citizen_id("052", "Nam", birth, 8815), "số 40 đường Ngô Mây, phường Quy Nhơn, tỉnh Gia Lai"
    letterhead(p, ["ỦY BAN NHÂN DÂN", "PHƯỜNG QUY NHƠN"], "Số: 156/GPXD", f"Quy Nhơn, {spelled(day)}")
    p.block()
    p.put(109, 58, "GIẤY PHÉP XÂY DỰNG", Pen(16, "b"), "m")
    p.put(109, 65, "(Sử dụng cho công trình nhà ở riêng lẻ)", Pen(13, "i"), "m")
    p.block()
    y = paragraphs(p, 28, 77, 162, [
        f"1. Cấp cho: ông TRƯƠNG CÔNG LẬP, số định danh cá nhân {number}; địa chỉ: {home}.",
        "2. Được phép xây dựng công trình: nhà ở riêng lẻ, theo thiết kế có ký hiệu KT-NO-2026/09 do Công ty cổ phần Tư vấn kiến trúc Biển Xanh lập.",
        "Vị trí xây dựng: thửa đất số 55, tờ bản đồ số 31, phường Quy Nhơn, tỉnh Gia Lai; diện tích thửa đất 98,4 m². Cốt nền xây dựng: +0,30 m so với vỉa hè hiện trạng. Mật độ xây dựng: 73,2%; hệ số sử dụng đất: 2,35 lần.",
        "Diện tích xây dựng tầng 1: 72,0 m²; tổng diện tích sàn: 231,6 m²; chiều cao công trình: 12,9 m; số tầng: 03 tầng và 01 tum thang. Khoảng lùi phía trước 2,4 m, phía sau 1,5 m so với ranh giới thửa đất.",
        "3. Giấy tờ về quyền sử dụng đất: Giấy chứng nhận số vào sổ CS 00917 do Sở Tài nguyên và Môi trường tỉnh Bình Định cấp ngày 12 tháng 7 năm 2021.",
        "4. Giấy phép này có hiệu lực khởi công xây dựng trong thời hạn 12 tháng kể từ ngày cấp, đến hết ngày 02 tháng 10 năm 2027; quá thời hạn trên phải đề nghị gia hạn. Chủ đầu tư phải thông báo ngày khởi công cho Ủy ban nhân dân phường trước 07 ngày, xuất trình Giấy phép xây dựng khi có yêu cầu và không được tự ý thay đổi thiết kế đã được duyệt."], Pen(13.5), leading=6.4)
    recipients(p, 28, y + 6, ["- Chủ đầu tư;", "- Lưu: VT, KTHTĐT."])
    spot = signature(p, 150, y + 6, ["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"], "Đào Duy Khương", gap=42)
    sign(p, spot, "ỦY BAN NHÂN DÂN PHƯỜNG QUY NHƠN * TỈNH GIA LAI *")
    fields = {"number": "156/GPXD", "holder_name": "TRƯƠNG CÔNG LẬP", "citizen_id": number, "residence": home, "project_name": "nhà ở riêng lẻ", "parcel_number": "55", "map_sheet_number": "31",
              "parcel_address": "phường Quy Nhơn, tỉnh Gia Lai", "area": "98,4 m²", "valid_until": "2027-10-02", "issued_on": str(day), "issued_at": "Quy Nhơn",
              "agency": "ỦY BAN NHÂN DÂN PHƯỜNG QUY NHƠN", "signer": "Đào Duy Khương", "signer_title": "PHÓ CHỦ TỊCH"}
    return Sample(file, "GP", "prose", "running", [p], fields, Scan(skew=-0.6, noise=2.5, blur=0.4, uneven_light=0.06), quality=62)


PAPERS = {"business-registration.jpg": registration, "building-permit.jpg": building_permit}
