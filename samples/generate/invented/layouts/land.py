"""Giấy chứng nhận quyền sử dụng đất: the one-sheet form of 2025 and the inner page of the older booklet."""

from random import Random

from ..codes_on_paper import qr
from ..paper import Paper, any_style
from ..people import any_day, number_words, person, spelled
from ..places import TWO_LEVELS_FROM, place, unit_name
from .offices import leader_titles, signer_name

USES = [("Đất ở tại nông thôn", "Lâu dài"), ("Đất ở tại đô thị", "Lâu dài"), ("Đất trồng cây lâu năm", "Đến ngày 15/10/2063"), ("Đất chuyên trồng lúa nước", "Đến ngày 15/10/2063"),
        ("Đất nuôi trồng thủy sản", "Đến ngày 01/7/2064")]
SOURCES = ["Công nhận quyền sử dụng đất như giao đất có thu tiền sử dụng đất", "Nhận chuyển nhượng đất được công nhận quyền sử dụng đất như giao đất không thu tiền sử dụng đất",
           "Nhận thừa kế đất được Nhà nước công nhận quyền sử dụng đất", "Được tặng cho đất được công nhận quyền sử dụng đất"]


def parcel(rng: Random, day) -> dict:
    """The facts of one parcel, as fields."""
    use, term = rng.choice(USES)
    return {"parcel_number": str(rng.randint(3, 1200)), "map_sheet_number": str(rng.randint(1, 120)), "area": f"{rng.randint(45, 1500)},{rng.randint(1, 9)} m²", "land_use": use, "land_use_term": term}


def certificate_new(rng: Random) -> Paper:
    day = any_day(rng, TWO_LEVELS_FROM)
    at = place(rng, day)
    owner, facts = person(rng, day, (25, 80), at=at), parcel(rng, day)
    where = at.full[0].upper() + at.full[1:]
    serial, entry = f"AA {rng.randint(1000000, 9999999):08d}", f"VP {rng.randint(100, 99999):05d}"
    paper = Paper("GCN", "land-certificate", "form", any_style(rng))
    paper.frame()
    paper.add(f'<div style="position:absolute;right:16mm;top:17mm">{qr(serial)}</div>')
    paper.state_header()
    paper.title("GIẤY CHỨNG NHẬN", red=True, size=1.6)
    paper.add('<div class="u b c head">QUYỀN SỬ DỤNG ĐẤT, QUYỀN SỞ HỮU TÀI SẢN GẮN LIỀN VỚI ĐẤT</div>')
    paper.space(3)
    paper.text("<b>1. Người sử dụng đất, chủ sở hữu tài sản gắn liền với đất:</b>", "")
    paper.text(f"{owner.polite.capitalize()}: {owner.upper}, số định danh cá nhân: {owner.number}", "j")
    paper.entry("Địa chỉ thường trú:", owner.home)
    paper.text("<b>2. Thông tin thửa đất:</b>", "")
    paper.entries(("a) Thửa đất số:", facts["parcel_number"], 1), ("tờ bản đồ số:", facts["map_sheet_number"], 1))
    paper.entry("b) Diện tích:", facts["area"])
    paper.entry("c) Loại đất:", facts["land_use"])
    paper.entry("d) Thời hạn sử dụng đất:", facts["land_use_term"])
    paper.entry("đ) Hình thức sử dụng đất:", "Sử dụng riêng")
    paper.entry("e) Địa chỉ thửa đất:", where)
    paper.entry("g) Nguồn gốc sử dụng:", rng.choice(SOURCES))
    paper.text("<b>3. Thông tin tài sản gắn liền với đất:</b> -/-", "")
    paper.text("<b>4. Ghi chú:</b> Không.", "")
    signer = signer_name(rng, day)
    titles = rng.choice([["CHI NHÁNH VĂN PHÒNG ĐĂNG KÝ ĐẤT ĐAI", "GIÁM ĐỐC"], ["TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"]])
    paper.ending(titles, signer, place_date=f"{at.short}, {spelled(rng, day)}")
    paper.entries(("Số vào sổ cấp Giấy chứng nhận:", entry, 1.4), ("Số phát hành:", serial, 1))
    paper.fields = {"holder_name": owner.upper, "citizen_id": owner.number, "residence": owner.home, **facts, "parcel_address": where, "serial_number": serial,
                    "book_entry_number": entry, "issued_on": str(day), "issued_at": at.short, "signer": signer, "signer_title": titles[-1]}
    return paper


def certificate_inner(rng: Random) -> Paper:
    """Page 2 of the booklet of 2009: the parcel, the table of its corners, the committee's signature."""
    day = any_day(rng, last=TWO_LEVELS_FROM.replace(month=5))
    at = place(rng, day)
    facts = parcel(rng, day)
    whole, tenth = facts["area"].removesuffix(" m²").split(",")
    entry = f"CH {rng.randint(100, 9999):05d}"
    where = f"{rng.choice(['thôn Thượng', 'tổ dân phố 5', 'ấp Bình Quới', 'xóm Mới'])}, {at.full}"
    paper = Paper("GCN", "land-certificate-inner", "table", any_style(rng))
    paper.frame()
    paper.text("<b>II. Thửa đất, nhà ở và tài sản khác gắn liền với đất</b>", "")
    paper.text("<b>1. Thửa đất:</b>", "")
    paper.text(f"a) Thửa đất số: {facts['parcel_number']}, tờ bản đồ số: {facts['map_sheet_number']}", "")
    paper.text(f"b) Địa chỉ: {where}", "j")
    paper.text(f"c) Diện tích: {facts['area']} (bằng chữ: {number_words(int(whole))} phẩy {number_words(int(tenth))} mét vuông)", "j")
    paper.text("d) Hình thức sử dụng: sử dụng riêng", "")
    paper.text(f"đ) Mục đích sử dụng: {facts['land_use']}", "")
    paper.text(f"e) Thời hạn sử dụng: {facts['land_use_term']}", "")
    paper.text(f"g) Nguồn gốc sử dụng: {rng.choice(SOURCES)}", "j")
    paper.text("<b>2. Nhà ở:</b> -/-", "")
    paper.text("<b>3. Công trình xây dựng khác:</b> -/-", "")
    paper.text("<b>4. Ghi chú:</b> Không.", "")
    paper.text("<b>Bảng liệt kê tọa độ góc ranh</b>", "c")
    x, y = rng.randint(1000000, 2400000), rng.randint(400000, 600000)
    rows = [[str(n + 1), f"{x + rng.uniform(0, 40):.2f}", f"{y + rng.uniform(0, 40):.2f}", f"{rng.uniform(4, 40):.2f}"] for n in range(rng.randint(4, 7))]
    paper.table([["Điểm", "X (m)", "Y (m)", "Cạnh (m)"]] + rows, [16, 30, 30, 24], "mrrr")
    signer, titles = signer_name(rng, day), leader_titles(rng, body=f"TM. ỦY BAN NHÂN DÂN {at.above.upper()}")
    paper.ending(titles, signer, place_date=f"{unit_name(at.above)}, {spelled(rng, day)}")
    paper.text(f"Số vào sổ cấp GCN: {entry}", "")
    paper.fields = {**facts, "parcel_address": where, "book_entry_number": entry, "issued_on": str(day), "issued_at": unit_name(at.above),
                    "agency": titles[0].removeprefix("TM. "), "signer": signer, "signer_title": titles[-1]}
    return paper


LAYOUTS = [certificate_new, certificate_inner]
