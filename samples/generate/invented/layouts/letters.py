"""Decisions and official letters after NĐ 30/2020."""

from random import Random

from ..paper import Paper, any_style
from ..people import any_day, money, number_words, person, spelled
from ..places import place, unit_name
from .offices import commune_agency, leader_titles, signer_name

BASES = ["Căn cứ Luật Tổ chức chính quyền địa phương;", "Căn cứ Luật Ban hành văn bản quy phạm pháp luật;", "Căn cứ Nghị định số 30/2020/NĐ-CP ngày 05 tháng 3 năm 2020 của Chính phủ về công tác văn thư;",
         "Căn cứ Nghị định số 61/2018/NĐ-CP ngày 23 tháng 4 năm 2018 của Chính phủ về thực hiện cơ chế một cửa, một cửa liên thông trong giải quyết thủ tục hành chính;",
         "Căn cứ Luật Cán bộ, công chức và các văn bản hướng dẫn thi hành;"]
MATTERS = [("Về việc thành lập Tổ công tác rà soát thủ tục hành chính", "thành lập Tổ công tác rà soát thủ tục hành chính trên địa bàn"),
           ("Về việc phê duyệt danh sách hộ nghèo, hộ cận nghèo", "phê duyệt danh sách hộ nghèo, hộ cận nghèo theo chuẩn nghèo đa chiều"),
           ("Về việc cử cán bộ tham gia lớp bồi dưỡng nghiệp vụ", "cử cán bộ, công chức tham gia lớp bồi dưỡng nghiệp vụ số hóa hồ sơ"),
           ("Về việc hỗ trợ kinh phí sửa chữa nhà ở", "hỗ trợ kinh phí sửa chữa nhà ở cho gia đình người có công"),
           ("Về việc công nhận kết quả hòa giải ở cơ sở", "công nhận kết quả hòa giải tranh chấp đất đai giữa các hộ gia đình")]
LETTER_MATTERS = ["V/v đôn đốc số hóa kết quả giải quyết thủ tục hành chính", "V/v phối hợp xác minh thông tin cư trú của công dân", "V/v báo cáo tình hình tiếp nhận hồ sơ trực tuyến",
                  "V/v tăng cường tuyên truyền dịch vụ công trực tuyến toàn trình", "V/v trả lời kiến nghị của cử tri về vệ sinh môi trường"]
SENTENCES = ["Ủy ban nhân dân yêu cầu các đơn vị nghiêm túc triển khai thực hiện, bảo đảm đúng tiến độ và chịu trách nhiệm trước cấp trên về kết quả thực hiện nhiệm vụ được giao.",
             "Trong quá trình thực hiện, nếu có khó khăn, vướng mắc, đề nghị kịp thời phản ánh bằng văn bản để được hướng dẫn, giải quyết theo thẩm quyền.",
             "Bộ phận Tiếp nhận và Trả kết quả có trách nhiệm sao chụp, số hóa đầy đủ thành phần hồ sơ ngay khi tiếp nhận, không yêu cầu người dân nộp lại giấy tờ đã được số hóa.",
             "Văn phòng chủ trì, phối hợp với các phòng chuyên môn tổng hợp kết quả, định kỳ báo cáo trước ngày 25 hằng tháng.",
             "Kinh phí thực hiện được bố trí từ nguồn ngân sách nhà nước năm hiện hành và các nguồn huy động hợp pháp khác theo quy định của pháp luật.",
             "Công chức Tư pháp - Hộ tịch kiểm tra, đối chiếu thông tin trong Cơ sở dữ liệu quốc gia về dân cư trước khi trình ký.",
             "Tỷ lệ hồ sơ trực tuyến toàn trình phấn đấu đạt từ 80% trở lên; tỷ lệ thanh toán trực tuyến đạt tối thiểu 45% tổng số giao dịch.",
             "Đề nghị các ông, bà Trưởng thôn, Tổ trưởng tổ dân phố phổ biến rộng rãi đến từng hộ gia đình được biết và thực hiện."]


def decision(rng: Random) -> Paper:
    day = any_day(rng)
    at = place(rng, day)
    agency, heading = commune_agency(at)
    number = f"{rng.randint(5, 2400)}/QĐ-UBND"
    about, does = rng.choice(MATTERS)
    paper = Paper("QD", "decision", "prose", any_style(rng))
    paper.letterhead(agency, f"Số: {number}", f"{at.short}, {spelled(rng, day)}")
    paper.title("QUYẾT ĐỊNH", about, size=1.1)
    paper.text(f"<b>ỦY BAN NHÂN DÂN {at.commune.upper()}</b>", "c")
    for base in rng.sample(BASES, 3):
        paper.text(f"<i>{base}</i>")
    paper.text(f"<i>Xét đề nghị của Văn phòng Hội đồng nhân dân và Ủy ban nhân dân {at.commune}.</i>")
    paper.text("<b>QUYẾT ĐỊNH:</b>", "c")
    who, amount = person(rng, day), rng.randint(4, 190) * 500_000
    paper.text(f"<b>Điều 1.</b> Quyết định {does} {at.commune}, do {who.polite} {who.name} làm đầu mối theo dõi; kinh phí {money(amount)} đồng (bằng chữ: {number_words(amount)} đồng).")
    paper.text(f"<b>Điều 2.</b> {rng.choice(SENTENCES)} {rng.choice(SENTENCES)}")
    paper.text("<b>Điều 3.</b> Quyết định này có hiệu lực kể từ ngày ký.")
    paper.text(f"<b>Điều 4.</b> Văn phòng, các bộ phận chuyên môn, {who.polite} {who.name} và các cá nhân có liên quan chịu trách nhiệm thi hành Quyết định này.")
    signer, titles = signer_name(rng, day), leader_titles(rng)
    paper.ending(titles, signer, ["Nơi nhận:", "- Như Điều 4;", "- Thường trực HĐND;", f"- Lưu: VT, {rng.choice(['VP', 'TCKT', 'NC'])}."])
    paper.fields = {"number": number, "issued_on": str(day), "issued_at": at.short, "subject_matter": about, "agency": heading, "signer": signer, "signer_title": titles[-1]}
    return paper


def official_letter(rng: Random) -> Paper:
    day = any_day(rng)
    at = place(rng, day)
    agency, heading = commune_agency(at)
    number = f"{rng.randint(5, 2400)}/UBND-{rng.choice(['VP', 'TP', 'KT', 'VHXH', 'ĐC'])}"
    about = rng.choice(LETTER_MATTERS)
    paper = Paper("KHAC", "official-letter", "prose", any_style(rng))
    paper.letterhead(agency, f"Số: {number}", f"{at.short}, {spelled(rng, day)}", about)
    paper.text(f"Kính gửi: Các phòng, ban, đơn vị trực thuộc {at.commune}", "c")
    paper.space(2)
    paper.text(f"Thực hiện Kế hoạch số {rng.randint(10, 300)}/KH-UBND {spelled(rng, any_day(rng, day.replace(month=1, day=1), day))} của Ủy ban nhân dân {at.above}, Ủy ban nhân dân {at.commune} có ý kiến như sau:")
    for sentence in rng.sample(SENTENCES, rng.randint(4, 6)):
        paper.text(sentence)
    signer, titles = signer_name(rng, day), leader_titles(rng)
    paper.ending(titles, signer, ["Nơi nhận:", "- Như trên;", "- Chủ tịch, các Phó Chủ tịch;", "- Lưu: VT."])
    paper.fields = {"number": number, "issued_on": str(day), "issued_at": at.short, "subject_matter": about.removeprefix("V/v "), "agency": heading, "signer": signer, "signer_title": titles[-1]}
    return paper


def appointment(rng: Random) -> Paper:
    """A decision about one person, with a letterhead of a province's department."""
    day = any_day(rng)
    at = place(rng, day)
    who = person(rng, day, (25, 58), at=at)
    number = f"{rng.randint(5, 1900)}/QĐ-{rng.choice(['SNV', 'STP', 'SXD', 'SYT'])}"
    about = rng.choice(["Về việc điều động và bổ nhiệm công chức", "Về việc nâng bậc lương thường xuyên", "Về việc nghỉ hưu để hưởng chế độ bảo hiểm xã hội"])
    office = rng.choice(["SỞ NỘI VỤ", "SỞ TƯ PHÁP", "SỞ XÂY DỰNG", "SỞ Y TẾ"])
    paper = Paper("QD", "appointment", "prose", any_style(rng))
    issued_at = unit_name(at.province)
    paper.letterhead([f"ỦY BAN NHÂN DÂN {at.province.upper()}", office], f"Số: {number}", f"{issued_at}, {spelled(rng, day)}")
    paper.title("QUYẾT ĐỊNH", about, size=1.1)
    paper.text(f"<b>GIÁM ĐỐC {office}</b>", "c")
    for base in rng.sample(BASES, 2):
        paper.text(f"<i>{base}</i>")
    paper.text("<i>Theo đề nghị của Chánh Văn phòng.</i>")
    paper.text("<b>QUYẾT ĐỊNH:</b>", "c")
    paper.text(f"<b>Điều 1.</b> {about.removeprefix('Về việc ').capitalize()} đối với {who.polite} {who.name}, sinh {spelled(rng, who.birth)}, số định danh cá nhân {who.number}, "
               f"nơi thường trú: {who.home}, kể từ {spelled(rng, day)}.")
    paper.text(f"<b>Điều 2.</b> {who.polite.capitalize()} {who.name} được hưởng lương bậc {rng.randint(2, 8)}/9, hệ số {rng.randint(2, 4)},{rng.randint(10, 99)} và các chế độ khác theo quy định hiện hành.")
    paper.text(f"<b>Điều 3.</b> Quyết định này có hiệu lực kể từ ngày ký. Chánh Văn phòng, Trưởng các phòng liên quan và {who.polite} {who.name} chịu trách nhiệm thi hành Quyết định này.")
    signer = signer_name(rng, day)
    titles = rng.choice([["GIÁM ĐỐC"], ["KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"]])
    paper.ending(titles, signer, ["Nơi nhận:", "- Như Điều 3;", "- Ban Giám đốc;", "- Lưu: VT, TCCB."])
    paper.fields = {"number": number, "issued_on": str(day), "issued_at": issued_at, "subject_matter": about, "agency": office, "signer": signer, "signer_title": titles[-1]}
    return paper


def notice(rng: Random) -> Paper:
    day = any_day(rng)
    at = place(rng, day)
    agency, heading = commune_agency(at)
    number = f"{rng.randint(5, 900)}/TB-UBND"
    about = rng.choice(["Về việc niêm yết công khai kết quả thẩm định hồ sơ", "Về lịch tiếp công dân định kỳ", "Về việc tạm ngừng cung cấp nước sinh hoạt", "Về việc thu hồi đất để thực hiện dự án"])
    paper = Paper("KHAC", "notice", "prose", any_style(rng))
    paper.letterhead(agency, f"Số: {number}", f"{at.short}, {spelled(rng, day)}")
    paper.title("THÔNG BÁO", about, size=1.15)
    for number_of, sentence in enumerate(rng.sample(SENTENCES, 5)):
        paper.text(f"{number_of + 1}. {sentence}")
    start = any_day(rng, day, day.replace(month=12, day=31))
    paper.text(f"Thời gian: từ {rng.randint(7, 9):02d} giờ {rng.choice([0, 15, 30]):02d} phút, {spelled(rng, start)}. Địa điểm: Nhà văn hóa {at.commune}. Điện thoại liên hệ: 0{rng.randint(200, 299)}.{rng.randint(1000000, 9999999)}.")
    signer, titles = signer_name(rng, day), leader_titles(rng)
    paper.ending(titles, signer, ["Nơi nhận:", "- Đảng ủy, HĐND;", "- Các thôn, tổ dân phố;", "- Lưu: VT."])
    paper.fields = {"number": number, "issued_on": str(day), "issued_at": at.short, "subject_matter": about, "agency": heading, "signer": signer, "signer_title": titles[-1]}
    return paper


LAYOUTS = [decision, appointment, official_letter, notice]
