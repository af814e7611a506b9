"""Lists in ruled grids."""

from random import Random

from ..paper import Paper, any_style
from ..people import any_day, money, person, spelled
from ..places import place
from .offices import commune_agency, leader_titles, signer_name


def support_list(rng: Random) -> Paper:
    """Who gets how much: names, numbers and sums, row by row."""
    day = any_day(rng)
    at = place(rng, day)
    agency, heading = commune_agency(at)
    number = f"{rng.randint(5, 900)}/DS-UBND"
    about = rng.choice(["Hộ gia đình được hỗ trợ tiền điện quý II", "Người có công được tặng quà nhân dịp Tết Nguyên đán", "Học sinh được miễn, giảm học phí", "Hộ dân bị thiệt hại do bão số 3 được hỗ trợ"])
    rows, total = [["STT", "Họ và tên", "Ngày sinh", "Số định danh", "Số tiền (đồng)"]], 0
    for index in range(rng.randint(8, 18)):
        who, amount = person(rng, day, at=at), rng.randint(3, 90) * 50_000
        total += amount
        rows.append([str(index + 1), who.name, f"{who.birth:%d/%m/%Y}", who.number, money(amount)])
    rows.append(["", "Tổng cộng", "", "", money(total)])
    paper = Paper("KHAC", "support-list", "table", any_style(rng))
    paper.letterhead(agency, f"Số: {number}", f"{at.short}, {spelled(rng, day)}")
    paper.title("DANH SÁCH", about, size=1.15)
    paper.table(rows, [8, 32, 17, 22, 21], "mlmmr", pad_mm=rng.uniform(0.8, 1.8))
    signer, titles = signer_name(rng, day), leader_titles(rng)
    paper.ending(titles, signer, ["Nơi nhận:", "- Lưu: VT."])
    paper.fields = {"number": number, "issued_on": str(day), "issued_at": at.short, "agency": heading, "signer": signer, "signer_title": titles[-1]}
    return paper


LAYOUTS = [support_list]
