"""Invented lines of text to learn reading from: words in no order, syllables nobody uses, and what stands on Vietnamese forms and papers.

Four in ten are no forms, on purpose: a network that has seen too few words begins to guess, and guesses are what a registry must not hold.
"""

import unicodedata
from pathlib import Path
from random import Random

TONES = ["", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"]
CLOSED_TONES = ["\u0301", "\u0323"]  # syllables that end in c, ch, p, t have no other
ONSETS = "b c ch d đ g gi h k kh l m n ng nh ph qu r s t th tr v x".split() + [""]
OPEN_RIMES = """a ai ao au ay am an ang anh ăm ăn ăng âm ân âng âu ây e em en eng eo ê êm ên ênh êu i ia iêm iên iêng iêu im in inh iu o oa oai oan oang oanh oay oăn oe oi om on ong ô ôi ôm ôn ông ơ ơi
ơm ơn u ua uân uâng uê ui um un ung uôi uôm uôn uông uơ uy uya uyên uynh ư ưa ưi ưng ươi ươm ươn ương ưu y yêm yên yêu""".split()
CLOSED_RIMES = "ac ach ap at ăc ăp ăt âc âp ât ec ep et êch êp êt ich iêc iêp iêt ip it oac oat oăt oc op ot ôc ôp ôt ơp ơt uât uc up ut uôc uôt uych uyêt ưc ươc ươp ươt ưt".split()
VOWELS = "aăâeêioôơuưy"

SURNAMES = """Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đào Đinh Đoàn Lâm Trịnh Mai Trương Tạ Hà Cao Lương Phùng Tô Chu Tăng Thái Châu Từ Kiều Nghiêm Lưu Tống Triệu Doãn Khuất
Giàng Vàng Sùng Lò Quàng Cầm Nông Hứa Ma Bàn Triệu Đàm Âu Ông Ung Quản Khổng Mạc Viên Tôn La Cù Cung Diệp Văn Thân Thạch Sơn Danh Kim Lục Liễu Phí Bạch Quách Đổng Vương Tiêu Thi Lại Đồng""".split()
MIDDLES = """Văn Thị Đức Hữu Quốc Minh Xuân Trọng Công Đình Thế Bá Ngọc Viết Sỹ Sĩ Thanh Hải Gia Tuấn Duy Khắc Quang Mạnh Tiến Anh Như Kim Mỹ Thùy Thúy Bích Hồng Quỳnh Phương Khánh Diễm Cẩm Lệ Tuyết Ánh Bảo
Hoài Thảo Tường Vĩnh Nhật Nguyên Phúc Huy Chí Tấn Thiện Trí Tú Đăng Đắc Hoàng Lan Ái Mộng Thục Tố Yến Phi Cao Danh Ích Nho Doãn Cảnh Tất Thái Hà Kiều Trúc Mai Trung Việt Hùng""".split()
GIVENS = """An Anh Ân Ấn Ẩn Bách Bảo Bắc Bằng Bích Biên Bình Bửu Cảnh Cầm Cẩm Châu Chi Chí Chiến Chinh Chung Chương Công Cúc Cường Dân Danh Diễm Diệp Diệu Dịu Doanh Dung Dũng Duy Duyên Dư Dương Đan Đài Đạo Đào Đạt
Đăng Điền Điệp Đính Định Đoan Đông Đồng Độ Đức Đường Giang Giao Hà Hạ Hải Hân Hạnh Hào Hảo Hậu Hằng Hiên Hiền Hiển Hiệp Hiếu Hòa Hoa Hoài Hoan Hoàn Hoàng Hồng Hội Huân Huấn Huệ Hùng Huy Huyền Huỳnh
Hưng Hương Hường Hữu Khải Khang Khánh Khiêm Khoa Khôi Khuê Khương Kiên Kiệt Kiều Kim Kính Kỳ Lam Lan Lành Lâm Lân Lập Lệ Lịch Liên Liễu Linh Loan Long Lộc Lợi Luân Luận Lực Lương Lượng Lưu Ly Lý Mai
Mạnh Mẫn Mận Mến Minh Mười Mùi Mỹ My Nam Năm Nga Ngà Ngân Nghĩa Nghị Ngọc Nguyên Nguyệt Nhã Nhàn Nhân Nhật Nhi Nhiên Nho Nhung Như Nhựt Ninh Nở Oanh Phát Phi Phong Phú Phúc Phụng Phước Phương Phượng
Quân Quang Quảng Quế Quí Quốc Quý Quyên Quyền Quyết Quỳnh Sang San Sâm Sen Sinh Sơn Sử Sương Sỹ Tài Tâm Tân Tấn Tây Thạch Thái Thanh Thành Thảo Thắm Thắng Thân Thập Thế Thêu Thi Thiên Thiện Thiết Thịnh
Thọ Thoa Thoại Thông Thống Thơ Thơm Thu Thuận Thuật Thục Thùy Thủy Thúy Thư Thương Thường Thức Tiên Tiến Tiếp Tín Tình Tĩnh Toàn Toán Tới Trà Trang Trạch Trâm Trân Tri Trí Triết Triều Trinh Trọng Trúc
Trung Trường Tú Tuân Tuấn Tùng Tuyên Tuyến Tuyền Tuyết Tươi Tường Tưởng Tý Tỵ Út Uyên Vân Văn Vấn Vi Vĩ Viên Việt Vinh Vĩnh Vịnh Võ Vũ Vui Vương Vượng Vy Vỹ Xinh Xuân Xuyến Xứng Y Ý Yên Yến""".split()
OTHER_NAMES = "Y Blơ Niê, H'Hen Êban, A Tiêng, Ksor Nham, Rơ Mah Kpuih, Thạch Sô Phi, Sùng A Pó, Giàng Thị Mỷ, Vàng Seo Chúng, K'Brẻo, Ia Puch, Ia Dơk, Ea Súp, Điểu Xiêng, Bríu Liếc, Hồ Thị Con, Chamaléa Thị Khuôn, Siu Black, Đạo Thanh Quyến".split(", ")

# Written for this file; each is one line or half of one.
PHRASES = """CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM|Độc lập - Tự do - Hạnh phúc|ỦY BAN NHÂN DÂN|HỘI ĐỒNG NHÂN DÂN|SỞ TƯ PHÁP|SỞ XÂY DỰNG|SỞ NÔNG NGHIỆP VÀ MÔI TRƯỜNG|PHÒNG KINH TẾ, HẠ TẦNG VÀ ĐÔ THỊ
TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG|VĂN PHÒNG ĐĂNG KÝ ĐẤT ĐAI|CHI NHÁNH|QUYẾT ĐỊNH|TỜ TRÌNH|THÔNG BÁO|BÁO CÁO|KẾ HOẠCH|BIÊN BẢN|GIẤY MỜI|CÔNG ĐIỆN|GIẤY ỦY QUYỀN|HỢP ĐỒNG|GIẤY XÁC NHẬN|GIẤY CHỨNG NHẬN|TỜ KHAI|ĐƠN ĐỀ NGHỊ|BẢN CAM KẾT|PHIẾU TIẾP NHẬN
CHỦ TỊCH|PHÓ CHỦ TỊCH|GIÁM ĐỐC|PHÓ GIÁM ĐỐC|TRƯỞNG PHÒNG|KT. CHỦ TỊCH|TM. ỦY BAN NHÂN DÂN|TL. CHỦ TỊCH|TUQ. GIÁM ĐỐC|CÔNG CHỨC TƯ PHÁP - HỘ TỊCH|NGƯỜI LÀM ĐƠN|NGƯỜI KHAI|NGƯỜI LẬP BIỂU|THỦ TRƯỞNG ĐƠN VỊ|KẾ TOÁN TRƯỞNG|THƯ KÝ|CHỦ TỌA
Nơi nhận:|- Như trên;|- Như Điều 3;|- Lưu: VT, TP.|- Lưu: VT, KT (3b).|(để báo cáo);|(Ký, ghi rõ họ tên)|(Ký tên, đóng dấu)|(Đã ký)|Kính gửi:|Căn cứ Luật Tổ chức chính quyền địa phương;|Căn cứ Luật Đất đai năm 2024;|Căn cứ Nghị định của Chính phủ;
Xét đề nghị của Trưởng phòng|Theo đề nghị của Giám đốc Sở|Quyết định này có hiệu lực kể từ ngày ký.|Thực hiện ý kiến chỉ đạo của|Đề nghị các cơ quan, đơn vị, địa phương nghiêm túc triển khai thực hiện.|chịu trách nhiệm thi hành Quyết định này.|Chánh Văn phòng Ủy ban nhân dân,
Tôi cam đoan những nội dung khai trên đây là đúng sự thật và chịu trách nhiệm trước pháp luật về lời khai của mình.|Họ, chữ đệm, tên:|Họ và tên:|Họ, chữ đệm, tên người yêu cầu:|Họ tên chồng:|Họ tên vợ:|Ngày, tháng, năm sinh:|Sinh ngày:|Ghi bằng chữ:|Giới tính:|Dân tộc:
Quốc tịch:|Quê quán:|Nơi sinh:|Nơi thường trú:|Nơi tạm trú:|Nơi cư trú:|Nơi đăng ký khai sinh:|Số định danh cá nhân:|Số căn cước:|Giấy tờ tùy thân:|Ngày cấp:|Nơi cấp:|Cơ quan cấp:|Số điện thoại:|Mã số thuế:|Nghề nghiệp:|Trình độ học vấn:|Tình trạng hôn nhân:|Quan hệ với chủ hộ:
Quan hệ với người được khai sinh:|Lý do:|Mục đích sử dụng:|Thửa đất số:|Tờ bản đồ số:|Diện tích:|Hình thức sử dụng:|Thời hạn sử dụng:|Nguồn gốc sử dụng:|Địa chỉ:|Địa chỉ thửa đất:|Địa chỉ trụ sở chính:|Người đại diện theo pháp luật:|Chức vụ:|Chức danh:|Vốn điều lệ:|Tên doanh nghiệp:
Ngành, nghề kinh doanh:|Số tài khoản:|Tại ngân hàng:|Số tiền:|Viết bằng chữ:|Thành phần hồ sơ:|Số lượng hồ sơ: 01 (bộ)|Thời hạn giải quyết:|Thời gian trả kết quả:|Số, ngày, tháng, năm:|Trích yếu nội dung:|Người ký:|Số tờ:|Ghi chú|STT|TT|Đơn vị tính|Thành tiền|Đơn giá|Số lượng
Tổng cộng|Cộng|Có|Không|Nam|Nữ|Kinh|Tày|Mường|Khmer|Việt Nam|Vợ|Chồng|Cha|Mẹ|Con|Anh|Chị|Em|Ông|Bà|Bên A|Bên B|Bên mua|Bên bán|Độc thân|Đã kết hôn|Đã ly hôn|Chưa đăng ký kết hôn với ai|Sử dụng riêng|Lâu dài|Đất ở tại nông thôn|Đất trồng cây lâu năm|Đất ở tại đô thị
chi phí đi lại, ăn ở do cơ quan chi trả|chi tiết xem phụ lục kèm theo|chỉ tiêu được giao năm nay|số chi thường xuyên|chi nhánh và văn phòng đại diện|phần chi cho đầu tư phát triển|chỉ thị của Thủ tướng Chính phủ|bảng chi tiết các khoản thu, chi|chỉ giải quyết khi có đủ hồ sơ
đăng ký thường trú|đăng ký biến động đất đai|hạng, cấp công trình|khu dân cư đã được quy hoạch|người được ủy quyền|đẳng cấp kỹ thuật|cao đẳng nghề|bình đẳng giữa các bên|tốt nghiệp loại khá|xếp loại trung bình|hệ chính quy|trúng tuyển|vắng mặt có lý do|thống nhất 100%
Trong quá trình thực hiện, nếu có khó khăn, vướng mắc thì báo cáo kịp thời để được xem xét, giải quyết.|Hội nghị kết thúc vào lúc 11 giờ 30 phút cùng ngày.|Biên bản được lập thành 02 bản có giá trị như nhau, mỗi bên giữ 01 bản.|Cán bộ tiếp nhận đã kiểm tra và hướng dẫn bổ sung giấy tờ còn thiếu.
Mẹ tôi bảo rằng mùa này cá về nhiều, chợ sớm đông nghịt người từ lúc trời còn tối.|Con đường đất đỏ chạy qua rẫy cà phê rồi mất hút sau dãy đồi trọc.|Bà cụ hàng xóm kể chuyện ngày xưa, giọng chậm rãi, thỉnh thoảng lại cười móm mém.|Trẻ con trong xóm thả diều trên bờ đê, tiếng sáo vi vu cả buổi chiều.
Nước lũ rút dần, để lại lớp phù sa màu mỡ trên những thửa ruộng ven sông.|Lớp học có hơn ba mươi em, phần lớn đi bộ vài cây số mỗi sáng.|Gió mùa đông bắc tràn về, nhiệt độ giảm mạnh, vùng núi cao có nơi dưới bảy độ.|Xưởng mộc nhận đóng tủ, giường, bàn ghế theo mẫu của khách.
Quán nhỏ bán bún riêu, bánh cuốn, xôi gấc và trà đá suốt từ sáng đến khuya.|Đội bóng của trường thắng sát nút nhờ quả phạt đền ở phút cuối cùng.|Kỹ sư trẻ thuyết trình về hệ thống tưới nhỏ giọt điều khiển qua điện thoại.|Thư viện mở cửa từ tám giờ, nghỉ trưa một tiếng rưỡi, đóng cửa lúc năm giờ.
Nhóm nghiên cứu khảo sát mẫu nước tại mười hai điểm dọc theo con kênh.|Giá lúa nhích lên đôi chút nhưng phân bón và thuốc trừ sâu vẫn đắt đỏ.|Ông lão đánh cá vá lưới dưới gốc bàng, mắt nhìn xa xăm ra phía biển.|Người thợ sửa đồng hồ cúi sát mặt bàn, gắp từng bánh răng bé xíu.
Cuối tuần cả nhà quét vôi, lau dọn, chuẩn bị giỗ cụ vào mồng mười tháng chạp.|Xe khách dừng ở ngã ba, hành khách lục tục xuống mua nước, ổ bánh mì và túi quýt.|Kiến trúc ngôi đình vẫn giữ nguyên mái ngói mũi hài, cột lim và những bức chạm khắc tỉ mỉ.|Nghe đâu hãng định mở thêm xưởng, tuyển ngót nghét nghìn thợ may.""".replace("\n", "|").split("|")
OFFICES = "UBND HĐND VPĐKĐĐ STNMT SXD STP BTP BXD BNV CP TTg QH VPCP BTC TCT CAT BHXH SYT SGDĐT PVHCC TTHC QLĐT LĐTBXH".split()
KINDS = "QĐ TB CV BC KH TTr GM BB GXN GCN NQ NĐ TT CT HD PA ĐA".split()
ABBREVIATIONS = "VT, TP, UBND, CCCD, CMND, TNHH, MTV, HTX, THCS, THPT, TP.HCM, TDP, GCN, QSDĐ, BHYT, ĐKKD, KT, TM, QL.1A, ĐT.741, P.Tư pháp, Đ/c, TX, H., X., ĐVT, VNĐ, GTGT, PCCC, KCN, CTCP, ĐH, CĐ, KV, GPXD".split(", ")
ROADS = "Lê Lợi, Trần Hưng Đạo, Nguyễn Huệ, Hai Bà Trưng, Quang Trung, Hùng Vương, Lý Thường Kiệt, Phan Đình Phùng, Bà Triệu, Điện Biên Phủ, 30 tháng 4, Cách Mạng Tháng Tám, Nguyễn Thị Minh Khai, Võ Thị Sáu".split(", ")
UNITS = Path(__file__).resolve().parents[2] / "repository/src/administrative_unit"
RARE_SIGNS = "! ? ] [ \" ' & # « » = + / \\ _ % ° < > * — ’ ‘ | @ $ ~ ³".split()
WORDS_OF_NUMBERS = "không một hai ba bốn năm sáu bảy tám chín mười mươi mốt lăm tư linh lẻ trăm nghìn triệu tỷ đồng chẵn phần".split()
OLD_COMMUNE_SHARE = 0.4


class Writer:
    """Writes lines; `words` are those of the model's own list."""

    def __init__(self, rng: Random, words: list[str]) -> None:
        self.rng = rng
        self.words = [word for word in words if len(word) > 1]
        self.provinces = read_units(UNITS / "since-2025-07-01.tsv") + read_units(UNITS / "before-2025-07-01.tsv")

    def line(self) -> str:
        kinds = [(self.running, 26), (self.odd, 9), (self.phrase, 18), (self.entry, 22), (self.capitals, 15), (self.figures, 26), (self.short, 8)]
        return self.cut(self.rng.choices([kind for kind, _ in kinds], [share for _, share in kinds])[0]())

    def cut(self, text: str) -> str:
        """Lines of pages end in the middle of sentences: a piece of at most 90 letters."""
        words = text.split(" ")
        most = self.rng.randint(45, 90)
        first = self.rng.randrange(len(words)) if len(text) > most and self.rng.random() < 0.6 else 0
        piece = ""
        for word in words[first:]:
            if piece and len(piece) + 1 + len(word) > most:
                break
            piece = f"{piece} {word}".strip()
        return piece

    def running(self) -> str:
        """Words in no order, with the signs of sentences."""
        rng = self.rng
        words = [self.word() for _ in range(rng.randint(4, 16))]
        for index in range(len(words)):
            words[index] += rng.choices(["", ",", ".", ";", ":", ")", "”", "...", "…"], [80, 9, 4, 2, 1, 1, 1, 0.6, 0.6])[0] if rng.random() < 0.97 else rng.choice(RARE_SIGNS)
            if words[index][-1] in ")”":
                words[index] = {")": "(", "”": "“"}[words[index][-1]] + words[index]
        return self.sentence(" ".join(words))

    def word(self) -> str:
        rng = self.rng
        kind = rng.random()
        if kind < 0.82:
            word = rng.choice(self.words)
            return word if rng.random() < 0.5 else word.lower()
        if kind < 0.92:
            return syllable(rng)
        return rng.choice([str(rng.randint(0, 2030)), rng.choice(ABBREVIATIONS), self.day(), f"{rng.randint(1, 100)}%", f"Điều {rng.randint(1, 90)}", f"khoản {rng.randint(1, 9)}", "và/hoặc", "–", "-"])

    def sentence(self, text: str) -> str:
        kind = self.rng.random()
        return text[:1].upper() + text[1:] if kind < 0.4 else self.rng.choice(["- ", "+ ", "a) ", "1. ", "2.1. ", "đ) ", "• ", "* "]) + text if kind < 0.5 else text

    def odd(self) -> str:
        """Syllables that could exist, each tone as often as the next: what they are can be known from their shape alone."""
        words = [syllable(self.rng) for _ in range(self.rng.randint(2, 12))]
        how = self.rng.random()
        if how < 0.3:
            return " ".join(words).upper()
        return " ".join(word.capitalize() if how < 0.5 else word for word in words)

    def phrase(self) -> str:
        phrase = self.rng.choice(PHRASES)
        if phrase.endswith(":") and self.rng.random() < 0.5:
            return f"{phrase} {self.value()}"
        return phrase.upper() if self.rng.random() < 0.08 else phrase

    def entry(self) -> str:
        """A label with its value, or the value alone."""
        label = self.rng.choice([phrase for phrase in PHRASES if phrase.endswith(":")])
        number = self.rng.choices(["", f"{self.rng.randint(1, 20)}. ", f"({self.rng.randint(1, 9)}) ", "- "], [7, 1.5, 0.7, 0.8])[0]
        return self.value() if self.rng.random() < 0.45 else f"{number}{label} {self.value()}"

    def value(self) -> str:
        values = [(self.name, 30), (self.address, 20), (self.figures, 40), (self.day, 22), (self.money, 5), (self.running, 6), (lambda: self.rng.choice(PHRASES), 8)]
        return self.rng.choices([kind for kind, _ in values], [share for _, share in values])[0]()

    def capitals(self) -> str:
        kind = self.rng.choice([self.name, self.name, self.address, self.running, lambda: self.rng.choice(PHRASES), lambda: f"CÔNG TY {self.rng.choice(['TNHH', 'CỔ PHẦN', 'TNHH MỘT THÀNH VIÊN'])} {self.name()}"])
        return kind().upper()

    def name(self) -> str:
        rng = self.rng
        if rng.random() < 0.04:
            return rng.choice(OTHER_NAMES)
        parts = [rng.choice(SURNAMES), *rng.sample(MIDDLES, rng.choice([1, 1, 1, 2])), rng.choice(GIVENS)]
        if rng.random() < 0.12:
            parts[-1] = syllable(rng).capitalize()
        name = " ".join(parts)
        return name.upper() if rng.random() < 0.4 else rng.choice(["", "", "", "Ông ", "Bà ", "ông ", "bà "]) + name

    def address(self) -> str:
        rng = self.rng
        province, kinds = rng.choice(self.provinces)
        kind, unit = rng.choice(kinds)
        old = rng.random() < OLD_COMMUNE_SHARE
        commune = f", {rng.choice(['xã', 'phường', 'thị trấn'])} {' '.join(syllable(rng).capitalize() for _ in range(2))}" if old else ""
        front = rng.choice([f"Số {rng.randint(1, 900)} {rng.choice(ROADS)}", f"{rng.randint(1, 300)}/{rng.randint(1, 90)} đường {rng.choice(ROADS)}", f"Thôn {rng.randint(1, 12)}", f"Tổ dân phố {rng.randint(1, 30)}", f"Ấp {rng.choice(GIVENS)} {rng.choice(GIVENS)}", f"Bản {syllable(rng).capitalize()} {syllable(rng).capitalize()}", ""])
        return ", ".join(part for part in (front + commune, f"{kind} {unit}", rng.choice(["", "tỉnh ", "TP. "]) + province) if part)

    def day(self) -> str:
        rng = self.rng
        day, month, year = rng.randint(1, 31), rng.randint(1, 12), rng.randint(1930, 2027)
        return rng.choice([f"{day:02d}/{month:02d}/{year}", f"{day:02d}/{month:02d}/{year}", f"{day:02d}-{month:02d}-{year}", f"{day}/{month}/{year}", f"{day:02d}.{month:02d}.{year}", f"ngày {day:02d} tháng {month:02d} năm {year}", f"ngày {day} tháng {month} năm {year}", f"ngày {day:02d}/{month}/{year}"])

    def money(self) -> str:
        rng = self.rng
        amount = rng.randint(1, 10 ** rng.randint(2, 8)) * rng.choice([1, 10, 500, 1000])
        figures = f"{amount:,}".replace(",", rng.choice([".", ".", ",", " "]))
        return rng.choice([f"{figures} đồng", f"{figures}đ", figures, f"{figures} VNĐ", " ".join(rng.choice(WORDS_OF_NUMBERS) for _ in range(rng.randint(4, 10)))])

    def figures(self) -> str:
        rng = self.rng
        digits = lambda count: "".join(rng.choice("0123456789") for _ in range(count))  # noqa: E731
        forms = [lambda: f"0{digits(11)}"] * 6 + [
            lambda: digits(12), lambda: digits(9), lambda: digits(10), lambda: f"{digits(10)}-{digits(3)}", lambda: f"09{digits(2)} {digits(3)} {digits(3)}", lambda: f"0{digits(9)}", lambda: f"0{digits(2)}.{digits(3)}.{digits(4)}",
            lambda: " ".join(digits(3) for _ in range(4)), lambda: f"{rng.randint(1, 4999)}/{rng.choice(KINDS)}-{rng.choice(OFFICES)}", lambda: f"Số: {rng.randint(1, 999):02d}/{rng.choice(KINDS)}-{rng.choice(OFFICES)}",
            lambda: f"{rng.randint(1, 200)}/{rng.randint(2009, 2027)}/{rng.choice(['NĐ-CP', 'TT-BTP', 'QĐ-TTg', 'QH15', 'NQ-HĐND', 'TT-BNV'])}", lambda: f"Số {rng.randint(1, 999)}/{rng.randint(2000, 2027)}", lambda: f"{rng.randint(0, 23)} giờ {rng.randint(0, 59):02d} phút", lambda: f"{rng.choice('ABCDĐEGHKLMNPQRSTVX')}{rng.choice('ABDNST')} {digits(6)}",
            lambda: f"{digits(2)}-{rng.choice('ABCDEFGHKLMNPSTUVXYZ')}{digits(1)} {digits(5)}", lambda: f"{rng.choice(['GD', 'DN', 'HC', 'TE', 'SV'])}{digits(13)}", lambda: f"{digits(3)}.{digits(2)}.{digits(2)}.H{digits(2)}-{digits(6)}-{digits(4)}", lambda: f"{rng.choice(KINDS)}-{digits(5)}",
self.mail, self.mail, self.card_line, self.chapter, self.measure, self.measure, self.money, self.day,
        ]
        return rng.choice(forms)()

    def mail(self) -> str:
        rng = self.rng
        name = (rng.choice(GIVENS) + rng.choice(["", ".", "_", ""]) + rng.choice(GIVENS)).lower().translate(PLAIN)
        return f"{rng.choice(['', '', 'Email: ', 'Thư điện tử: '])}{name}{rng.randint(0, 9999)}@{rng.choice(['gmail.com', 'vnn.vn', 'coquan.gov.vn', 'doanhnghiep.vn', 'hopthu.example'])}"

    def card_line(self) -> str:
        """A line for machines on the back of a card (ICAO 9303)."""
        letters = "".join(self.rng.choice("ABCDEGHIKLMNOPQRSTUVXY") for _ in range(self.rng.randint(3, 9)))
        digits = "".join(self.rng.choice("0123456789") for _ in range(self.rng.randint(7, 22)))
        return self.rng.choice([f"IDVNM{digits}<<{digits[-1]}", f"{digits[:7]}M{digits[:7]}VNM<<<<<<<<<<<{digits[-1]}", f"{letters}<<{letters[:4]}<{letters[1:]}<<<<<<<<<<<"])

    def chapter(self) -> str:
        number = self.rng.choice("I II III IV V VI VII VIII IX X XI XII".split())
        return f"{number}. {self.rng.choice(PHRASES).upper()}" if self.rng.random() < 0.6 else f"{self.rng.choice(['Chương', 'Mục', 'Phần', 'Phụ lục', 'Quý', 'cấp'])} {number}"

    def measure(self) -> str:
        rng = self.rng
        unit = rng.choice(["m²", "m²", "m2", "ha", "m", "m³", "km", "kg", "%", "tầng", "cm"])
        number = rng.choice([f"{rng.randint(1, 9000)}", f"{rng.randint(1, 900)},{rng.randint(0, 99)}", f"{rng.randint(1, 90)}.{rng.randint(0, 999):03d},{rng.randint(0, 9)}"])
        front = rng.choice(["", "", "Diện tích: ", "diện tích sàn ", "chiều cao ", "Chiều rộng: ", "rộng ", "dài "])
        times = f" {rng.choice('×x')} {rng.randint(2, 60)},{rng.randint(0, 9)}" if rng.random() < 0.2 else ""
        return f"{front}{number}{times} {unit}{rng.choice(['', '', ';', '.', ',', ' đất ở'])}"

    def short(self) -> str:
        """What stands alone in cells and at the ends of lines."""
        rng = self.rng
        return rng.choice([lambda: rng.choice(self.words), lambda: rng.choice(self.words).upper(), lambda: syllable(rng), lambda: syllable(rng).upper(), lambda: str(rng.randint(0, 999)), lambda: f"{rng.randint(1, 30):02d}", lambda: rng.choice(GIVENS), self.day, lambda: f"{syllable(rng)} {syllable(rng)}", lambda: rng.choice(PHRASES), lambda: f"({rng.randint(1, 12)})", self.money])()


def syllable(rng: Random) -> str:
    """A syllable by the rules of spelling: onset, rime, tone."""
    while True:
        is_closed = rng.random() < 0.3
        onset, rime = rng.choice(ONSETS), rng.choice(CLOSED_RIMES if is_closed else OPEN_RIMES)
        front = unicodedata.normalize("NFD", rime)[0] in "eiy"
        onset = {"c": "k", "g": "gh", "ng": "ngh"}.get(onset, onset) if front else "c" if onset == "k" else onset
        if onset == "qu" and rime[0] in "uưoôơ" or onset == "gi" and rime[0] == "i" or onset == "k" and not front:
            continue
        return toned(onset, rime, rng.choice(CLOSED_TONES if is_closed else TONES))


def toned(onset: str, rime: str, tone: str) -> str:
    """The tone stands on the marked vowel, or else on the last of oa, oe, uy before a consonant, or on the first."""
    vowels = [index for index, letter in enumerate(rime) if letter in VOWELS]
    marked = [index for index in vowels if rime[index] in "ăâêôơư"]
    ends_in_consonant = len(vowels) < len(rime)
    at = marked[-1] if marked else vowels[-1] if ends_in_consonant or len(vowels) == 1 else vowels[1] if len(vowels) == 3 else vowels[0]
    return unicodedata.normalize("NFC", onset + rime[: at + 1] + tone + rime[at + 1 :])


def read_units(path: Path) -> list[tuple[str, list[tuple[str, str]]]]:
    """Each province with the kinds and names of its units, from the table that the program itself has."""
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
    header = next(row[0] for row in rows if row[0].startswith("# code"))
    kinds = [kind.strip() for kind in header.split(":")[0].split(",")[3:]]
    provinces = []
    for row in rows:
        if not row[0].startswith("#") and len(row) > 3:
            units = [(kind, unit.strip()) for kind, cell in zip(kinds, row[3:], strict=False) for unit in cell.split(",") if unit.strip()]
            provinces += [(row[2], units)] if units else []
    return provinces


# Letters without their marks, for addresses of letters.
PLAIN = {ord(unicodedata.normalize("NFC", vowel + tone)): vowel0 for vowel, vowel0 in zip(VOWELS, "aaaeeiooouuy", strict=True) for tone in TONES} | {ord("đ"): "d"}
