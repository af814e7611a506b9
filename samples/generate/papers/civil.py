"""Hộ tịch: birth, marriage, death, marital status."""

from datetime import date

from codes import citizen_id, slashed, spelled
from ink import scribble, sign
from layout import HAND, filled, filled_row, letterhead, paragraph, signature, state_header, table
from page import Page, Pen
from sample import Sample
from scanner import Scan

INNER = (206, 120, 120)


def security_paper(p: Page) -> None:
    """The pink frame and fine waves of forms issued by the Ministry of Justice."""
    for inset, width in ((9, 0.9), (11, 0.3)):
        p.box(inset, inset, p.width - inset, p.height - inset, width, INNER)


def birth_form(file: str, dpi: int, *, number: str, book: str, agency: list[str], child: dict, mother: dict, father: dict, asker: str,
               asker_paper: str, place: str, day: date, signer: str, title: list[str], how: Scan, ring: str) -> Sample:
    p = Page(dpi, seed=file, paper=(253, 249, 244))
    security_paper(p)
    x, right = 24, 188
    state_header(p, 105, 24, 13)
    p.block()
    p.put(24, 42, "Số: ", Pen(13))
    p.leader(32, 62, 42.5)
    p.put(34, 41, number, HAND)
    if book:
        p.put(186, 42, f"Quyển số: {book}", Pen(13), "r")
    p.block()
    p.put(105, 54, "GIẤY KHAI SINH", Pen(22, "b", (176, 30, 36)), "m")
    p.block()
    y = 68
    y = filled(p, x, y, right, "Họ, chữ đệm, tên:", child["name"])
    y = filled(p, x, y, right, "Ngày, tháng, năm sinh:", slashed(child["birth"]))
    y = filled(p, x, y, right, "Ghi bằng chữ:", child["birth_words"])
    y = filled_row(p, y, [(x, 74, "Giới tính:", child["sex"]), (76, 126, "Dân tộc:", child["ethnicity"]), (128, right, "Quốc tịch:", "Việt Nam")])
    y = filled(p, x, y, right, "Nơi sinh:", child["birth_place"])
    y = filled(p, x, y, right, "Quê quán:", child["home_town"])
    y = filled(p, x, y, right, "Số định danh cá nhân:", child["id"])
    for role, parent in (("mẹ", mother), ("cha", father)):
        p.block()
        y = filled(p, x, y + 2.5, right, f"Họ, chữ đệm, tên người {role}:", parent["name"])
        y = filled_row(p, y, [(x, 74, "Năm sinh:", str(parent["year"])), (76, 126, "Dân tộc:", parent["ethnicity"]), (128, right, "Quốc tịch:", "Việt Nam")])
        y = filled(p, x, y, right, "Nơi cư trú:", parent["residence"])
    p.block()
    y = filled(p, x, y + 2.5, right, "Họ, chữ đệm, tên người đi khai sinh:", asker)
    y = filled(p, x, y, right, "Giấy tờ tùy thân:", asker_paper)
    y = filled(p, x, y, right, "Nơi đăng ký khai sinh:", f"{agency[-1]}")
    y = filled(p, x, y, right, "Ngày, tháng, năm đăng ký:", slashed(day))
    p.block()
    p.put(52, y + 9, "NGƯỜI ĐI KHAI SINH", Pen(12, "b"), "m")
    scribble(p, 52, y + 24, 28, 9)
    p.put(52, y + 38, asker, Pen(13, "b"), "m")
    spot = signature(p, 140, y + 9, title, signer, gap=34, pt=12)
    sign(p, spot, ring)
    fields = {"number": number, "book_number": book, "full_name": child["name"], "birth_date": str(child["birth"]), "sex": child["sex"],
              "ethnicity": child["ethnicity"], "nationality": "Việt Nam", "birth_place": child["birth_place"], "home_town": child["home_town"],
              "citizen_id": child["id"], "mother_name": mother["name"], "father_name": father["name"], "registrant_name": asker,
              "agency": agency[-1], "issued_on": str(day), "signer": signer, "signer_title": title[-1]}
    if not book:
        del fields["book_number"]
    return Sample(file, "KS", "form", "form", [p], fields, how)


def birth_certificate(file: str) -> Sample:
    birth = date(2019, 3, 14)
    return birth_form(
        file, 300, number="87/2019", book="01/2019", agency=["UBND phường Trung Tự, quận Đống Đa, thành phố Hà Nội"],
        child={"name": "NGUYỄN KHÁNH AN", "birth": birth, "birth_words": "Ngày mười bốn tháng ba năm hai nghìn không trăm mười chín", "sex": "Nữ",
               "ethnicity": "Kinh", "birth_place": "Bệnh viện Phụ sản Hà Nội, quận Ba Đình, thành phố Hà Nội",
               "home_town": "Xã Tân Dân, huyện Phú Xuyên, thành phố Hà Nội", "id": citizen_id("001", "Nữ", birth, 18402)},
        mother={"name": "TRẦN THỊ THU HƯỜNG", "year": 1991, "ethnicity": "Kinh", "residence": "Số 12, ngõ 46B Phạm Ngọc Thạch, phường Trung Tự, quận Đống Đa, thành phố Hà Nội"},
        father={"name": "NGUYỄN ĐỨC THỊNH", "year": 1988, "ethnicity": "Kinh", "residence": "Số 12, ngõ 46B Phạm Ngọc Thạch, phường Trung Tự, quận Đống Đa, thành phố Hà Nội"},
        asker="NGUYỄN ĐỨC THỊNH", asker_paper=f"Căn cước công dân số {citizen_id('001', 'Nam', date(1988, 9, 2), 23817)}",
        place="Đống Đa", day=date(2019, 3, 25), signer="Phạm Quang Vinh", title=["CHỦ TỊCH"],
        how=Scan(skew=0.4, noise=2, blur=0.5, uneven_light=0.06, bleed_through=0.03), ring="ỦY BAN NHÂN DÂN PHƯỜNG TRUNG TỰ * QUẬN ĐỐNG ĐA *")


def birth_certificate_200(file: str) -> Sample:
    birth = date(2022, 11, 6)
    return birth_form(
        file, 200, number="214/2022", book="02/2022", agency=["UBND xã Nghi Kiều, huyện Nghi Lộc, tỉnh Nghệ An"],
        child={"name": "HOÀNG GIA BẢO", "birth": birth, "birth_words": "Ngày sáu tháng mười một năm hai nghìn không trăm hai mươi hai", "sex": "Nam",
               "ethnicity": "Kinh", "birth_place": "Trung tâm Y tế huyện Nghi Lộc, tỉnh Nghệ An", "home_town": "Xã Nghi Kiều, huyện Nghi Lộc, tỉnh Nghệ An",
               "id": citizen_id("040", "Nam", birth, 7731)},
        mother={"name": "ĐẶNG THỊ NGỌC MƠ", "year": 1996, "ethnicity": "Thổ", "residence": "Xóm 5, xã Nghi Kiều, huyện Nghi Lộc, tỉnh Nghệ An"},
        father={"name": "HOÀNG VĂN CƯỜNG", "year": 1993, "ethnicity": "Kinh", "residence": "Xóm 5, xã Nghi Kiều, huyện Nghi Lộc, tỉnh Nghệ An"},
        asker="ĐẶNG THỊ NGỌC MƠ", asker_paper=f"Căn cước công dân số {citizen_id('040', 'Nữ', date(1996, 5, 20), 1187)}",
        place="Nghi Kiều", day=date(2022, 11, 21), signer="Võ Sỹ Nguyên", title=["CHỦ TỊCH"],
        how=Scan(skew=-1.2, noise=2.8, blur=0.4, uneven_light=0.1, specks=60), ring="ỦY BAN NHÂN DÂN XÃ NGHI KIỀU * HUYỆN NGHI LỘC *")


def birth_extract(file: str) -> Sample:
    p = Page(300, seed=file)
    agency = ["ỦY BAN NHÂN DÂN", "PHƯỜNG CỬA NAM"]
    day = date(2026, 9, 8)
    letterhead(p, agency, "Số: 1026/TLKS-BS", f"Cửa Nam, {spelled(day)}")
    p.block()
    p.put(105, 62, "TRÍCH LỤC KHAI SINH", Pen(18, "b"), "m")
    p.put(105, 68.5, "(BẢN SAO)", Pen(13, "b"), "m")
    p.block()
    birth = date(2001, 8, 30)
    number = citizen_id("001", "Nam", birth, 55120)
    x, right, y = 25, 190, 82
    y = filled(p, x, y, right, "Họ, chữ đệm, tên:", "LÊ HOÀNG MINH KHÔI")
    y = filled(p, x, y, right, "Ngày, tháng, năm sinh:", slashed(birth))
    y = filled(p, x, y, right, "Ghi bằng chữ:", "Ngày ba mươi tháng tám năm hai nghìn không trăm linh một")
    y = filled_row(p, y, [(x, 74, "Giới tính:", "Nam"), (76, 128, "Dân tộc:", "Kinh"), (130, right, "Quốc tịch:", "Việt Nam")])
    y = filled(p, x, y, right, "Nơi sinh:", "Bệnh viện Xanh Pôn, thành phố Hà Nội")
    y = filled(p, x, y, right, "Quê quán:", "Xã Đại Thắng, thành phố Hà Nội")
    y = filled(p, x, y, right, "Số định danh cá nhân:", number)
    for role, name, year in (("mẹ", "VŨ THỊ LAN PHƯƠNG", "1974"), ("cha", "LÊ HOÀNG QUÂN", "1971")):
        p.block()
        y = filled(p, x, y + 2, right, f"Họ, chữ đệm, tên người {role}:", name)
        y = filled_row(p, y, [(x, 74, "Năm sinh:", year), (76, 128, "Dân tộc:", "Kinh"), (130, right, "Quốc tịch:", "Việt Nam")])
        y = filled(p, x, y, right, "Nơi cư trú:", "Số 8 phố Tràng Thi, phường Cửa Nam, thành phố Hà Nội")
    p.block()
    y = filled(p, x, y + 2, right, "Đăng ký khai sinh tại:", "Ủy ban nhân dân phường Hàng Bông, quận Hoàn Kiếm, thành phố Hà Nội")
    y = filled_row(p, y, [(x, 96, "Số:", "132/2001"), (98, right, "Ngày:", "11/09/2001")])
    spot = signature(p, 145, y + 6, ["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"], "Đỗ Thị Bích Liên", gap=34)
    sign(p, spot, "ỦY BAN NHÂN DÂN PHƯỜNG CỬA NAM * TP. HÀ NỘI *")
    fields = {"number": "1026/TLKS-BS", "full_name": "LÊ HOÀNG MINH KHÔI", "birth_date": str(birth), "sex": "Nam", "ethnicity": "Kinh", "nationality": "Việt Nam",
              "birth_place": "Bệnh viện Xanh Pôn, thành phố Hà Nội", "home_town": "Xã Đại Thắng, thành phố Hà Nội", "citizen_id": number,
              "mother_name": "VŨ THỊ LAN PHƯƠNG", "father_name": "LÊ HOÀNG QUÂN", "issued_on": str(day), "issued_at": "Cửa Nam",
              "agency": "ỦY BAN NHÂN DÂN PHƯỜNG CỬA NAM", "signer": "Đỗ Thị Bích Liên", "signer_title": "PHÓ CHỦ TỊCH"}
    return Sample(file, "KS", "form", "form", [p], fields, Scan(skew=0.6, noise=2, blur=0.4, uneven_light=0.08), grey=False)


def marriage(file: str) -> Sample:
    p = Page(300, seed=file, paper=(253, 249, 244))
    security_paper(p)
    day = date(2026, 2, 6)
    wife_birth, husband_birth = date(1999, 12, 25), date(1997, 4, 3)
    wife_id, husband_id = citizen_id("038", "Nữ", wife_birth, 4093), citizen_id("036", "Nam", husband_birth, 9950)
    state_header(p, 105, 24, 13)
    p.block()
    p.put(105, 46, "GIẤY CHỨNG NHẬN KẾT HÔN", Pen(20, "b", (176, 30, 36)), "m")
    p.put(105, 54, "Số: 19/2026", Pen(13), "m")
    rows = [["Nội dung", "Chồng", "Vợ"],
            ["Họ, chữ đệm, tên", "BÙI TUẤN KIỆT", "NGÔ THỊ THẢO VY"],
            ["Ngày, tháng, năm sinh", slashed(husband_birth), slashed(wife_birth)],
            ["Dân tộc", "Kinh", "Mường"], ["Quốc tịch", "Việt Nam", "Việt Nam"],
            ["Nơi cư trú", "Xã Xuân Trường, tỉnh Ninh Bình", "Xã Ngọc Lặc, tỉnh Thanh Hóa"],
            ["Giấy tờ tùy thân", "Thẻ căn cước", "Thẻ căn cước"], ["Số định danh cá nhân", husband_id, wife_id]]
    y = table(p, 22, 64, [42, 62, 62], rows, Pen(12), row_height=11)
    y = filled(p, 22, y + 12, 188, "Nơi đăng ký kết hôn:", "Ủy ban nhân dân xã Xuân Trường, tỉnh Ninh Bình")
    y = filled(p, 22, y, 188, "Ngày, tháng, năm đăng ký:", slashed(day))
    y = paragraph(p, 22, y + 1, 166, "Giấy chứng nhận này có giá trị kể từ ngày ghi vào Sổ đăng ký kết hôn. Hai bên có quyền và nghĩa vụ của vợ, chồng theo quy định của pháp luật.", Pen(13), leading=6.4)
    p.block()
    for x, who, name in ((44, "CHỒNG", "Bùi Tuấn Kiệt"), (96, "VỢ", "Ngô Thị Thảo Vy")):
        p.put(x, y + 10, who, Pen(12, "b"), "m")
        scribble(p, x, y + 24, 26, 8)
        p.put(x, y + 46, name, Pen(12.5), "m")
    spot = signature(p, 152, y + 10, ["CHỦ TỊCH"], "Trần Đình Lượng", gap=42, pt=12)
    sign(p, spot, "ỦY BAN NHÂN DÂN XÃ XUÂN TRƯỜNG * TỈNH NINH BÌNH *", overlap=14)
    fields = {"number": "19/2026", "husband_name": "BÙI TUẤN KIỆT", "husband_birth_date": str(husband_birth), "husband_citizen_id": husband_id,
              "wife_name": "NGÔ THỊ THẢO VY", "wife_birth_date": str(wife_birth), "wife_citizen_id": wife_id, "issued_on": str(day),
              "agency": "Ủy ban nhân dân xã Xuân Trường, tỉnh Ninh Bình", "signer": "Trần Đình Lượng", "signer_title": "CHỦ TỊCH"}
    return Sample(file, "KH", "table", "form", [p], fields, Scan(skew=-0.5, noise=2, blur=0.4, uneven_light=0.05))


def marital_status(file: str) -> Sample:
    p = Page(300, seed=file)
    day, birth = date(2026, 10, 12), date(1998, 7, 19)
    number = citizen_id("079", "Nữ", birth, 30218)
    letterhead(p, ["ỦY BAN NHÂN DÂN", "PHƯỜNG BÌNH TRƯNG"], "Số: 645/UBND-XNTTHN", f"Bình Trưng, {spelled(day)}")
    p.block()
    p.put(105, 62, "GIẤY XÁC NHẬN TÌNH TRẠNG HÔN NHÂN", Pen(16, "b"), "m")
    p.block()
    y = paragraph(p, 25, 75, 165, "Xét đề nghị của bà Huỳnh Ngọc Diễm Quỳnh về việc cấp Giấy xác nhận tình trạng hôn nhân, căn cứ kết quả kiểm tra, xác minh trong Cơ sở dữ liệu hộ tịch điện tử,", Pen(13.5), 12)
    p.block()
    p.put(105, y + 3, "XÁC NHẬN:", Pen(14, "b"), "m")
    p.block()
    x, right, y = 25, 190, y + 14
    home = "Số 27/4 đường Nguyễn Duy Trinh, phường Bình Trưng, Thành phố Hồ Chí Minh"
    status = "Chưa đăng ký kết hôn với ai"
    purpose = "Làm thủ tục đăng ký kết hôn"
    y = filled(p, x, y, right, "Họ, chữ đệm, tên:", "HUỲNH NGỌC DIỄM QUỲNH")
    y = filled_row(p, y, [(x, 112, "Ngày, tháng, năm sinh:", slashed(birth)), (114, right, "Giới tính:", "Nữ")])
    y = filled_row(p, y, [(x, 96, "Dân tộc:", "Kinh"), (98, right, "Quốc tịch:", "Việt Nam")])
    y = filled(p, x, y, right, "Giấy tờ tùy thân: Thẻ căn cước số", number)
    y = filled(p, x, y, right, "Nơi cư trú:", home)
    y = filled(p, x, y, right, "Tình trạng hôn nhân:", status)
    y = filled(p, x, y, right, "Giấy này được cấp để:", purpose)
    y = paragraph(p, x, y + 2, 165, "Giấy này có giá trị đến hết ngày 12/04/2027.", Pen(13.5, "i"))
    spot = signature(p, 145, y + 8, ["TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"], "Nguyễn Trọng Hiếu", gap=36)
    sign(p, spot, "ỦY BAN NHÂN DÂN PHƯỜNG BÌNH TRƯNG * TP. HỒ CHÍ MINH *")
    fields = {"number": "645/UBND-XNTTHN", "full_name": "HUỲNH NGỌC DIỄM QUỲNH", "birth_date": str(birth), "sex": "Nữ", "ethnicity": "Kinh", "nationality": "Việt Nam",
              "citizen_id": number, "residence": home, "marital_status": status, "purpose": purpose, "valid_until": "2027-04-12", "issued_on": str(day),
              "issued_at": "Bình Trưng", "agency": "ỦY BAN NHÂN DÂN PHƯỜNG BÌNH TRƯNG", "signer": "Nguyễn Trọng Hiếu", "signer_title": "CHỦ TỊCH"}
    return Sample(file, "HN", "form", "form", [p], fields, Scan(skew=0.8, noise=2.8, blur=0.5, uneven_light=0.12))


def death_extract(file: str) -> Sample:
    p = Page(200, seed=file)
    day, birth, death = date(2026, 5, 4), date(1943, 10, 9), date(2026, 4, 28)
    number = citizen_id("046", "Nam", birth, 612)
    letterhead(p, ["ỦY BAN NHÂN DÂN", "PHƯỜNG THUẬN HÓA"], "Số: 73/TLKT", f"Thuận Hóa, {spelled(day)}")
    p.block()
    p.put(105, 62, "TRÍCH LỤC KHAI TỬ", Pen(18, "b"), "m")
    p.block()
    x, right, y = 25, 190, 78
    y = filled(p, x, y, right, "Họ, chữ đệm, tên:", "TÔN THẤT HỮU PHƯỚC")
    y = filled_row(p, y, [(x, 112, "Ngày, tháng, năm sinh:", slashed(birth)), (114, right, "Giới tính:", "Nam")])
    y = filled_row(p, y, [(x, 96, "Dân tộc:", "Kinh"), (98, right, "Quốc tịch:", "Việt Nam")])
    y = filled(p, x, y, right, "Số định danh cá nhân:", number)
    y = filled(p, x, y, right, "Nơi cư trú cuối cùng:", "Số 31 đường Nhật Lệ, phường Phú Xuân, thành phố Huế")
    y = filled(p, x, y, right, "Đã chết vào lúc:", f"04 giờ 20 phút, ngày {slashed(death)}")
    y = filled(p, x, y, right, "Nơi chết:", "Bệnh viện Trung ương Huế")
    y = filled(p, x, y, right, "Nguyên nhân chết:", "Bệnh già")
    y = filled(p, x, y, right, "Đăng ký khai tử tại:", "Ủy ban nhân dân phường Thuận Hóa, thành phố Huế")
    y = filled_row(p, y, [(x, 96, "Số:", "73/2026"), (98, right, "Ngày đăng ký:", slashed(day))])
    y = filled(p, x, y, right, "Họ, chữ đệm, tên người đi khai tử:", "TÔN THẤT HỮU NGHĨA")
    spot = signature(p, 145, y + 8, ["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"], "Phan Thị Mỹ Dung", gap=36)
    sign(p, spot, "ỦY BAN NHÂN DÂN PHƯỜNG THUẬN HÓA * THÀNH PHỐ HUẾ *")
    fields = {"number": "73/TLKT", "full_name": "TÔN THẤT HỮU PHƯỚC", "birth_date": str(birth), "sex": "Nam", "ethnicity": "Kinh", "nationality": "Việt Nam",
              "citizen_id": number, "residence": "Số 31 đường Nhật Lệ, phường Phú Xuân, thành phố Huế", "death_date": str(death), "death_place": "Bệnh viện Trung ương Huế",
              "registrant_name": "TÔN THẤT HỮU NGHĨA", "issued_on": str(day), "issued_at": "Thuận Hóa", "agency": "ỦY BAN NHÂN DÂN PHƯỜNG THUẬN HÓA",
              "signer": "Phan Thị Mỹ Dung", "signer_title": "PHÓ CHỦ TỊCH"}
    return Sample(file, "KT", "form", "form", [p], fields, Scan(skew=0.5, noise=2.8, blur=0.4, rotation=90))


PAPERS = {
    "birth-certificate.jpg": birth_certificate,
    "birth-certificate-200dpi.jpg": birth_certificate_200,
    "birth-extract.jpg": birth_extract,
    "marriage-certificate.jpg": marriage,
    "marital-status.jpg": marital_status,
    "death-extract-rotated.jpg": death_extract,
}
