"""Hộ tịch: birth, marriage, marital status, death (Luật Hộ tịch 60/2014; fields after DOMAIN 6.2)."""

from datetime import timedelta
from random import Random

from ..paper import Paper, any_style
from ..people import any_day, date_words, person, spelled, written
from ..places import place
from .offices import commune_agency, leader_titles, signer_name

HOSPITALS = ["Bệnh viện Đa khoa", "Trung tâm Y tế", "Bệnh viện Phụ sản", "Trạm Y tế"]


def birth_certificate(rng: Random) -> Paper:
    day = any_day(rng)
    at = place(rng, day)
    child = person(rng, day, (0, 2), at=at)
    father = person(rng, day, (22, 50), "Nam", child.name.split()[0], at)
    mother = person(rng, day, (20, 45), "Nữ", at=at)
    asker = rng.choice([father, mother])
    number, book = f"{rng.randint(1, 400)}/{day.year}", f"{rng.randint(1, 4):02d}/{day.year}"
    paper = Paper("KS", "birth-certificate", "form", any_style(rng))
    if rng.random() < 0.5:
        paper.frame()
    paper.state_header()
    paper.title("GIẤY KHAI SINH", red=rng.random() < 0.5, size=1.7)
    paper.entries(("Số:", number, 1), ("Quyển số:", book, 1))
    paper.entry("Họ, chữ đệm, tên:", child.upper)
    paper.entry("Ngày, tháng, năm sinh:", written(rng, child.birth))
    paper.entry("Ghi bằng chữ:", date_words(child.birth))
    paper.entries(("Giới tính:", child.sex, 1), ("Dân tộc:", child.ethnicity, 1), ("Quốc tịch:", "Việt Nam", 1.2))
    born = f"{rng.choice(HOSPITALS)} {at.above}"
    paper.entry("Nơi sinh:", born)
    town = place(rng, day).full
    paper.entry("Quê quán:", town[0].upper() + town[1:])
    paper.entry("Số định danh cá nhân:", child.number)
    for role, parent in (("mẹ", mother), ("cha", father)):
        paper.entry(f"Họ, chữ đệm, tên người {role}:", parent.upper)
        paper.entries(("Năm sinh:", str(parent.birth.year), 1), ("Dân tộc:", parent.ethnicity, 1), ("Quốc tịch:", "Việt Nam", 1.2))
        paper.entry("Nơi cư trú:", parent.home)
    paper.entry("Họ, chữ đệm, tên người đi khai sinh:", asker.upper)
    paper.entry("Giấy tờ tùy thân:", f"Căn cước công dân số {asker.number}")
    agency = f"UBND {at.full}"
    paper.entry("Nơi đăng ký khai sinh:", agency)
    paper.entry("Ngày, tháng, năm đăng ký:", written(rng, day))
    signer = signer_name(rng, day)
    titles = leader_titles(rng, short=True)
    paper.signers([(["NGƯỜI ĐI KHAI SINH"], asker.name), (titles, signer)])
    paper.fields = {"number": number, "book_number": book, "full_name": child.upper, "birth_date": str(child.birth), "sex": child.sex, "ethnicity": child.ethnicity,
                    "nationality": "Việt Nam", "birth_place": born, "home_town": town[0].upper() + town[1:], "citizen_id": child.number, "mother_name": mother.upper,
                    "father_name": father.upper, "registrant_name": asker.upper, "agency": agency, "issued_on": str(day), "signer": signer, "signer_title": titles[-1]}
    return paper


def birth_extract(rng: Random) -> Paper:
    day = any_day(rng)
    at = place(rng, day)
    who = person(rng, day, (1, 60), at=at)
    father = person(rng, who.birth, (22, 50), "Nam", who.name.split()[0], at)
    mother = person(rng, who.birth, (20, 45), "Nữ", at=at)
    town = place(rng, day).full
    town = town[0].upper() + town[1:]
    agency, heading = commune_agency(at)
    number = f"{rng.randint(10, 2400)}/TLKS-BS"
    born = f"{rng.choice(HOSPITALS)} {at.above}"
    paper = Paper("KS", "birth-extract", "form", any_style(rng))
    paper.letterhead(agency, f"Số: {number}", f"{at.short}, {spelled(rng, day)}")
    paper.title("TRÍCH LỤC KHAI SINH", "(BẢN SAO)")
    paper.entry("Họ, chữ đệm, tên:", who.upper)
    paper.entries(("Ngày, tháng, năm sinh:", written(rng, who.birth), 1.6), ("Giới tính:", who.sex, 1))
    paper.entry("Ghi bằng chữ:", date_words(who.birth))
    paper.entries(("Dân tộc:", who.ethnicity, 1), ("Quốc tịch:", "Việt Nam", 1))
    paper.entry("Nơi sinh:", born)
    paper.entry("Quê quán:", town)
    paper.entry("Số định danh cá nhân:", who.number)
    for role, parent in (("mẹ", mother), ("cha", father)):
        paper.entry(f"Họ, chữ đệm, tên người {role}:", parent.upper)
        paper.entries(("Năm sinh:", str(parent.birth.year), 1), ("Dân tộc:", parent.ethnicity, 1), ("Quốc tịch:", "Việt Nam", 1.2))
        paper.entry("Nơi cư trú:", parent.home)
    paper.entry("Đăng ký khai sinh tại:", f"Ủy ban nhân dân {place(rng, day).full}")
    paper.entries(("Số:", f"{rng.randint(3, 300)}/{who.birth.year}", 1), ("Ngày:", f"{any_day(rng, who.birth, min(day, who.birth + timedelta(days=60))):%d/%m/%Y}", 1))
    signer, titles = signer_name(rng, day), leader_titles(rng)
    paper.ending(titles, signer)
    paper.fields = {"number": number, "full_name": who.upper, "birth_date": str(who.birth), "sex": who.sex, "ethnicity": who.ethnicity, "nationality": "Việt Nam", "birth_place": born,
                    "home_town": town, "citizen_id": who.number, "mother_name": mother.upper, "father_name": father.upper, "issued_on": str(day), "issued_at": at.short,
                    "agency": heading, "signer": signer, "signer_title": titles[-1]}
    return paper


def marital_status(rng: Random) -> Paper:
    day = any_day(rng)
    at = place(rng, day)
    who = person(rng, day, (20, 60), at=at)
    agency, heading = commune_agency(at)
    number = f"{rng.randint(10, 999)}/UBND-XNTTHN"
    status = rng.choice(["Chưa đăng ký kết hôn với ai", "Hiện tại chưa đăng ký kết hôn với ai", "Đã ly hôn, hiện tại chưa đăng ký kết hôn với ai", "Có vợ hoặc chồng nhưng đã chết, chưa kết hôn lại"])
    purpose = rng.choice(["Làm thủ tục đăng ký kết hôn", "Bổ sung hồ sơ vay vốn ngân hàng", "Làm thủ tục chuyển nhượng quyền sử dụng đất", "Hoàn thiện hồ sơ mua nhà ở xã hội"])
    paper = Paper("HN", "marital-status", "form", any_style(rng))
    paper.letterhead(agency, f"Số: {number}", f"{at.short}, {spelled(rng, day)}")
    paper.title("GIẤY XÁC NHẬN TÌNH TRẠNG HÔN NHÂN")
    paper.text(f"Xét đề nghị của {who.polite} {who.name} về việc cấp Giấy xác nhận tình trạng hôn nhân, căn cứ kết quả kiểm tra, xác minh,")
    paper.text("<b>XÁC NHẬN:</b>", "c")
    paper.entry("Họ, chữ đệm, tên:", who.upper)
    paper.entries(("Ngày, tháng, năm sinh:", written(rng, who.birth), 1.6), ("Giới tính:", who.sex, 1))
    paper.entries(("Dân tộc:", who.ethnicity, 1), ("Quốc tịch:", "Việt Nam", 1))
    paper.entry("Giấy tờ tùy thân: Thẻ căn cước số", who.number)
    paper.entry("Nơi cư trú:", who.home)
    paper.entry("Tình trạng hôn nhân:", status)
    paper.entry("Giấy này được cấp để:", purpose)
    paper.text("Giấy này có giá trị 06 tháng kể từ ngày cấp.", "j i")
    signer, titles = signer_name(rng, day), leader_titles(rng)
    paper.ending(titles, signer)
    paper.fields = {"number": number, "full_name": who.upper, "birth_date": str(who.birth), "sex": who.sex, "ethnicity": who.ethnicity, "nationality": "Việt Nam",
                    "citizen_id": who.number, "residence": who.home, "marital_status": status, "purpose": purpose, "issued_on": str(day), "issued_at": at.short,
                    "agency": heading, "signer": signer, "signer_title": titles[-1]}
    return paper


def death_extract(rng: Random) -> Paper:
    day = any_day(rng)
    at = place(rng, day)
    dead = person(rng, day, (45, 95), at=at)
    asker = person(rng, day, (20, 60), family=dead.name.split()[0], at=at)
    died = any_day(rng, day.replace(day=1), day)
    agency, heading = commune_agency(at)
    number = f"{rng.randint(3, 300)}/TLKT-BS"
    where = rng.choice([f"{rng.choice(HOSPITALS)} {at.above}", dead.home])
    paper = Paper("KT", "death-extract", "form", any_style(rng))
    paper.letterhead(agency, f"Số: {number}", f"{at.short}, {spelled(rng, day)}")
    paper.title("TRÍCH LỤC KHAI TỬ", rng.choice(["", "(BẢN SAO)"]))
    paper.entry("Họ, chữ đệm, tên:", dead.upper)
    paper.entries(("Ngày, tháng, năm sinh:", written(rng, dead.birth), 1.6), ("Giới tính:", dead.sex, 1))
    paper.entries(("Dân tộc:", dead.ethnicity, 1), ("Quốc tịch:", "Việt Nam", 1))
    paper.entry("Số định danh cá nhân:", dead.number)
    paper.entry("Nơi cư trú cuối cùng:", dead.home)
    paper.entry("Đã chết vào lúc:", f"{rng.randint(0, 23):02d} giờ {rng.randint(0, 59):02d} phút, {spelled(rng, died)}")
    paper.entry("Nơi chết:", where)
    paper.entry("Nguyên nhân chết:", rng.choice(["Bệnh già", "Tai nạn giao thông", "Suy tim", "Đột quỵ", "Bệnh phổi tắc nghẽn mạn tính"]))
    paper.entry("Đăng ký khai tử tại:", f"Ủy ban nhân dân {at.full}")
    paper.entries(("Số:", f"{rng.randint(3, 300)}/{day.year}", 1), ("Ngày đăng ký:", written(rng, day), 1.2))
    paper.entry("Họ, chữ đệm, tên người đi khai tử:", asker.upper)
    signer, titles = signer_name(rng, day), leader_titles(rng)
    paper.ending(titles, signer)
    paper.fields = {"number": number, "full_name": dead.upper, "birth_date": str(dead.birth), "sex": dead.sex, "ethnicity": dead.ethnicity, "nationality": "Việt Nam",
                    "citizen_id": dead.number, "residence": dead.home, "death_date": str(died), "death_place": where, "registrant_name": asker.upper,
                    "issued_on": str(day), "issued_at": at.short, "agency": heading, "signer": signer, "signer_title": titles[-1]}
    return paper


def marriage(rng: Random) -> Paper:
    day = any_day(rng)
    at = place(rng, day)
    husband, wife = person(rng, day, (20, 50), "Nam"), person(rng, day, (19, 45), "Nữ")
    number = f"{rng.randint(1, 200)}/{day.year}"
    paper = Paper("KH", "marriage-certificate", "table", any_style(rng))
    paper.state_header()
    paper.title("GIẤY CHỨNG NHẬN KẾT HÔN", red=rng.random() < 0.5, size=1.5)
    paper.text(f"Số: {number}", "c")
    paper.table([["Nội dung", "Chồng", "Vợ"], ["Họ, chữ đệm, tên", husband.upper, wife.upper], ["Ngày, tháng, năm sinh", f"{husband.birth:%d/%m/%Y}", f"{wife.birth:%d/%m/%Y}"],
                 ["Dân tộc", husband.ethnicity, wife.ethnicity], ["Quốc tịch", "Việt Nam", "Việt Nam"], ["Nơi cư trú", husband.home, wife.home],
                 ["Giấy tờ tùy thân", "Thẻ căn cước", "Thẻ căn cước"], ["Số định danh cá nhân", husband.number, wife.number]], [24, 38, 38], pad_mm=rng.uniform(1, 2.4))
    agency = f"Ủy ban nhân dân {at.full}"
    paper.entry("Nơi đăng ký kết hôn:", agency)
    paper.entry("Ngày, tháng, năm đăng ký:", written(rng, day))
    paper.text("Giấy chứng nhận này có giá trị kể từ ngày ghi vào Sổ đăng ký kết hôn.")
    signer, titles = signer_name(rng, day), leader_titles(rng, short=True)
    paper.signers([(["CHỒNG"], husband.name), (["VỢ"], wife.name), (titles, signer)])
    paper.fields = {"number": number, "husband_name": husband.upper, "husband_birth_date": str(husband.birth), "husband_citizen_id": husband.number, "wife_name": wife.upper,
                    "wife_birth_date": str(wife.birth), "wife_citizen_id": wife.number, "issued_on": str(day), "agency": agency, "signer": signer, "signer_title": titles[-1]}
    return paper


LAYOUTS = [birth_certificate, birth_extract, marital_status, death_extract, marriage]
