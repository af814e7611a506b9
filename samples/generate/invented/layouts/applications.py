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
    paper.fields = {"registrant_name": asker.upper, "residence": asker.home, "full_name": child.upper, "birth_date": str(child.birth), "sex": child.sex, "ethnicity": child.ethnicity, "nationality": "Việt Nam",
                    "birth_place": born, "mother_name": mother.upper, "father_name": father.upper, "issued_on": str(day), "issued_at": at.short, "signer": asker.name}
    return paper


def marital_declaration(rng: Random) -> Paper:
    day = any_day(rng)
    at = place(rng, day)
    who = person(rng, day, (20, 60), at=at)
    purpose = rng.choice(["Làm thủ tục đăng ký kết hôn", "Vay vốn ngân hàng", "Mua bán nhà ở"])
    paper = Paper("DON", "marital-declaration", "form", any_style(rng))
    paper.state_header()
    paper.title("TỜ KHAI CẤP GIẤY XÁC NHẬN TÌNH TRẠNG HÔN NHÂN", size=1.15)
    paper.text(f"Kính gửi: Ủy ban nhân dân {at.full}", "c")
    paper.entry("Họ, chữ đệm, tên:", who.upper)
    paper.entries(("Ngày, tháng, năm sinh:", written(rng, who.birth), 1.6), ("Giới tính:", who.sex, 1))
    paper.entries(("Dân tộc:", who.ethnicity, 1), ("Quốc tịch:", "Việt Nam", 1))
    paper.entry("Nơi cư trú:", who.home)
    paper.entry("Số định danh cá nhân:", who.number)
    paper.entry("Tình trạng hôn nhân:", "Chưa kết hôn lần nào")
    paper.entry("Mục đích sử dụng giấy:", purpose)
    paper.text("Tôi cam đoan những nội dung khai trên đây là đúng sự thật và chịu trách nhiệm trước pháp luật về cam đoan của mình.")
    paper.ending(["Người yêu cầu"], who.name, place_date=f"Làm tại: {at.short}, {spelled(rng, day)}")
    paper.fields = {"full_name": who.upper, "birth_date": str(who.birth), "sex": who.sex, "ethnicity": who.ethnicity, "nationality": "Việt Nam", "residence": who.home,
                    "citizen_id": who.number, "issued_on": str(day), "issued_at": at.short, "signer": who.name}
    return paper


def residence_declaration(rng: Random) -> Paper:
    """A declaration with a table of the household's members."""
    day = any_day(rng)
    at = place(rng, day)
    who = person(rng, day, (25, 60), at=at)
    family = [person(rng, day, (1, 70), family=who.name.split()[0], at=at) for _ in range(rng.randint(2, 5))]
    paper = Paper("DON", "residence-declaration", "table", any_style(rng))
    paper.state_header()
    paper.title("TỜ KHAI THAY ĐỔI THÔNG TIN CƯ TRÚ", size=1.2)
    paper.text(f"Kính gửi: Công an {at.full}", "c")
    paper.entry("1. Họ, chữ đệm và tên:", who.upper)
    paper.entries(("2. Ngày, tháng, năm sinh:", f"{who.birth:%d/%m/%Y}", 1.6), ("3. Giới tính:", who.sex, 1))
    paper.entry("4. Số định danh cá nhân:", who.number)
    paper.entries(("5. Số điện thoại:", f"09{rng.randint(10000000, 99999999)}", 1), ("6. Email:", f"ndk{rng.randint(10, 999)}@thu.example", 1))
    paper.entry("7. Nơi thường trú:", who.home)
    paper.entry("8. Nội dung đề nghị:", rng.choice(["Đăng ký thường trú vào chỗ ở hợp pháp", "Tách hộ", "Xác nhận thông tin về cư trú", "Đăng ký tạm trú"]))
    paper.text("9. Những thành viên trong hộ gia đình cùng thay đổi:", "")
    rows = [[str(n + 1), one.name, f"{one.birth:%d/%m/%Y}", one.sex, one.number, rng.choice(["Con", "Vợ", "Mẹ", "Em", "Cháu"])] for n, one in enumerate(family)]
    paper.table([["TT", "Họ, chữ đệm và tên", "Ngày sinh", "Giới tính", "Số định danh", "Quan hệ"]] + rows, [7, 32, 17, 11, 21, 12], "mlmmmm")
    paper.signers([(["Ý KIẾN CỦA CHỦ HỘ", "(Ký, ghi rõ họ tên)"], person(rng, day, at=at).name), (["NGƯỜI KÊ KHAI", "(Ký, ghi rõ họ tên)"], who.name)])
    paper.fields = {"full_name": who.upper, "birth_date": str(who.birth), "sex": who.sex, "citizen_id": who.number, "residence": who.home}
    return paper


def land_application(rng: Random) -> Paper:
    day = any_day(rng)
    at = place(rng, day)
    who = person(rng, day, (25, 80), at=at)
    parcel, sheet, area = str(rng.randint(3, 900)), str(rng.randint(1, 90)), f"{rng.randint(45, 2900)},{rng.randint(1, 9)} m²"
    paper = Paper("DON", "land-application", "form", any_style(rng))
    paper.state_header()
    paper.title("ĐƠN ĐĂNG KÝ BIẾN ĐỘNG ĐẤT ĐAI, TÀI SẢN GẮN LIỀN VỚI ĐẤT", size=1.1)
    paper.text(f"Kính gửi: Chi nhánh Văn phòng đăng ký đất đai {at.above}", "c")
    paper.text("<b>I. Người sử dụng đất</b>", "")
    paper.entry("1. Họ và tên:", who.upper)
    paper.entries(("Ngày sinh:", written(rng, who.birth), 1.4), ("Giới tính:", who.sex, 1))
    paper.entry("2. Số định danh cá nhân:", who.number)
    paper.entry("3. Địa chỉ thường trú:", who.home)
    paper.text("<b>II. Thửa đất có biến động</b>", "")
    paper.entries(("Thửa đất số:", parcel, 1), ("Tờ bản đồ số:", sheet, 1), ("Diện tích:", area, 1.3))
    paper.entry("Giấy chứng nhận số:", f"{rng.choice('BCD')}{rng.choice('ABEMN')} {rng.randint(100000, 999999)}")
    paper.entry("III. Nội dung biến động:", rng.choice(["Nhận chuyển nhượng toàn bộ thửa đất", "Đổi tên theo căn cước", "Xóa đăng ký thế chấp", "Thay đổi số nhà theo đơn vị hành chính mới"]))
    paper.entry("IV. Giấy tờ kèm theo:", f"{rng.randint(2, 5):02d} loại, {rng.randint(5, 20)} trang")
    paper.text("Tôi cam đoan nội dung kê khai trên đơn là đúng sự thật, nếu sai tôi hoàn toàn chịu trách nhiệm trước pháp luật.")
    paper.ending(["Người viết đơn"], who.name, place_date=f"{at.short}, {spelled(rng, day)}")
    paper.fields = {"full_name": who.upper, "birth_date": str(who.birth), "sex": who.sex, "citizen_id": who.number, "residence": who.home, "parcel_number": parcel, "map_sheet_number": sheet,
                    "area": area, "issued_on": str(day), "issued_at": at.short, "signer": who.name}
    return paper


LAYOUTS = [permit_application, birth_declaration, marital_declaration, residence_declaration, land_application]
