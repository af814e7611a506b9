"""Papers to search: those of samples/, the planted ones of samples/queries.toml, and distractors drawn by a seed.

A distractor has the same types, heads, names, numbers and words in other combinations; one that would be what a query means (it has all of the
query's `needs`, and its filters let it through) is thrown away. So it is not relevant by construction. Only the standard library.
"""

import json
import re
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "samples"

# Of each query so many distractors have its words scattered over their page, and so many have them with one word replaced.
SCATTERED = 4
REPLACED = 12

SURNAMES = "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đinh Lương Quách Triệu Hoàng Nguyễn Nguyễn Trần Lê".split()
MIDDLES = "Văn Thị Đình Hữu Minh Ngọc Quốc Thanh Kim Xuân Khánh Thùy Gia Đức Hoài Trọng Hạnh Thị Văn Phạm Sỹ".split()
GIVEN = (
    "An Bình Châu Dung Giang Hà Hạnh Hoa Hòa Hương Khang Khoát Khôi Lam Lâm Lễ Liễu Mai Minh Nụ Phụng Quyên Sơn Tĩnh Thoan Thúy Trâm Triết Vinh"
    " Vũ Bảo Bưởi Gấm Hưởng Đạt Nghĩa Tuấn Yến Phước"
).split()
WARDS = "Bến Mơ,Suối Nhài,Hạ Lam,Đồng Vải,Cồn Ngọc,Gò Sim,Thượng Sen,Bến Sim,Suối Mơ,Hạ Sen,Đồng Nhài,Gò Vải,Thượng Lam,Cồn Mơ".split(",")
PROVINCES = "Vạn Trúc,Lam Trúc,Vạn Sơn".split(",")
STREETS = "Hoa Gạo,Bờ Đê,Hoa Sim,Bờ Sông,Hoa Phượng,Sông Nhài,Trung Tâm".split(",")

AGENCIES = [
    "Ủy ban nhân dân {kind} {ward}",
    "Uỷ ban nhân dân {kind} {ward}",
    "UBND {kind} {ward}",
    "UBND {kind} {ward}",
    "Công an {kind} {ward}",
    "Sở Tư pháp tỉnh {province}",
    "Sở Tài nguyên và Môi trường tỉnh {province}",
    "Sở Nội vụ tỉnh {province}",
    "Hội đồng nhân dân {kind} {ward}",
    "Văn phòng đăng ký đất đai Chi nhánh {ward}",
    "Bảo hiểm xã hội tỉnh {province}",
]

SUBJECTS = (
    "cấp đổi giấy chứng nhận quyền sử dụng đất,thu hồi đất để mở rộng đường {street},hỗ trợ chi phí mai táng,trợ cấp xã hội hằng tháng,"
    "cải chính ngày sinh,đăng ký nuôi con,hòa giải tranh chấp lối đi,xây dựng nhà ở riêng lẻ,khai thác cát lòng sông,niêm yết công khai danh sách,"
    "số hóa sổ hộ tịch,phê duyệt dự toán sửa chữa trường mầm non,thu phí vệ sinh,miễn giảm tiền sử dụng đất,bổ nhiệm công chức tư pháp - hộ tịch,"
    "công nhận thôn văn hóa,giao rừng sản xuất,vận hành trạm bơm nội đồng,bồi thường hỗ trợ tái định cư,đăng ký kinh doanh bánh kẹo,"
    "xác nhận tình trạng hôn nhân,kết hôn có yếu tố nước ngoài,cấp lại thẻ bảo hiểm y tế,tuyển dụng viên chức,chống sạt lở kênh {ward},"
    "điều chỉnh giấy phép môi trường,thông tin quy hoạch thửa đất,quản lý du lịch cộng đồng,tổ chức lễ hội {ward},rà soát hộ nghèo"
).split(",")

TITLES = {
    "KS": ["Giấy khai sinh", "Trích lục khai sinh", "Giấy khai sinh (bản sao)"],
    "KH": ["Giấy chứng nhận kết hôn", "Trích lục kết hôn"],
    "HN": ["Giấy xác nhận tình trạng hôn nhân"],
    "KT": ["Trích lục khai tử"],
    "GCN": ["Giấy chứng nhận quyền sử dụng đất", "Giấy chứng nhận quyền sử dụng đất, quyền sở hữu nhà ở và tài sản khác gắn liền với đất"],
    "DKKD": ["Giấy chứng nhận đăng ký hộ kinh doanh", "Giấy chứng nhận đăng ký doanh nghiệp công ty trách nhiệm hữu hạn"],
    "GP": ["Giấy phép xây dựng", "Giấy phép xây dựng nhà ở riêng lẻ", "Giấy phép môi trường", "Giấy phép khai thác khoáng sản"],
    "LLTP": ["Phiếu lý lịch tư pháp số 1", "Phiếu lý lịch tư pháp số 2"],
    "QD": ["Quyết định về việc {subject}", "Quyết định {subject}"],
    "CT": ["Bằng tốt nghiệp trung học phổ thông", "Chứng chỉ tin học văn phòng", "Bằng tốt nghiệp trung cấp kế toán"],
    "BHYT": ["Thẻ bảo hiểm y tế"],
    "DON": ["Đơn đề nghị {subject}", "Tờ khai {subject}", "Đơn đăng ký biến động đất đai"],
    "KHAC": [
        "Công văn về việc {subject}", "Thông báo {subject}", "Báo cáo kết quả {subject}", "Kế hoạch {subject}", "Biên bản {subject}",
        "Nghị quyết về {subject}", "Phương án {subject}", "Giấy mời họp về {subject}",
    ],
}
SIGNS = {
    "KS": "{n}/{year}", "KH": "{n}/{year}", "HN": "{n}/UBND-XNTTHN", "KT": "{n}/TLKT", "GCN": "{letters} {eight}", "DKKD": "{n}K8{four}",
    "GP": "{n}/GPXD", "LLTP": "{n}/LLTP", "QD": "{n}/QĐ-UBND", "CT": "{letters} {eight}", "BHYT": "", "DON": "", "KHAC": "{n}/UBND-VP",
}

SENTENCES = [
    "Xét đề nghị của {role} {name} tại tờ trình số {n}/TTr ngày {day}.",
    "Căn cứ Quyết định số {n}/QĐ-UBND ngày {day} của {agency} về việc {subject}.",
    "Căn cứ Luật Tổ chức chính quyền địa phương ngày {day}.",
    "Căn cứ Nghị định số {n}/{year}/NĐ-CP ngày {day} của Chính phủ quy định chi tiết thi hành.",
    "Ông {name}, sinh ngày {slash}, thường trú tại số {n} đường {street}, phường {ward}.",
    "Bà {name} và ông {name} cùng đề nghị {subject} tại {agency}.",
    "Thửa đất số {n}, tờ bản đồ số {few}, diện tích {n},{few} m2, địa chỉ thửa đất tại {ward}.",
    "Hồ sơ gồm {few} giấy tờ, nộp ngày {day} tại Trung tâm Phục vụ hành chính công {ward}.",
    "Giao {agency} chủ trì, phối hợp với các đơn vị có liên quan tổ chức thực hiện {subject}.",
    "Kinh phí thực hiện {subject} được bố trí trong dự toán ngân sách năm {year}.",
    "Người đại diện: {name}, chức vụ giám đốc, điện thoại liên hệ ghi trong hồ sơ.",
    "Đại diện hộ gia đình: {name}; người làm chứng: {name}, tổ trưởng tổ dân phố số {few}.",
    "Thời hạn giải quyết là {few} ngày làm việc kể từ ngày nhận đủ hồ sơ hợp lệ.",
    "Nội dung này thay thế nội dung đã ghi tại văn bản số {n}/UBND-VP ngày {day}.",
    "Yêu cầu {agency} báo cáo kết quả {subject} trước ngày {day}.",
    "Họ, chữ đệm, tên người yêu cầu: {name}. Nơi cư trú: xã {ward}, tỉnh {province}.",
    "Số phát hành {letters} {eight}, số vào sổ cấp giấy chứng nhận CH 0{four}.",
    "Công trình nằm trên đường {street}, cách trụ sở {ward} khoảng {n} m.",
]
ROLES = ["Trưởng phòng Tư pháp", "công chức địa chính", "Giám đốc Trung tâm", "Chánh Văn phòng", "Trưởng thôn"]

# What stands for what, so that a paper that is meant is known in any spelling; the engines know nothing of this table.
SPELLINGS = [
    (r"\bubnd\b", "uy ban nhan dan"), (r"\bhdnd\b", "hoi dong nhan dan"), (r"\btnmt\b", "tai nguyen va moi truong"), (r"\bp\. ?", "phuong "),
]


@dataclass
class Paper:
    """A paper as every engine gets it."""

    key: str
    type: str
    title: str
    number: str | None = None
    agency: str | None = None
    issued_on: str | None = None
    subject: str | None = None
    text: str = ""

    def everything(self) -> str:
        known = [self.title, self.number, self.agency, self.subject, self.text]
        day = date.fromisoformat(self.issued_on).strftime("%d/%m/%Y") if self.issued_on else None
        return plain(". ".join(one for one in [*known, day] if one))


@dataclass
class Query:
    """A judged query; `grades` are the papers that it means, by their keys."""

    text: str
    kind: str
    needs: list[str]
    grades: dict[str, int]
    meant: str
    filters: dict[str, str | int] = field(default_factory=dict)

    def means(self, paper: Paper, everything: str) -> bool:
        """Does the paper have all that is needed, and do the filters let it through?"""
        return all(f" {plain(need)} " in f" {everything} " for need in self.needs) and self.lets_through(paper)

    def lets_through(self, paper: Paper) -> bool:
        year, agency = self.filters.get("year"), self.filters.get("agency")
        return (
            self.filters.get("type") in (None, paper.type)
            and (year is None or (paper.issued_on or "").startswith(str(year)))
            and (agency is None or plain(str(agency)) in plain(paper.agency or ""))
        )


def queries() -> list[Query]:
    told = tomllib.loads((SAMPLES / "queries.toml").read_text())["query"]
    filters = ["type", "year", "agency"]
    return [
        Query(
            one["text"], one["class"], one["needs"], one["grades"], one.get("meant", one["text"]), {name: one[name] for name in filters if name in one}
        )
        for one in told
    ]


def papers_of(seed: int, count: int, asked: list[Query]) -> list[Paper]:
    """All papers, shuffled: no engine gains by what it does with equals."""
    papers = [*fixed_papers(seed, asked), *distractors(seed, count, asked)]
    Random(f"order {seed}").shuffle(papers)
    return papers


def fixed_papers(seed: int, asked: list[Query]) -> list[Paper]:
    """The samples and the planted papers; what is drawn around these makes no query mean them that does not name them."""
    dice = Random(f"planted {seed}")
    papers = sample_papers()
    for told in tomllib.loads((SAMPLES / "queries.toml").read_text())["paper"]:
        paper = planted(told, dice)
        while unjudged(paper, asked):
            paper = planted(told, dice)
        papers.append(paper)
    return papers


def unjudged(paper: Paper, asked: list[Query]) -> list[str]:
    """Queries that mean the paper and do not name it."""
    everything = paper.everything()
    return [query.text for query in asked if paper.key not in query.grades and query.means(paper, everything)]


def sample_papers() -> list[Paper]:
    papers = []
    for expected in sorted(SAMPLES.glob("*.expected.json")):
        told = json.loads(expected.read_text())
        fields, text = told.get("fields", {}), expected.with_suffix(".txt").read_text()
        name = expected.name.removesuffix(".expected.json")
        title = fields.get("subject_matter") or text.split("\n")[2]
        subject = fields.get("full_name")
        papers.append(
            Paper(name, told["document_type"], title, fields.get("number"), fields.get("agency"), fields.get("issued_on"), subject, text)
        )
    return papers


def planted(told: dict, dice: Random) -> Paper:
    names = ["number", "agency", "subject"]
    day = told["issued_on"].isoformat()
    paper = Paper(told["key"], told["type"], told["title"], issued_on=day, **{name: told.get(name) for name in names})
    paper.text = page(paper, [told["text"]], dice, told.get("read", False))
    return paper


def distractors(seed: int, count: int, asked: list[Query]) -> Iterator[Paper]:
    """`count` papers that no query means: some near to each query, the rest of them drawn freely."""
    dice = Random(f"distractors {seed}")
    near = [query for query in asked for _ in range(SCATTERED + REPLACED)]
    made = 0
    for nth in range(10 * count + len(near)):
        if made == count:
            return
        query = near[nth] if nth < len(near) else None
        scatter = nth % (SCATTERED + REPLACED) < SCATTERED
        paper = drawn(f"drawn-{made}", dice, query, scatter)
        if not unjudged(paper, asked):
            made += 1
            yield paper
    raise RuntimeError("too many distractors were what a query means")


def drawn(key: str, dice: Random, query: Query | None, scatter: bool) -> Paper:
    kind = dice.choice(list(TITLES))
    if query and "type" in query.filters and dice.random() < 0.7:
        kind = str(query.filters["type"])
    issued = date(1995, 1, 1) + timedelta(days=int(dice.random() ** 0.5 * 11_300))
    title = filled(dice.choice(TITLES[kind]), dice)
    agency = filled(dice.choice(AGENCIES), dice)
    number = filled(SIGNS[kind], dice) or None
    paper = Paper(key, kind, title, number, agency, issued.isoformat(), name(dice) if kind not in ("QD", "KHAC") else None)
    told = [filled("Về việc {subject}.", dice)] if kind in ("QD", "KHAC") else [f"Họ và tên: {paper.subject}."]
    if query:
        wanted = re.findall(r"[^\W_]+(?:[/.-][^\W_]+)*", query.meant)
        if scatter:
            told += [around(word, dice) for word in dice.sample(wanted, len(wanted))]
        else:
            at = dice.randrange(len(wanted))
            other = str(int(wanted[at]) + dice.randrange(1, 9)) if wanted[at].isdigit() else dice.choice(GIVEN + ["phép", "chính", "dân", "vụ"])
            told.append(" ".join(other if nth == at else word for nth, word in enumerate(wanted)) + ".")
    paper.text = page(paper, told, dice, False)
    return paper


def around(word: str, dice: Random) -> str:
    """A word in the middle of a sentence that it has nothing to do with."""
    words = filled(dice.choice(SENTENCES), dice).split()
    words.insert(dice.randrange(1, len(words)), word)
    return " ".join(words)


def page(paper: Paper, told: list[str], dice: Random, is_read: bool) -> str:
    """Head, what is told among other sentences, signature."""
    lines = ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"]
    if not is_read:
        lines += [(paper.agency or "").upper(), f"Số: {paper.number}" if paper.number else "", paper.title.upper()]
    if paper.issued_on:
        day = date.fromisoformat(paper.issued_on)
        lines.append(f"{dice.choice(WARDS)}, ngày {day.day:02} tháng {day.month:02} năm {day.year}")
    body = told + [filled(dice.choice(SENTENCES), dice) for _ in range(dice.randrange(4, 11))]
    first, rest = body[0], body[1:]
    dice.shuffle(rest)
    lines += [first, *rest, "Nơi nhận: như trên; lưu VT.", f"CHỦ TỊCH {name(dice)}"]
    return "\n".join(line for line in lines if line)


def name(dice: Random) -> str:
    parts = [dice.choice(SURNAMES), dice.choice(MIDDLES), dice.choice(GIVEN)]
    if dice.random() < 0.4:
        parts.insert(2, dice.choice(MIDDLES + GIVEN))
    return " ".join(parts)


def filled(pattern: str, dice: Random) -> str:
    """A pattern with every slot drawn anew."""
    day = date(1995, 1, 1) + timedelta(days=dice.randrange(11_300))
    draw = {
        "name": lambda: name(dice),
        "role": lambda: dice.choice(ROLES),
        "agency": lambda: filled(dice.choice(AGENCIES), dice),
        "subject": lambda: filled(dice.choice(SUBJECTS), dice),
        "kind": lambda: dice.choice(["phường", "xã", "phường", "huyện"]),
        "ward": lambda: dice.choice(WARDS),
        "province": lambda: dice.choice(PROVINCES),
        "street": lambda: dice.choice(STREETS),
        "day": lambda: f"{day.day:02} tháng {day.month} năm {day.year}",
        "slash": lambda: day.strftime("%d/%m/%Y"),
        "year": lambda: str(day.year),
        "n": lambda: str(dice.randrange(1, 900)),
        "few": lambda: str(dice.randrange(1, 40)),
        "four": lambda: f"{dice.randrange(10_000):04}",
        "eight": lambda: f"{dice.randrange(10_000_000):08}",
        "letters": lambda: dice.choice(["AA", "BD", "CH", "DM", "VT", "TH"]),
    }
    return re.sub(r"\{(\w+)\}", lambda slot: draw[slot[1]](), pattern)


def plain(text: str) -> str:
    """A text in one spelling: small letters without marks, words of agencies in full, numbers without leading zeros, dates as digits."""
    text = unicodedata.normalize("NFD", text.lower()).replace("đ", "d")
    text = "".join(letter for letter in text if not unicodedata.combining(letter))
    for pattern, full in SPELLINGS:
        text = re.sub(pattern, full, text)
    text = re.sub(r"\b(qu|[hklmst])y\b", r"\1i", text)
    text = re.sub(r"\b0+(\d{1,3})\b", r"\1", text)
    words = re.findall(r"[^\W_]+", text)
    return re.sub(r"\b(\d{1,2}) thang (\d{1,2}) nam (\d{4})\b", r"\1 \2 \3", " ".join(words))
