"""Đơn, tờ khai: forms that a person fills in."""

from random import Random

from ..paper import Paper, any_style
from ..people import any_day, person, spelled, written
from ..places import place


def permit_application(rng: Random) -> Paper:
    day = any_day(rng)
    at = place(rng, day)
    who = person(rng, day, at=at)
    parcel, sheet, area = str(rng.randint(3, 900)), str(rng.randint(1, 90)), f"{rng.randint(45, 900)},{rng.randint(1, 9)} m²"
    paper = Paper("DON", "permit-application", "form", any_style(rng))
    paper.state_header()
    paper.title("ĐƠN ĐỀ NGHỊ CẤP GIẤY PHÉP XÂY DỰNG", "(Sử dụng cho nhà ở riêng lẻ)")
    paper.text(f"Kính gửi: Ủy ban nhân dân {at.full}", "c")
    paper.entry("1. Tên chủ hộ:", who.upper)
    paper.entries(("Ngày sinh:", written(rng, who.birth), 1), ("Giới tính:", who.sex, 0.8))
    paper.entry("Số định danh cá nhân:", who.number)
    paper.entry("Địa chỉ liên hệ:", who.home)
    paper.entry("Số điện thoại:", f"09{rng.randint(10000000, 99999999)}")
    paper.text("2. Địa điểm xây dựng:", "")
    paper.entries(("Lô đất số:", parcel, 1), ("Tờ bản đồ số:", sheet, 1), ("Diện tích:", area, 1.2))
    paper.entry("Tại:", at.full[0].upper() + at.full[1:])
    paper.text("3. Nội dung đề nghị cấp phép:", "")
    paper.entries(("Cấp công trình:", rng.choice(["Cấp III", "Cấp IV"]), 1), ("Số tầng:", f"{rng.randint(1, 5):02d}", 1))
    paper.entry("Diện tích xây dựng tầng 1:", f"{rng.randint(40, 150)},{rng.randint(0, 9)} m²")
    paper.entry("Tổng diện tích sàn:", f"{rng.randint(150, 600)},{rng.randint(0, 9)} m²")
    paper.entries(("Chiều cao công trình:", f"{rng.randint(4, 19)},{rng.randint(1, 9)} m", 1), ("Chiều sâu móng:", f"{rng.randint(1, 3)},{rng.randint(1, 9)} m", 1))
    paper.entry("4. Dự kiến thời gian hoàn thành:", f"{rng.randint(3, 24):02d} tháng")
    paper.text("5. Cam kết: Tôi xin cam đoan làm theo đúng giấy phép được cấp, nếu sai tôi xin hoàn toàn chịu trách nhiệm và bị xử lý theo quy định của pháp luật.", "j")
    paper.ending(["NGƯỜI LÀM ĐƠN"], who.name, place_date=f"{at.short}, {spelled(rng, day)}")
    paper.fields = {"holder_name": who.upper, "birth_date": str(who.birth), "sex": who.sex, "citizen_id": who.number, "residence": who.home, "parcel_number": parcel,
                    "map_sheet_number": sheet, "area": area, "issued_on": str(day), "issued_at": at.short, "signer": who.name}
    return paper


def birth_declaration(rng: Random) -> Paper:
    day = any_day(rng)
    at = place(rng, day)
    child = person(rng, day, (0, 2), at=at)
    father, mother = person(rng, day, (22, 50), "Nam", child.name.split()[0], at), person(rng, day, (20, 45), "Nữ", at=at)
    asker = rng.choice([father, mother])
    born = f"Trung tâm Y tế {at.above}"
    paper = Paper("DON", "birth-declaration", "form", any_style(rng))
    paper.state_header()
    paper.title("TỜ KHAI ĐĂNG KÝ KHAI SINH")
    paper.text(f"Kính gửi: Ủy ban nhân dân {at.full}", "c")
    paper.entry("Họ, chữ đệm, tên người yêu cầu:", asker.upper)
    paper.entry("Nơi cư trú:", asker.home)
    paper.entry("Giấy tờ tùy thân:", f"Thẻ căn cước số {asker.number}")
    paper.entry("Quan hệ với người được khai sinh:", "Cha" if asker is father else "Mẹ")
    paper.text("<b>Đề nghị cơ quan đăng ký khai sinh cho người dưới đây:</b>", "")
    paper.entry("Họ, chữ đệm, tên:", child.upper)
    paper.entry("Ngày, tháng, năm sinh:", written(rng, child.birth))
    paper.entries(("Giới tính:", child.sex, 1), ("Dân tộc:", child.ethnicity, 1), ("Quốc tịch:", "Việt Nam", 1.2))
    paper.entry("Nơi sinh:", born)
    paper.entry("Họ, chữ đệm, tên người mẹ:", mother.upper)
    paper.entries(("Năm sinh:", str(mother.birth.year), 1), ("Dân tộc:", mother.ethnicity, 1), ("Quốc tịch:", "Việt Nam", 1.2))
    paper.entry("Họ, chữ đệm, tên người cha:", father.upper)
    paper.entries(("Năm sinh:", str(father.birth.year), 1), ("Dân tộc:", father.ethnicity, 1), ("Quốc tịch:", "Việt Nam", 1.2))
    paper.text("Tôi cam đoan nội dung đề nghị đăng ký khai sinh trên đây là đúng sự thật, được sự thỏa thuận nhất trí của các bên liên quan theo quy định pháp luật.")
    paper.ending(["Người yêu cầu"], asker.name, place_date=f"Làm tại: {at.short}, {spelled(rng, day)}")
    paper.fields = {"registrant_name": asker.upper, "full_name": child.upper, "birth_date": str(child.birth), "sex": child.sex, "ethnicity": child.ethnicity, "nationality": "Việt Nam",
                    "birth_place": born, "mother_name": mother.upper, "father_name": father.upper, "issued_on": str(day), "issued_at": at.short, "signer": asker.name}
    return paper


LAYOUTS = [permit_application, birth_declaration]
