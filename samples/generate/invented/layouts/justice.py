"""Lý lịch tư pháp, chứng chỉ, văn bằng."""

from random import Random

from ..paper import Paper, any_style
from ..people import any_day, person, spelled, written
from ..places import place, unit_name
from .offices import signer_name

MAJORS = ["Hệ thống thông tin quản lý", "Kế toán", "Điện công nghiệp", "Quản lý đất đai", "Điều dưỡng", "Công nghệ ô tô", "Ngôn ngữ Anh", "Kỹ thuật chế biến món ăn", "Luật kinh tế"]
GRADES = ["Xuất sắc", "Giỏi", "Khá", "Trung bình khá", "Trung bình"]
SCHOOLS = ["TRƯỜNG ĐẠI HỌC CÔNG NGHỆ SÔNG NHUỆ", "TRƯỜNG CAO ĐẲNG NGHỀ BẮC SÔNG THƯƠNG", "TRƯỜNG TRUNG CẤP KỸ THUẬT ĐẠI ĐỒNG", "TRƯỜNG CAO ĐẲNG Y TẾ HỒNG PHÚC"]


def criminal_record(rng: Random) -> Paper:
    day = any_day(rng)
    at = place(rng, day)
    who = person(rng, day, at=at)
    city = at.province.upper()
    agency = [f"CÔNG AN {city}", "PHÒNG HỒ SƠ NGHIỆP VỤ"] if not at.district else ["ỦY BAN NHÂN DÂN " + city, "SỞ TƯ PHÁP"]
    number = f"{rng.randint(100, 9999)}/{'CA-LLTP' if not at.district else 'STP-LLTP'}"
    province = at.province[0].upper() + at.province[1:]
    record = rng.choice(["Không có án tích"] * 3 + ["Đã được xóa án tích"])
    issued_at = unit_name(at.province)
    paper = Paper("LLTP", "criminal-record", "form", any_style(rng))
    paper.letterhead(agency, f"Số: {number}", f"{issued_at}, {spelled(rng, day)}")
    paper.title(f"PHIẾU LÝ LỊCH TƯ PHÁP SỐ {rng.choice([1, 2])}")
    paper.entry("1. Họ và tên:", who.upper)
    paper.entry("2. Giới tính:", who.sex)
    paper.entry("3. Ngày, tháng, năm sinh:", written(rng, who.birth))
    paper.entry("4. Nơi sinh:", province)
    paper.entry("5. Quốc tịch:", "Việt Nam")
    paper.entry("6. Nơi thường trú:", who.home)
    paper.entry("7. Nơi tạm trú:", "Không")
    paper.entry("8. Số định danh cá nhân:", who.number)
    paper.entry("9. Tình trạng án tích:", record)
    paper.entry("10. Thông tin về cấm đảm nhiệm chức vụ, thành lập, quản lý doanh nghiệp, hợp tác xã:", "Không")
    signer, clerk = signer_name(rng, day), signer_name(rng, day)
    titles = rng.choice([["KT. TRƯỞNG PHÒNG", "PHÓ TRƯỞNG PHÒNG"], ["TRƯỞNG PHÒNG"]]) if not at.district else rng.choice([["GIÁM ĐỐC"], ["KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"]])
    paper.signers([(["NGƯỜI LẬP PHIẾU"], clerk), (titles, signer)])
    paper.fields = {"number": number, "full_name": who.upper, "sex": who.sex, "birth_date": str(who.birth), "birth_place": province, "nationality": "Việt Nam", "residence": who.home,
                    "citizen_id": who.number, "criminal_record": record, "issued_on": str(day), "issued_at": issued_at, "agency": agency[-1], "signer": signer, "signer_title": titles[-1]}
    return paper


def degree(rng: Random) -> Paper:
    """A diploma on an upright sheet, as its certified copies are."""
    day = any_day(rng)
    at = place(rng, day)
    who = person(rng, day, (18, 40), at=at)
    school, major, grade = rng.choice(SCHOOLS), rng.choice(MAJORS), rng.choice(GRADES)
    number, entry = f"{rng.choice(['SN', 'CN', 'TC', 'B'])} {rng.randint(10000, 999999):07d}", f"{rng.randint(20, 2900)}/{day.year}"
    issued_at = unit_name(at.province)
    kind = rng.choice(["BẰNG CỬ NHÂN", "BẰNG TỐT NGHIỆP CAO ĐẲNG", "BẰNG TỐT NGHIỆP TRUNG CẤP", "CHỨNG CHỈ NGHỀ"])
    paper = Paper("CT", "degree", "form", any_style(rng))
    paper.frame()
    paper.state_header()
    paper.space(4)
    paper.text("<b>HIỆU TRƯỞNG</b>", "c")
    paper.text(f"<b>{school}</b>", "c")
    paper.text("<i>cấp</i>", "c")
    paper.title(kind, red=True, size=1.7)
    paper.space(3)
    paper.entry("Ngành:", major)
    paper.entry("Cho:", who.upper)
    paper.entry("Ngày sinh:", written(rng, who.birth))
    paper.entry("Xếp loại tốt nghiệp:", grade)
    paper.entry("Hình thức đào tạo:", rng.choice(["Chính quy", "Vừa làm vừa học"]))
    signer = signer_name(rng, day)
    paper.ending(["HIỆU TRƯỞNG"], signer, place_date=f"{issued_at}, {spelled(rng, day)}")
    paper.space(6)
    paper.entry("Số hiệu:", number)
    paper.entry("Số vào sổ gốc cấp văn bằng:", entry)
    paper.fields = {"number": number, "book_entry_number": entry, "full_name": who.upper, "birth_date": str(who.birth), "major": major, "grade": grade, "issued_on": str(day),
                    "issued_at": issued_at, "agency": school, "signer": signer, "signer_title": "HIỆU TRƯỞNG"}
    return paper


def training_certificate(rng: Random) -> Paper:
    day = any_day(rng)
    at = place(rng, day)
    who = person(rng, day, (18, 60), at=at)
    school, number = rng.choice(SCHOOLS), f"{rng.randint(10, 9999):04d}/{day.year}/CC"
    issued_at = at.short
    paper = Paper("CT", "training-certificate", "prose", any_style(rng))
    paper.letterhead(["SỞ GIÁO DỤC VÀ ĐÀO TẠO", school], f"Số: {number}", f"{issued_at}, {spelled(rng, day)}")
    paper.title("CHỨNG CHỈ", rng.choice(["BỒI DƯỠNG NGHIỆP VỤ HÀNH CHÍNH", "ỨNG DỤNG CÔNG NGHỆ THÔNG TIN CƠ BẢN", "AN TOÀN, VỆ SINH LAO ĐỘNG"]), size=1.5)
    paper.entry("Cho:", who.upper)
    paper.entries(("Ngày sinh:", written(rng, who.birth), 1), ("Giới tính:", who.sex, 0.8))
    grade = rng.choice(GRADES)
    first = any_day(rng, day.replace(month=1, day=1), day)
    paper.text(f"Đã hoàn thành khóa học từ {spelled(rng, first)} đến {spelled(rng, day)}, gồm {rng.randint(24, 240)} tiết lý thuyết và thực hành theo chương trình được phê duyệt.")
    paper.entry("Xếp loại:", grade)
    signer = signer_name(rng, day)
    paper.ending(["HIỆU TRƯỞNG"], signer)
    paper.fields = {"full_name": who.upper, "birth_date": str(who.birth), "sex": who.sex, "grade": grade, "issued_on": str(day), "issued_at": issued_at, "agency": school,
                    "signer": signer, "signer_title": "HIỆU TRƯỞNG"}
    return paper


LAYOUTS = [criminal_record, degree, training_certificate]
