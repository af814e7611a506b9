"""Lists in ruled grids."""

from datetime import timedelta
from random import Random

from ..codes_on_paper import qr
from ..paper import Paper, any_style
from ..people import any_day, money, person, spelled
from ..places import place
from .offices import commune_agency, leader_titles, signer_name


def support_list(rng: Random) -> Paper:
    """Who gets how much: names, numbers and sums, row by row."""
    day = any_day(rng)
    at = place(rng, day)
    agency, heading = commune_agency(at)
    number = f"{rng.randint(5, 900)}/DS-UBND"
    about = rng.choice(["Hộ gia đình được hỗ trợ tiền điện quý II", "Người có công được tặng quà nhân dịp Tết Nguyên đán", "Học sinh được miễn, giảm học phí", "Hộ dân bị thiệt hại do bão số 3 được hỗ trợ"])
    rows, total = [["STT", "Họ và tên", "Ngày sinh", "Số định danh", "Số tiền (đồng)"]], 0
    for index in range(rng.randint(8, 18)):
        who, amount = person(rng, day, at=at), rng.randint(3, 90) * 50_000
        total += amount
        rows.append([str(index + 1), who.name, f"{who.birth:%d/%m/%Y}", who.number, money(amount)])
    rows.append(["", "Tổng cộng", "", "", money(total)])
    paper = Paper("KHAC", "support-list", "table", any_style(rng))
    paper.letterhead(agency, f"Số: {number}", f"{at.short}, {spelled(rng, day)}")
    paper.title("DANH SÁCH", about, size=1.15)
    paper.table(rows, [8, 32, 17, 22, 21], "mlmmr", pad_mm=rng.uniform(0.8, 1.8))
    signer, titles = signer_name(rng, day), leader_titles(rng)
    paper.ending(titles, signer, ["Nơi nhận:", "- Lưu: VT."])
    paper.fields = {"number": number, "issued_on": str(day), "issued_at": at.short, "agency": heading, "signer": signer, "signer_title": titles[-1]}
    return paper


def budget(rng: Random) -> Paper:
    """Sums in several columns, two of them computed from the others."""
    day = any_day(rng)
    at = place(rng, day)
    agency, heading = commune_agency(at)
    number = f"{rng.randint(5, 900)}/BC-UBND"
    about = f"Quyết toán thu, chi ngân sách năm {day.year - 1}"
    items = rng.sample(["Thu từ phí, lệ phí", "Thu tiền sử dụng đất", "Thu chuyển nguồn", "Thu bổ sung có mục tiêu", "Chi sự nghiệp giáo dục", "Chi quốc phòng, an ninh", "Chi đầu tư xây dựng",
                        "Chi bảo đảm xã hội", "Chi quản lý hành chính", "Chi sự nghiệp môi trường", "Chi dự phòng", "Chi văn hóa, thể thao"], rng.randint(7, 11))
    rows = [["STT", "Nội dung", "Dự toán (nghìn đồng)", "Thực hiện (nghìn đồng)", "Tỷ lệ (%)"]]
    for index, item in enumerate(items):
        planned = rng.randint(20, 9000) * 10
        done = rng.randint(planned * 7 // 10, planned * 12 // 10)
        rows.append([str(index + 1), item, money(planned), money(done), f"{100 * done / planned:.1f}".replace(".", ",")])
    paper = Paper("KHAC", "budget", "table", any_style(rng))
    paper.letterhead(agency, f"Số: {number}", f"{at.short}, {spelled(rng, day)}")
    paper.title("BÁO CÁO", about, size=1.15)
    paper.text(f"Thực hiện Luật Ngân sách nhà nước, Ủy ban nhân dân {at.commune} báo cáo kết quả như sau:")
    paper.table(rows, [7, 36, 20, 21, 16], "mlrrr", pad_mm=rng.uniform(0.8, 1.6))
    signer, titles = signer_name(rng, day), leader_titles(rng)
    paper.ending(titles, signer, ["Nơi nhận:", "- HĐND;", "- Lưu: VT, KT."])
    paper.fields = {"number": number, "issued_on": str(day), "issued_at": at.short, "subject_matter": about, "agency": heading, "signer": signer, "signer_title": titles[-1]}
    return paper


def receipt(rng: Random) -> Paper:
    """Giấy tiếp nhận hồ sơ và hẹn trả kết quả, with the table of what was handed in."""
    day = any_day(rng)
    at = place(rng, day)
    who = person(rng, day, at=at)
    agency, heading = commune_agency(at)
    code = f"H{rng.randint(10, 63)}.{rng.randint(1, 300)}-{day:%y%m%d}-{rng.randint(1, 9999):04d}"
    parts = rng.sample(["Tờ khai theo mẫu", "Bản sao Giấy chứng sinh", "Giấy chứng nhận quyền sử dụng đất", "Hợp đồng chuyển nhượng đã công chứng", "Ảnh 4x6 cm", "Bản vẽ thiết kế xây dựng", "Văn bản ủy quyền"], rng.randint(3, 5))
    paper = Paper("KHAC", "receipt", "table", any_style(rng))
    paper.add(f'<div style="position:absolute;left:9mm;top:9mm">{qr(code)}</div>')
    paper.space(6)
    paper.letterhead(agency, f"Số: {rng.randint(10, 9999)}/TN-TKQ", f"{at.short}, {spelled(rng, day)}")
    paper.title("GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ", f"Mã hồ sơ: {code}", size=1.1)
    paper.entry("Tiếp nhận hồ sơ của:", who.upper)
    paper.entry("Số định danh cá nhân:", who.number)
    paper.entry("Địa chỉ:", who.home)
    paper.entry("Nội dung yêu cầu giải quyết:", rng.choice(["Đăng ký khai sinh", "Cấp bản sao trích lục hộ tịch", "Đăng ký biến động quyền sử dụng đất", "Cấp giấy phép xây dựng nhà ở riêng lẻ"]))
    paper.text("Thành phần hồ sơ nộp gồm:", "")
    paper.table([["STT", "Tên giấy tờ", "Bản chính", "Bản sao"]] + [[str(n + 1), part, f"{rng.randint(0, 1):02d}", f"{rng.randint(0, 2):02d}"] for n, part in enumerate(parts)], [9, 55, 18, 18], "mlmm")
    paper.entry("Thời gian giải quyết:", f"{rng.randint(1, 30):02d} ngày làm việc")
    due = day + timedelta(days=rng.randint(2, 40))
    paper.entry("Thời gian trả kết quả:", f"{rng.randint(8, 16):02d} giờ 00 phút, {spelled(rng, due)}")
    paper.signers([(["NGƯỜI NỘP HỒ SƠ", "(Ký và ghi rõ họ tên)"], who.name), (["NGƯỜI TIẾP NHẬN HỒ SƠ", "(Ký và ghi rõ họ tên)"], signer_name(rng, day))])
    paper.fields = {"citizen_id": who.number, "residence": who.home, "issued_on": str(day), "issued_at": at.short, "agency": heading}
    return paper


LAYOUTS = [support_list, budget, receipt]
