"""Registration of enterprises and household businesses, and permits."""

from datetime import timedelta
from random import Random

from ..paper import Paper, any_style
from ..people import any_day, invented_tax_code, money, number_words, person, spelled
from ..places import home, place
from .offices import commune_agency, leader_titles, signer_name

KINDS = ["Thương mại và Dịch vụ", "Xây dựng", "Thực phẩm sạch", "Vận tải", "Nội thất", "Giải pháp phần mềm", "Dược phẩm", "May mặc", "Thủy sản", "Cơ khí chế tạo"]
NAMES = ["Hải Tuyền", "Đại Phước", "Thịnh Vượng Phát", "Bình Minh Xanh", "Quỳnh Ngọc", "Trường Thọ", "Mỹ Đức", "Cửu Long", "Tây Đô", "Hưng Yến", "Ngũ Hành", "Vũ Gia"]


def enterprise(rng: Random) -> Paper:
    day = any_day(rng)
    at = place(rng, day)
    boss, partner = person(rng, day, (25, 65), at=at), person(rng, day, (25, 65), at=at)
    code, capital = invented_tax_code(rng), rng.randint(2, 190) * 100_000_000
    name, office = f"CÔNG TY TNHH {rng.choice(KINDS)} {rng.choice(NAMES)}".upper(), home(rng, at)
    city = at.province.upper()
    agency = ["SỞ KẾ HOẠCH VÀ ĐẦU TƯ" if at.district else "SỞ TÀI CHÍNH", city, "PHÒNG ĐĂNG KÝ KINH DOANH"]
    share = rng.choice([51, 60, 65, 70, 80])
    paper = Paper("DKKD", "enterprise-registration", "table", any_style(rng))
    paper.letterhead(agency, "", "")
    paper.title("GIẤY CHỨNG NHẬN ĐĂNG KÝ DOANH NGHIỆP", "CÔNG TY TRÁCH NHIỆM HỮU HẠN HAI THÀNH VIÊN TRỞ LÊN", size=1.15)
    paper.text(f"<b>Mã số doanh nghiệp: {code}</b>", "c")
    paper.text(f"<i>Đăng ký lần đầu: {spelled(rng, day)}</i>", "c")
    paper.text("<b>1. Tên công ty</b>", "")
    paper.entry("Tên công ty viết bằng tiếng Việt:", name)
    paper.text("<b>2. Địa chỉ trụ sở chính</b>", "")
    paper.text(office, "j")
    paper.entries(("Điện thoại:", f"09{rng.randint(0, 99):02d} {rng.randint(0, 999):03d} {rng.randint(0, 999):03d}", 1), ("Email:", f"lienhe{rng.randint(10, 99)}@congty.example", 1.4))
    paper.entry("3. Vốn điều lệ:", f"{money(capital)} đồng")
    words = number_words(capital)
    paper.entry("Bằng chữ:", f"{words[0].upper()}{words[1:]} đồng")
    paper.text("<b>4. Danh sách thành viên góp vốn</b>", "")
    paper.table([["STT", "Tên thành viên", "Số định danh", "Vốn góp (đồng)", "Tỷ lệ (%)"], ["1", boss.upper, boss.number, money(capital * share // 100), str(share)],
                 ["2", partner.upper, partner.number, money(capital * (100 - share) // 100), str(100 - share)]], [8, 33, 22, 23, 14], "mllrm")
    paper.text("<b>5. Người đại diện theo pháp luật của công ty</b>", "")
    paper.entries(("* Họ, chữ đệm và tên:", boss.upper, 2), ("Giới tính:", boss.sex, 1))
    paper.entry("Chức danh:", rng.choice(["Giám đốc", "Chủ tịch Hội đồng thành viên", "Tổng giám đốc"]))
    paper.entries(("Sinh ngày:", f"{boss.birth:%d/%m/%Y}", 1), ("Dân tộc:", boss.ethnicity, 1), ("Quốc tịch:", "Việt Nam", 1))
    paper.entry("Số giấy tờ pháp lý của cá nhân:", boss.number)
    paper.entry("Địa chỉ liên lạc:", boss.home)
    signer = signer_name(rng, day)
    titles = rng.choice([["TRƯỞNG PHÒNG"], ["KT. TRƯỞNG PHÒNG", "PHÓ TRƯỞNG PHÒNG"]])
    paper.ending(titles, signer)
    paper.fields = {"enterprise_code": code, "enterprise_name": name, "head_office": office, "charter_capital": f"{money(capital)} đồng", "representative_name": boss.upper,
                    "birth_date": str(boss.birth), "sex": boss.sex, "citizen_id": boss.number, "ethnicity": boss.ethnicity, "nationality": "Việt Nam", "issued_on": str(day),
                    "agency": "PHÒNG ĐĂNG KÝ KINH DOANH", "signer": signer, "signer_title": titles[-1]}
    return paper


def household(rng: Random) -> Paper:
    day = any_day(rng)
    at = place(rng, day)
    owner = person(rng, day, (22, 65), at=at)
    code, capital = invented_tax_code(rng), rng.randint(3, 80) * 10_000_000
    name, office = f"HỘ KINH DOANH {owner.name.upper()}", home(rng, at)
    agency = ["ỦY BAN NHÂN DÂN", at.above.upper() if at.district else at.commune.upper(), "PHÒNG TÀI CHÍNH - KẾ HOẠCH" if at.district else "PHÒNG KINH TẾ"]
    paper = Paper("DKKD", "household-business", "form", any_style(rng))
    paper.letterhead(agency, "", "")
    paper.title("GIẤY CHỨNG NHẬN ĐĂNG KÝ HỘ KINH DOANH", f"Mã số hộ kinh doanh: {code}", size=1.15)
    paper.text(f"<i>Đăng ký lần đầu, {spelled(rng, day)}</i>", "c")
    paper.entry("1. Tên hộ kinh doanh:", name)
    paper.entry("2. Địa chỉ trụ sở:", office)
    paper.entry("3. Ngành, nghề kinh doanh:", rng.choice(["Bán lẻ lương thực, thực phẩm", "Dịch vụ ăn uống", "Sửa chữa xe máy", "May đo quần áo", "Bán buôn vật liệu xây dựng", "Cắt tóc, gội đầu"]))
    paper.entry("4. Vốn kinh doanh:", f"{money(capital)} đồng")
    paper.text("<b>5. Chủ hộ kinh doanh:</b>", "")
    paper.entries(("Họ, chữ đệm và tên:", owner.upper, 2), ("Giới tính:", owner.sex, 1))
    paper.entries(("Sinh ngày:", f"{owner.birth:%d/%m/%Y}", 1), ("Dân tộc:", owner.ethnicity, 1), ("Quốc tịch:", "Việt Nam", 1))
    paper.entry("Số định danh cá nhân:", owner.number)
    paper.entry("Nơi thường trú:", owner.home)
    signer = signer_name(rng, day)
    titles = ["TRƯỞNG PHÒNG"]
    paper.ending(titles, signer)
    paper.fields = {"enterprise_code": code, "enterprise_name": name, "head_office": office, "representative_name": owner.upper, "birth_date": str(owner.birth), "sex": owner.sex,
                    "citizen_id": owner.number, "ethnicity": owner.ethnicity, "nationality": "Việt Nam", "issued_on": str(day), "signer": signer, "signer_title": titles[-1]}
    return paper


def building_permit(rng: Random) -> Paper:
    day = any_day(rng)
    at = place(rng, day)
    owner = person(rng, day, (25, 75), at=at)
    until = day.replace(year=day.year + 1, day=min(day.day, 28))
    number, plot, sheet, area = f"{rng.randint(3, 900)}/GPXD", str(rng.randint(3, 900)), str(rng.randint(1, 90)), f"{rng.randint(45, 400)},{rng.randint(1, 9)} m²"
    agency, heading = commune_agency(at)
    paper = Paper("GP", "building-permit", "prose", any_style(rng))
    paper.letterhead(agency, f"Số: {number}", f"{at.short}, {spelled(rng, day)}")
    paper.title("GIẤY PHÉP XÂY DỰNG", "(Sử dụng cho công trình nhà ở riêng lẻ)")
    paper.text(f"1. Cấp cho: {owner.polite} {owner.upper}, số định danh cá nhân {owner.number}; địa chỉ: {owner.home}.")
    paper.text(f"2. Được phép xây dựng công trình: nhà ở riêng lẻ, theo thiết kế có ký hiệu KT-{rng.randint(1, 99):02d}/{day.year} do Công ty cổ phần Tư vấn kiến trúc {rng.choice(NAMES)} lập.")
    paper.text(f"Vị trí xây dựng: thửa đất số {plot}, tờ bản đồ số {sheet}, {at.full}; diện tích thửa đất {area}. Cốt nền xây dựng: +0,{rng.randint(10, 60)} m so với vỉa hè hiện trạng. "
               f"Mật độ xây dựng: {rng.randint(50, 90)},{rng.randint(0, 9)}%; hệ số sử dụng đất: {rng.randint(1, 4)},{rng.randint(10, 90)} lần.")
    paper.text(f"Diện tích xây dựng tầng 1: {rng.randint(40, 150)},{rng.randint(0, 9)} m²; tổng diện tích sàn: {rng.randint(100, 600)},{rng.randint(0, 9)} m²; chiều cao công trình: "
               f"{rng.randint(4, 19)},{rng.randint(1, 9)} m; số tầng: {rng.randint(1, 5):02d} tầng và 01 tum thang.")
    paper.text(f"3. Giấy tờ về quyền sử dụng đất: Giấy chứng nhận số vào sổ CS {rng.randint(100, 99999):05d} do Sở Tài nguyên và Môi trường cấp {spelled(rng, day - timedelta(days=rng.randint(90, 3000)))}.")
    paper.text(f"4. Giấy phép này có hiệu lực khởi công xây dựng trong thời hạn 12 tháng kể từ ngày cấp, đến hết {spelled(rng, until)}; quá thời hạn trên phải đề nghị gia hạn.")
    signer, titles = signer_name(rng, day), leader_titles(rng)
    paper.ending(titles, signer, ["Nơi nhận:", "- Chủ đầu tư;", "- Lưu: VT, KT."])
    paper.fields = {"number": number, "holder_name": owner.upper, "citizen_id": owner.number, "residence": owner.home, "project_name": "nhà ở riêng lẻ", "parcel_number": plot,
                    "map_sheet_number": sheet, "area": area, "valid_until": str(until), "issued_on": str(day), "issued_at": at.short, "agency": heading, "signer": signer, "signer_title": titles[-1]}
    return paper


def trade_permit(rng: Random) -> Paper:
    day = any_day(rng)
    at = place(rng, day)
    owner = person(rng, day, (25, 65), at=at)
    until = day.replace(year=day.year + 5, day=min(day.day, 28))
    number = f"{rng.randint(3, 900)}/GP-UBND"
    agency, heading = commune_agency(at)
    paper = Paper("GP", "trade-permit", "form", any_style(rng))
    paper.letterhead(agency, f"Số: {number}", f"{at.short}, {spelled(rng, day)}")
    paper.title("GIẤY PHÉP", rng.choice(["BÁN LẺ RƯỢU", "BÁN LẺ SẢN PHẨM THUỐC LÁ", "SỬ DỤNG TẠM THỜI LÒNG ĐƯỜNG, VỈA HÈ"]), size=1.3)
    paper.text("Căn cứ Luật Tổ chức chính quyền địa phương; xét hồ sơ đề nghị cấp Giấy phép của người có tên dưới đây,")
    paper.text("<b>CHO PHÉP:</b>", "c")
    paper.entry("Cấp cho:", owner.upper)
    paper.entry("Số định danh cá nhân:", owner.number)
    paper.entry("Nơi thường trú:", owner.home)
    paper.entry("Địa điểm kinh doanh:", home(rng, at))
    paper.entry("Mã số thuế:", invented_tax_code(rng))
    paper.entry("Có giá trị đến:", f"{until:%d/%m/%Y}")
    paper.text("Người được cấp phép phải thực hiện đúng các quy định của pháp luật và chịu sự kiểm tra của cơ quan nhà nước có thẩm quyền.")
    signer, titles = signer_name(rng, day), leader_titles(rng)
    paper.ending(titles, signer, ["Nơi nhận:", "- Như trên;", "- Lưu: VT."])
    paper.fields = {"number": number, "holder_name": owner.upper, "citizen_id": owner.number, "residence": owner.home, "valid_until": str(until), "issued_on": str(day),
                    "issued_at": at.short, "agency": heading, "signer": signer, "signer_title": titles[-1]}
    return paper


LAYOUTS = [enterprise, household, building_permit, trade_permit]
