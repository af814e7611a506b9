"""Running text as offices write it (NĐ 30/2020): decisions, letters, notices, minutes, applications."""

from datetime import date

from codes import citizen_id, slashed, spelled
from ink import scribble, sign
from layout import filled, filled_row, letterhead, paragraph, paragraphs, recipients, signature, state_header, table
from page import Page, Pen
from sample import Sample
from scanner import Scan
from signed import SignedSample
from typed import TypedSample

LEFT, WIDTH = 28, 162
MIDDLE = LEFT + WIDTH / 2


def title(p: Page, y: float, name: str, subject: list[str]) -> float:
    """Tên loại and trích yếu, centred, with the short rule below."""
    p.block()
    p.put(MIDDLE, y, name, Pen(15, "b"), "m")
    for number, line in enumerate(subject):
        p.put(MIDDLE, y + 7 + number * 6.2, line, Pen(14, "b"), "m")
    y += 7 + len(subject) * 6.2 - 2.5
    p.rule(MIDDLE - 22, y, MIDDLE + 22, y)
    p.block()
    return y + 10


def page_number(p: Page, number: int) -> None:
    p.put(MIDDLE, 14, str(number), Pen(13), "m")
    p.block()


DECISION_SUBJECT = ["Về việc phê duyệt phương án số hóa hồ sơ, kết quả giải quyết", "thủ tục hành chính còn hiệu lực trên địa bàn xã Hòa Tiến"]

DECISION_1 = [
    "<i>Căn cứ Luật Tổ chức chính quyền địa phương ngày 16 tháng 6 năm 2025;</i>",
    "<i>Căn cứ Nghị định số 118/2025/NĐ-CP ngày 09 tháng 6 năm 2025 của Chính phủ về thực hiện thủ tục hành chính theo cơ chế một cửa, một cửa liên thông;</i>",
    "<i>Căn cứ Thông tư số 01/2023/TT-VPCP ngày 05 tháng 4 năm 2023 của Bộ trưởng, Chủ nhiệm Văn phòng Chính phủ quy định một số nội dung và biện pháp thi hành trong số hóa hồ sơ, giấy tờ, kết quả giải quyết thủ tục hành chính;</i>",
    "<i>Theo đề nghị của Giám đốc Trung tâm Phục vụ hành chính công xã tại Tờ trình số 48/TTr-TTPVHCC ngày 03 tháng 8 năm 2026.</i>",
]
DECISION_ARTICLES_1 = [
    "<b>Điều 1.</b> Phê duyệt phương án số hóa hồ sơ, kết quả giải quyết thủ tục hành chính còn hiệu lực trên địa bàn xã Hòa Tiến giai đoạn 2026 - 2027 với các nội dung chủ yếu sau đây:",
    "1. Phạm vi: toàn bộ kết quả giải quyết thủ tục hành chính thuộc các lĩnh vực hộ tịch, đất đai, xây dựng, lao động và bảo trợ xã hội do Ủy ban nhân dân xã và các cơ quan tiền thân ban hành mà vẫn còn giá trị sử dụng.",
    "2. Khối lượng dự kiến: 41.350 hồ sơ, tương đương khoảng 186.000 trang giấy khổ A4 và 2.900 trang giấy khổ A3.",
]
DECISION_2 = [
    "3. Yêu cầu kỹ thuật: ảnh màu, độ phân giải tối thiểu 200 dpi, tỷ lệ 100%; riêng bản đồ và bản vẽ có độ phân giải tối thiểu 300 dpi. Mỗi giấy tờ được bóc tách đủ các trường dữ liệu đặc tả và được người số hóa kiểm tra trước khi lưu.",
    "4. Thời gian thực hiện: từ ngày 15 tháng 8 năm 2026 đến hết ngày 30 tháng 6 năm 2027, chia thành ba đợt theo kế hoạch kèm theo Quyết định này.",
    "<b>Điều 2.</b> Giao Trung tâm Phục vụ hành chính công xã chủ trì, phối hợp với Văn phòng Hội đồng nhân dân và Ủy ban nhân dân xã tổ chức thực hiện; định kỳ ngày 25 hằng tháng báo cáo kết quả, khó khăn, vướng mắc về Ủy ban nhân dân xã.",
    "<b>Điều 3.</b> Kinh phí thực hiện được bố trí trong dự toán chi thường xuyên của ngân sách xã năm 2026, năm 2027 và các nguồn hợp pháp khác theo quy định của pháp luật về ngân sách nhà nước.",
    "<b>Điều 4.</b> Quyết định này có hiệu lực kể từ ngày ký. Chánh Văn phòng Hội đồng nhân dân và Ủy ban nhân dân xã, Giám đốc Trung tâm Phục vụ hành chính công xã, Trưởng phòng Kinh tế và Thủ trưởng các cơ quan, đơn vị có liên quan chịu trách nhiệm thi hành Quyết định này./.",
]


def decision_sheets(file: str, dpi: int) -> tuple[list[Page], dict]:
    day = date(2026, 8, 12)
    one, two = Page(dpi, seed=file), Page(dpi, seed=file + "2")
    letterhead(one, ["ỦY BAN NHÂN DÂN", "XÃ HÒA TIẾN"], "Số: 412/QĐ-UBND", f"Hòa Tiến, {spelled(day)}")
    y = title(one, 62, "QUYẾT ĐỊNH", DECISION_SUBJECT)
    one.put(MIDDLE, y, "ỦY BAN NHÂN DÂN XÃ HÒA TIẾN", Pen(14, "b"), "m")
    y = paragraphs(one, LEFT, y + 10, WIDTH, DECISION_1)
    one.put(MIDDLE, y + 3, "QUYẾT ĐỊNH:", Pen(14, "b"), "m")
    paragraphs(one, LEFT, y + 13, WIDTH, DECISION_ARTICLES_1)
    page_number(two, 2)
    y = paragraphs(two, LEFT, 25, WIDTH, DECISION_2)
    recipients(two, LEFT, y + 8, ["- Như Điều 4;", "- UBND thành phố (để báo cáo);", "- Thường trực Đảng ủy, HĐND xã;", "- Lưu: VT, TTPVHCC."])
    spot = signature(two, 150, y + 8, ["TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"], "Lương Quốc Bình", gap=44, pt=13.5)
    sign(two, spot, "ỦY BAN NHÂN DÂN XÃ HÒA TIẾN * THÀNH PHỐ ĐÀ NẴNG *")
    fields = {"number": "412/QĐ-UBND", "subject_matter": " ".join(DECISION_SUBJECT), "issued_on": str(day), "issued_at": "Hòa Tiến",
              "agency": "ỦY BAN NHÂN DÂN XÃ HÒA TIẾN", "signer": "Lương Quốc Bình", "signer_title": "CHỦ TỊCH"}
    return [one, two], fields


def decision(file: str) -> Sample:
    sheets, fields = decision_sheets(file, 300)
    return Sample(file, "QD", "prose", "running", sheets, fields, [Scan(skew=0.3, noise=1.2, blur=0.4), Scan(skew=-0.3, noise=1.2, blur=0.4)], quality=68)


def decision_noisy(file: str) -> Sample:
    sheets, fields = decision_sheets(file, 300)
    how = [Scan(skew=-0.9, noise=4.5, blur=0.8, uneven_light=0.14, bleed_through=0.05, specks=160), Scan(skew=0.7, noise=4.5, blur=0.8, uneven_light=0.1, bleed_through=0.06, specks=120)]
    return Sample(file, "QD", "prose", "running", sheets, fields, how, quality=52, grey=True)


LETTER_TEXTS = [
    "Ủy ban nhân dân phường Vĩnh Tân nhận được đề nghị của một số cơ sở giáo dục trên địa bàn về việc xác nhận thông tin cư trú của học sinh phục vụ công tác tuyển sinh đầu cấp năm học 2026 - 2027. Sau khi nghiên cứu, Ủy ban nhân dân phường có ý kiến như sau:",
    "1. Thông tin về nơi thường trú, nơi tạm trú của học sinh và cha, mẹ hoặc người giám hộ đã có trong Cơ sở dữ liệu quốc gia về dân cư. Các trường khai thác thông tin qua trục kết nối dùng chung của tỉnh, không yêu cầu phụ huynh nộp giấy xác nhận thông tin về cư trú bằng bản giấy.",
    "2. Trường hợp thông tin khai thác được chưa thống nhất với hồ sơ đăng ký dự tuyển, nhà trường lập danh sách gửi về Trung tâm Phục vụ hành chính công phường trước 16 giờ 30 phút hằng ngày để phối hợp với Công an phường kiểm tra và trả lời trong thời hạn 02 ngày làm việc.",
    "3. Giấy khai sinh của học sinh đã được số hóa tại kho quản lý dữ liệu điện tử của cá nhân được sử dụng thay cho bản sao chứng thực. Nhà trường chỉ đề nghị phụ huynh xuất trình bản chính để đối chiếu khi không tìm thấy bản điện tử hoặc bản điện tử không rõ nội dung.",
    "4. Giao Trung tâm Phục vụ hành chính công phường cử cán bộ hướng dẫn các trường thực hiện; tổng hợp khó khăn, vướng mắc báo cáo Ủy ban nhân dân phường trước ngày 20 tháng 7 năm 2026.",
    "Ủy ban nhân dân phường đề nghị Hiệu trưởng các trường mầm non, tiểu học và trung học cơ sở trên địa bàn phối hợp thực hiện./.",
]


def official_letter(file: str) -> Sample:
    p, day = Page(300, seed=file), date(2026, 6, 9)
    about = ["V/v khai thác thông tin cư trú, giấy", "khai sinh điện tử khi tuyển sinh"]
    letterhead(p, ["ỦY BAN NHÂN DÂN", "PHƯỜNG VĨNH TÂN"], "Số: 1187/UBND-VHXH", f"Vĩnh Tân, {spelled(day)}", about=about)
    p.block()
    p.put(MIDDLE, 74, "Kính gửi: Các trường mầm non, tiểu học, trung học cơ sở trên địa bàn phường.", Pen(14), "m")
    y = paragraphs(p, LEFT, 86, WIDTH, LETTER_TEXTS, leading=6.3)
    recipients(p, LEFT, y + 6, ["- Như trên;", "- Công an phường (để phối hợp);", "- Lưu: VT, VHXH."])
    spot = signature(p, 150, y + 6, ["KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"], "Mai Thị Kim Chi", gap=42)
    sign(p, spot, "ỦY BAN NHÂN DÂN PHƯỜNG VĨNH TÂN * TỈNH LÂM ĐỒNG *")
    fields = {"number": "1187/UBND-VHXH", "subject_matter": "khai thác thông tin cư trú, giấy khai sinh điện tử khi tuyển sinh", "issued_on": str(day), "issued_at": "Vĩnh Tân",
              "agency": "ỦY BAN NHÂN DÂN PHƯỜNG VĨNH TÂN", "signer": "Mai Thị Kim Chi", "signer_title": "PHÓ CHỦ TỊCH"}
    return Sample(file, "KHAC", "prose", "running", [p], fields, Scan(skew=0.5, noise=2, blur=0.5, uneven_light=0.06), quality=66)


NOTICE_SUBJECT = ["Về việc niêm yết công khai kết quả kiểm tra hồ sơ đăng ký,", "cấp Giấy chứng nhận quyền sử dụng đất lần đầu"]
NOTICE_TEXTS = [
    "Căn cứ hồ sơ do bà Đinh Thị Sương nộp ngày 21 tháng 9 năm 2026 tại Trung tâm Phục vụ hành chính công xã Kim Sơn; căn cứ kết quả kiểm tra thực địa ngày 05 tháng 10 năm 2026, Ủy ban nhân dân xã thông báo niêm yết công khai như sau:",
    "1. Người đề nghị cấp Giấy chứng nhận: bà Đinh Thị Sương, sinh năm 1969, thường trú tại xóm 7, xã Kim Sơn, tỉnh Ninh Bình.",
    "2. Thửa đất đề nghị cấp Giấy chứng nhận: thửa đất số 218, tờ bản đồ số 14; diện tích 326,5 m² đất ở tại nông thôn; nguồn gốc do cha mẹ để lại, sử dụng ổn định từ trước ngày 15 tháng 10 năm 1993, không có tranh chấp.",
    "3. Thời gian niêm yết: 15 ngày, kể từ ngày 12 tháng 10 năm 2026 đến hết ngày 26 tháng 10 năm 2026, tại trụ sở Ủy ban nhân dân xã và nhà văn hóa xóm 7.",
    "4. Trong thời gian nói trên, người nào có ý kiến khác về nguồn gốc, thời điểm sử dụng đất hoặc tình trạng tranh chấp thì gửi ý kiến bằng văn bản đến Ủy ban nhân dân xã qua bộ phận tiếp nhận. Hết thời hạn, các ý kiến gửi đến không được xem xét trong hồ sơ này.",
    "Ủy ban nhân dân xã Kim Sơn thông báo để các tổ chức, cá nhân có liên quan biết và thực hiện./.",
]


def notice_sheet(file: str, dpi: int) -> tuple[Page, dict]:
    p, day = Page(dpi, seed=file), date(2026, 10, 9)
    letterhead(p, ["ỦY BAN NHÂN DÂN", "XÃ KIM SƠN"], "Số: 97/TB-UBND", f"Kim Sơn, {spelled(day)}")
    y = title(p, 64, "THÔNG BÁO", NOTICE_SUBJECT)
    y = paragraphs(p, LEFT, y + 2, WIDTH, NOTICE_TEXTS)
    recipients(p, LEFT, y + 8, ["- Bà Đinh Thị Sương;", "- Nhà văn hóa xóm 7 (để niêm yết);", "- Lưu: VT, KT."])
    spot = signature(p, 150, y + 8, ["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"], "Phạm Hồng Sáng", gap=42)
    sign(p, spot, "ỦY BAN NHÂN DÂN XÃ KIM SƠN * TỈNH NINH BÌNH *")
    fields = {"number": "97/TB-UBND", "subject_matter": " ".join(NOTICE_SUBJECT), "issued_on": str(day), "issued_at": "Kim Sơn",
              "agency": "ỦY BAN NHÂN DÂN XÃ KIM SƠN", "signer": "Phạm Hồng Sáng", "signer_title": "PHÓ CHỦ TỊCH"}
    return p, fields


def notice(file: str) -> Sample:
    p, fields = notice_sheet(file, 300)
    return Sample(file, "KHAC", "prose", "running", [p], fields, Scan(skew=-0.4, noise=2, blur=0.4), quality=64)


def notice_phone(file: str) -> Sample:
    p, fields = notice_sheet(file, 250)
    return Sample(file, "KHAC", "prose", "form", [p], fields, Scan(perspective=0.045, noise=5, blur=0.7, uneven_light=0.34), quality=66)


def residence(file: str) -> Sample:
    p, day, birth = Page(200, seed=file), date(2026, 4, 17), date(1985, 2, 11)
    number = citizen_id("092", "Nam", birth, 77145)
    home = "Số 114/6 đường Trần Việt Châu, phường Cái Khế, thành phố Cần Thơ"
    letterhead(p, ["CÔNG AN THÀNH PHỐ CẦN THƠ", "CÔNG AN PHƯỜNG CÁI KHẾ"], "Số: 2093/XN", f"Cái Khế, {spelled(day)}", left=56, right=147)
    y = title(p, 62, "XÁC NHẬN THÔNG TIN VỀ CƯ TRÚ", [])
    y = paragraph(p, LEFT, y + 4, WIDTH, "Theo đề nghị của ông Lâm Chí Thiện, Công an phường Cái Khế xác nhận thông tin về cư trú của ông như sau:", Pen(14), 12)
    for line in ("1. Họ, chữ đệm và tên: LÂM CHÍ THIỆN", f"2. Ngày, tháng, năm sinh: {slashed(birth)}", "3. Giới tính: Nam", f"4. Số định danh cá nhân: {number}",
                 "5. Dân tộc: Khmer", "6. Quốc tịch: Việt Nam", f"7. Nơi thường trú: {home}", "8. Nơi tạm trú: Không"):
        p.block()
        y = paragraph(p, LEFT, y + 2, WIDTH, line, Pen(14), 12)
    p.block()
    y = paragraph(p, LEFT, y + 2, WIDTH, "Giấy xác nhận này có giá trị đến hết ngày 17/04/2027 và được cấp để bổ túc hồ sơ vay vốn ngân hàng.", Pen(14), 12)
    spot = signature(p, 145, y + 8, ["TRƯỞNG CÔNG AN PHƯỜNG"], "Trung tá Hồ Văn Lợi", gap=36)
    sign(p, spot, "CÔNG AN PHƯỜNG CÁI KHẾ * CÔNG AN TP. CẦN THƠ *")
    fields = {"number": "2093/XN", "full_name": "LÂM CHÍ THIỆN", "birth_date": str(birth), "sex": "Nam", "ethnicity": "Khmer", "nationality": "Việt Nam", "citizen_id": number,
              "residence": home, "valid_until": "2027-04-17", "issued_on": str(day), "issued_at": "Cái Khế", "agency": "CÔNG AN PHƯỜNG CÁI KHẾ", "signer": "Hồ Văn Lợi",
              "signer_title": "TRƯỞNG CÔNG AN PHƯỜNG"}
    return Sample(file, "KHAC", "form", "form", [p], fields, Scan(skew=0.9, noise=5, blur=0.5, low_light=0.55, uneven_light=0.15), quality=80)


MINUTES_1 = [
    "Hôm nay, hồi 14 giờ 00 phút ngày 22 tháng 5 năm 2026, tại phòng họp số 2 trụ sở Ủy ban nhân dân phường Phú Thượng, thành phố Hà Nội, chúng tôi gồm:",
    "1. Ông Vương Đắc Thành, Phó Chủ tịch Ủy ban nhân dân phường, chủ trì;",
    "2. Bà Nghiêm Thúy Quỳnh, Giám đốc Trung tâm Phục vụ hành chính công phường;",
    "3. Ông Kiều Mạnh Toàn, chuyên viên Phòng Kinh tế, Hạ tầng và Đô thị;",
    "4. Bà Chử Thị Hoa, công chức tư pháp - hộ tịch, thư ký cuộc họp.",
    "Cùng tiến hành họp đánh giá kết quả tiếp nhận, số hóa hồ sơ thủ tục hành chính trong bốn tháng đầu năm 2026 và thống nhất nhiệm vụ trong thời gian tới.",
    "<b>I. Kết quả đạt được</b>",
    "Từ ngày 01 tháng 01 đến ngày 30 tháng 4 năm 2026, bộ phận một cửa đã tiếp nhận 9.412 hồ sơ, trong đó hồ sơ nộp trực tuyến là 7.865, chiếm tỷ lệ 83,6%. Số hồ sơ được số hóa ngay khi tiếp nhận là 9.120, đạt 96,9%; số hồ sơ trả kết quả trước hạn và đúng hạn là 9.298, đạt 98,8%.",
    "Việc dùng lại giấy tờ đã có trong kho quản lý dữ liệu điện tử giúp giảm 3.274 lượt nộp bản sao, chủ yếu là giấy khai sinh, giấy xác nhận tình trạng hôn nhân và giấy chứng nhận quyền sử dụng đất.",
]
MINUTES_2 = [
    "<b>II. Tồn tại, hạn chế</b>",
    "1. Một số giấy tờ cũ bị mờ, rách hoặc có dấu đóng trùm lên phần chữ nên máy đọc chưa đủ thông tin, cán bộ phải nhập lại bằng tay; thời gian xử lý trung bình mỗi trang như vậy là 4 phút 30 giây.",
    "2. Hai máy quét của bộ phận một cửa đã sử dụng trên bảy năm, hay kẹt giấy khi quét khổ A3; ảnh quét thường lệch từ nửa độ đến hơn một độ.",
    "3. Còn 292 hồ sơ chưa số hóa được thành phần hồ sơ khi tiếp nhận do công dân chỉ mang theo bản sao không có chứng thực và không xuất trình được bản chính.",
    "4. Việc nhắc người dân xác nhận thông tin trên ứng dụng định danh điện tử chưa kịp thời, có trường hợp đến ngày hẹn trả kết quả mới phát hiện sai khác.",
    "<b>III. Ý kiến thảo luận</b>",
    "Bà Nghiêm Thúy Quỳnh đề nghị ưu tiên số hóa kết quả lĩnh vực đất đai vì đây là loại giấy tờ được hỏi nhiều nhất; đồng thời bố trí thêm một công chức luân phiên kiểm tra dữ liệu vào buổi sáng các ngày thứ Hai và thứ Năm.",
    "Ông Kiều Mạnh Toàn cho rằng cần có quy ước thống nhất về cách ghi địa chỉ sau khi sắp xếp đơn vị hành chính: giữ nguyên địa chỉ ghi trên giấy tờ gốc và bổ sung địa chỉ mới trong phần ghi chú, không sửa nội dung của bản gốc.",
    "Bà Chử Thị Hoa phản ánh nhu cầu cấp bản sao trích lục hộ tịch tăng mạnh vào tháng 4, bình quân 61 hồ sơ mỗi ngày, cao gấp rưỡi so với cùng kỳ năm trước.",
]
MINUTES_3 = [
    "<b>IV. Kết luận của người chủ trì</b>",
    "1. Trung tâm Phục vụ hành chính công phường hoàn thành số hóa 292 hồ sơ còn lại trước ngày 15 tháng 6 năm 2026; bản giấy được trả lại cho công dân ngay sau khi quét.",
    "2. Phòng Kinh tế, Hạ tầng và Đô thị lập dự toán thay thế hai máy quét, trình Ủy ban nhân dân phường xem xét trong tháng 6 năm 2026.",
    "3. Mọi trường thông tin do máy đọc phải được người có trách nhiệm đối chiếu với ảnh quét trước khi xác nhận; người xác nhận chịu trách nhiệm về tính chính xác của dữ liệu.",
    "4. Giữ nguyên địa chỉ ghi trên giấy tờ gốc theo ý kiến của ông Kiều Mạnh Toàn.",
    "Biên bản được lập xong hồi 16 giờ 15 phút cùng ngày, gồm 03 trang, đã đọc lại cho các thành viên dự họp cùng nghe và thống nhất ký tên./.",
]


def minutes(file: str) -> Sample:
    day = date(2026, 5, 22)
    one, two, three = (Page(300, seed=f"{file}{n}", paper=(255, 255, 255)) for n in (1, 2, 3))
    letterhead(one, ["ỦY BAN NHÂN DÂN", "PHƯỜNG PHÚ THƯỢNG"], "Số: 31/BB-UBND", f"Phú Thượng, {spelled(day)}")
    subject = ["Họp đánh giá kết quả số hóa hồ sơ thủ tục hành chính", "bốn tháng đầu năm 2026"]
    y = title(one, 62, "BIÊN BẢN", subject)
    paragraphs(one, LEFT, y + 1, WIDTH, MINUTES_1)
    page_number(two, 2)
    paragraphs(two, LEFT, 25, WIDTH, MINUTES_2, leading=7)
    page_number(three, 3)
    y = paragraphs(three, LEFT, 25, WIDTH, MINUTES_3, leading=7)
    three.block()
    three.put(62, y + 8, "THƯ KÝ", Pen(13.5, "b"), "m")
    scribble(three, 62, y + 24)
    three.put(62, y + 40, "Chử Thị Hoa", Pen(13.5, "b"), "m")
    spot = signature(three, 148, y + 8, ["CHỦ TRÌ"], "Vương Đắc Thành", gap=32, pt=13.5)
    scribble(three, *spot)
    fields = {"number": "31/BB-UBND", "subject_matter": " ".join(subject), "issued_on": str(day), "issued_at": "Phú Thượng", "agency": "ỦY BAN NHÂN DÂN PHƯỜNG PHÚ THƯỢNG",
              "signer": "Vương Đắc Thành", "signer_title": "CHỦ TRÌ"}
    how = [Scan(skew=0.4, noise=6, blur=0.6), Scan(skew=-0.5, noise=6, blur=0.6), Scan(skew=0.3, noise=6, blur=0.6)]
    return Sample(file, "KHAC", "prose", "running", [one, two, three], fields, how)


def birth_declaration(file: str) -> Sample:
    p, birth, day = Page(300, seed=file), date(2026, 10, 21), date(2026, 11, 2)
    state_header(p, 105, 22, 13)
    p.block()
    p.put(105, 44, "TỜ KHAI ĐĂNG KÝ KHAI SINH", Pen(16, "b"), "m")
    p.block()
    x, right, y = 25, 190, 56
    asker, paper = "PHẠM ĐÌNH TRỌNG", citizen_id("001", "Nam", date(1995, 1, 17), 41226)
    home = "Số 5, ngách 20/12 phố Hồ Tùng Mậu, phường Phú Diễn, thành phố Hà Nội"
    y = filled(p, x, y, right, "Kính gửi:", "Ủy ban nhân dân phường Phú Diễn, thành phố Hà Nội")
    y = filled(p, x, y, right, "Họ, chữ đệm, tên người yêu cầu:", asker)
    y = filled(p, x, y, right, "Số định danh cá nhân:", paper)
    y = filled(p, x, y, right, "Nơi cư trú:", home)
    y = filled(p, x, y, right, "Quan hệ với người được khai sinh:", "Cha đẻ")
    p.block()
    p.put(x, y + 1, "Đề nghị cơ quan đăng ký khai sinh cho người dưới đây:", Pen(13, "b"))
    p.block()
    y += 10
    y = filled(p, x, y, right, "Họ, chữ đệm, tên:", "PHẠM BẢO CHÂU")
    y = filled(p, x, y, right, "Ngày, tháng, năm sinh:", f"{slashed(birth)}")
    y = filled_row(p, y, [(x, 74, "Giới tính:", "Nữ"), (76, 128, "Dân tộc:", "Tày"), (130, right, "Quốc tịch:", "Việt Nam")])
    y = filled(p, x, y, right, "Nơi sinh:", "Bệnh viện Đa khoa Phương Đông, phường Đông Ngạc, thành phố Hà Nội")
    y = filled(p, x, y, right, "Quê quán:", "Xã Nà Phặc, tỉnh Thái Nguyên")
    y = filled(p, x, y, right, "Họ, chữ đệm, tên người mẹ:", "NÔNG THỊ HỒNG NHUNG")
    y = filled_row(p, y, [(x, 74, "Năm sinh:", "1997"), (76, 128, "Dân tộc:", "Tày"), (130, right, "Quốc tịch:", "Việt Nam")])
    y = filled(p, x, y, right, "Họ, chữ đệm, tên người cha:", asker)
    y = filled_row(p, y, [(x, 74, "Năm sinh:", "1995"), (76, 128, "Dân tộc:", "Tày"), (130, right, "Quốc tịch:", "Việt Nam")])
    y = paragraph(p, x, y + 2, 165, "Tôi cam đoan nội dung đề nghị đăng ký khai sinh trên đây là đúng sự thật, được sự thỏa thuận nhất trí của các bên liên quan theo quy định pháp luật và chịu hoàn toàn trách nhiệm về nội dung cam đoan của mình.", Pen(13), 10, 6.2)
    spot = signature(p, 145, y + 6, ["NGƯỜI YÊU CẦU"], "Phạm Đình Trọng", f"Làm tại: Phú Diễn, {spelled(day)}", gap=30)
    scribble(p, *spot)
    fields = {"full_name": "PHẠM BẢO CHÂU", "birth_date": str(birth), "sex": "Nữ", "ethnicity": "Tày", "nationality": "Việt Nam", "birth_place": "Bệnh viện Đa khoa Phương Đông, phường Đông Ngạc, thành phố Hà Nội",
              "home_town": "Xã Nà Phặc, tỉnh Thái Nguyên", "registrant_name": asker, "citizen_id": paper, "residence": home, "mother_name": "NÔNG THỊ HỒNG NHUNG", "father_name": asker, "issued_on": str(day),
              "issued_at": "Phú Diễn", "signer": "Phạm Đình Trọng"}
    fields.pop("citizen_id")  # the number on the paper is the father's, not that of the child whom the other fields describe
    return Sample(file, "DON", "form", "form", [p], fields, Scan(skew=-0.7, noise=2, blur=0.5, uneven_light=0.08), quality=66)


def permit_application(file: str) -> Sample:
    """Page 1 typed and exported by the applicant's own word processor, page 2 the scan of the land paper's sketch."""
    day, birth = date(2026, 9, 14), date(1979, 6, 23)
    number = citizen_id("052", "Nam", birth, 8815)
    one, two = Page(200, seed=file + "1"), Page(200, seed=file + "2")
    state_header(one, 105, 24, 13)
    one.block()
    one.put(105, 46, "ĐƠN ĐỀ NGHỊ CẤP GIẤY PHÉP XÂY DỰNG", Pen(15, "b"), "m")
    one.put(105, 52.5, "(Sử dụng cho công trình: Nhà ở riêng lẻ)", Pen(13, "i"), "m")
    one.put(105, 62, "Kính gửi: Ủy ban nhân dân phường Quy Nhơn, tỉnh Gia Lai", Pen(14), "m")
    one.block()
    home = "số 40 đường Ngô Mây, phường Quy Nhơn, tỉnh Gia Lai"
    y = paragraphs(one, LEFT, 74, WIDTH, [
        "<b>1. Thông tin về chủ đầu tư</b>", "Tên chủ đầu tư: ông TRƯƠNG CÔNG LẬP.", f"Số định danh cá nhân: {number}.", f"Địa chỉ liên hệ: {home}.", "Số điện thoại: 0900 000 417.",
        "<b>2. Thông tin công trình</b>", "Địa điểm xây dựng: thửa đất số 55, tờ bản đồ số 31, phường Quy Nhơn, tỉnh Gia Lai. Diện tích thửa đất: 98,4 m².",
        "Nội dung đề nghị cấp phép: xây dựng mới nhà ở riêng lẻ, cấp công trình: cấp III; diện tích xây dựng tầng 1: 72,0 m²; tổng diện tích sàn: 231,6 m²; chiều cao công trình: 12,9 m; số tầng: 03 tầng và 01 tum thang.",
        "<b>3. Dự kiến thời gian hoàn thành công trình:</b> 08 tháng.",
        "<b>4. Cam kết:</b> tôi xin cam đoan làm theo đúng giấy phép được cấp, nếu sai tôi xin hoàn toàn chịu trách nhiệm và bị xử lý theo quy định của pháp luật.",
    ], Pen(13.5), leading=6.6)
    signature(one, 145, y + 6, ["NGƯỜI LÀM ĐƠN"], "Trương Công Lập", f"Quy Nhơn, {spelled(day)}", gap=26)
    two.block()
    two.put(105, 26, "BẢN KÊ THÔNG SỐ VÀ TÀI LIỆU KÈM THEO", Pen(14.5, "b"), "m")
    y = table(two, 24, 36, [14, 92, 30, 26], [["STT", "Tên tài liệu, thông số", "Số lượng", "Ghi chú"],
              ["1", "Bản sao giấy chứng nhận quyền sử dụng đất", "01 bản", "A3"], ["2", "Bản vẽ mặt bằng công trình, tỷ lệ 1/100", "02 bộ", "A3"],
              ["3", "Bản vẽ mặt đứng và mặt cắt chính", "02 bộ", "A3"], ["4", "Bản vẽ mặt bằng móng, sơ đồ đấu nối", "02 bộ", "A3"],
              ["5", "Bản cam kết bảo đảm an toàn công trình liền kề", "01 bản", "A4"]], Pen(12.5), 10, align="mlmm")
    y = paragraphs(two, LEFT, y + 12, WIDTH, [
        "Khoảng lùi phía trước: 2,4 m; khoảng lùi phía sau: 1,5 m; cốt nền xây dựng: +0,30 m so với vỉa hè hiện trạng; màu sắc công trình: trắng ngà, mái ngói đỏ.",
        "Tôi gửi kèm các tài liệu trên đây để Ủy ban nhân dân phường xem xét, giải quyết."], Pen(13.5))
    scribble(two, *signature(two, 145, y + 6, ["NGƯỜI LẬP BẢN KÊ"], "Trương Công Lập", gap=30))
    fields = {"holder_name": "TRƯƠNG CÔNG LẬP", "citizen_id": number, "residence": home, "parcel_number": "55", "map_sheet_number": "31", "area": "98,4 m²", "issued_on": str(day),
              "issued_at": "Quy Nhơn", "signer": "Trương Công Lập"}
    return TypedSample(file, "DON", "prose", "form", [one, two], fields, [Scan(), Scan(skew=0.8, noise=4, blur=0.5, uneven_light=0.1)], quality=68)


def signed_decision(file: str) -> Sample:
    p, day = Page(200, seed=file), date(2026, 7, 24)
    subject = ["Về việc hỗ trợ chi phí mai táng cho thân nhân", "đối tượng bảo trợ xã hội"]
    letterhead(p, ["ỦY BAN NHÂN DÂN", "XÃ ĐẮK MIL"], "Số: 268/QĐ-UBND", f"Đắk Mil, {spelled(day)}", y=32)
    y = title(p, 74, "QUYẾT ĐỊNH", subject)
    p.put(MIDDLE, y, "CHỦ TỊCH ỦY BAN NHÂN DÂN XÃ ĐẮK MIL", Pen(14, "b"), "m")
    y = paragraphs(p, LEFT, y + 10, WIDTH, [
        "<i>Căn cứ Luật Tổ chức chính quyền địa phương ngày 16 tháng 6 năm 2025;</i>",
        "<i>Xét đề nghị của Trưởng phòng Văn hóa - Xã hội xã tại Tờ trình số 133/TTr-VHXH ngày 20 tháng 7 năm 2026.</i>"])
    p.put(MIDDLE, y + 3, "QUYẾT ĐỊNH:", Pen(14, "b"), "m")
    y = paragraphs(p, LEFT, y + 13, WIDTH, [
        "<b>Điều 1.</b> Hỗ trợ chi phí mai táng cho bà H'Blen Niê, là người tổ chức mai táng cho ông Y Khăm Niê, với mức hỗ trợ là 10.000.000 đồng (bằng chữ: mười triệu đồng chẵn).",
        "<b>Điều 2.</b> Phòng Văn hóa - Xã hội, Phòng Kinh tế xã và bà H'Blen Niê chịu trách nhiệm thi hành Quyết định này kể từ ngày ký./."])
    recipients(p, LEFT, y + 8, ["- Như Điều 2;", "- Lưu: VT, VHXH."])
    spot = signature(p, 150, y + 8, ["CHỦ TỊCH"], "Hoàng Văn Tuyên", gap=42)
    sign(p, spot, "ỦY BAN NHÂN DÂN XÃ ĐẮK MIL * TỈNH LÂM ĐỒNG *")
    fields = {"number": "268/QĐ-UBND", "subject_matter": " ".join(subject), "issued_on": str(day), "issued_at": "Đắk Mil", "agency": "ỦY BAN NHÂN DÂN XÃ ĐẮK MIL",
              "signer": "Hoàng Văn Tuyên", "signer_title": "CHỦ TỊCH"}
    return SignedSample(file, "QD", "prose", "form", [p], fields, Scan(skew=0.4, noise=4, blur=0.4), quality=68)


PAPERS = {
    "decision.pdf": decision,
    "decision-noisy.pdf": decision_noisy,
    "official-letter.jpg": official_letter,
    "notice.jpg": notice,
    "notice-phone.jpg": notice_phone,
    "residence-low-light.jpg": residence,
    "meeting-minutes.tif": minutes,
    "birth-declaration.jpg": birth_declaration,
    "permit-application-mixed.pdf": permit_application,
    "signed-decision.pdf": signed_decision,
}
