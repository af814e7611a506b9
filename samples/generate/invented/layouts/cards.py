"""Cards copied on a sheet of A4, enlarged by half as offices do: căn cước, thẻ bảo hiểm y tế."""

from datetime import date
from random import Random

from papers.cards import machine_lines

from ..codes_on_paper import plain_capitals, qr
from ..paper import MOTTO, STATE, Paper, any_style, esc
from ..people import any_day, person, spelled
from ..places import Place, place, unit_name

CARD = "width:128mm;height:81mm;border:.3mm solid #789;border-radius:4.5mm;position:relative;margin:8mm auto;font-family:Arimo;font-size:10.5pt;box-sizing:border-box"
PORTRAIT = ('<svg style="position:absolute;left:6mm;top:32mm;width:28mm;height:38mm;background:#bcceDE"><circle cx="53" cy="52" r="23" fill="#787e8a"/>'
            '<ellipse cx="53" cy="130" rx="44" ry="46" fill="#606674"/></svg>')


def at_mm(x: float, y: float, inside: str, more: str = "") -> str:
    return f'<div style="position:absolute;left:{x}mm;top:{y}mm;{more}">{inside}</div>'


def line(text: str, more: str = "") -> str:
    return f'<div class="u" style="{more}">{esc(text)}</div>'


def citizen_card(rng: Random) -> Paper:
    """Both sides of the card of 2021, with its QR code (DOMAIN 5.6) and its machine-readable lines."""
    issued = any_day(rng, date(2021, 2, 1), date(2024, 6, 20))
    who = person(rng, issued, (16, 55), "Nam")
    until = date(who.birth.year + (25 if issued.year - who.birth.year < 23 else 40 if issued.year - who.birth.year < 38 else 60), who.birth.month, min(who.birth.day, 28))
    town = bare(place(rng, issued))
    home = f"{rng.choice(['Thôn Thượng', 'Tổ 5', 'Số 12 ngõ 46', 'Xóm Mới', 'Ấp Tân Lộc'])}, {bare(place(rng, issued))}"
    paper = Paper("CCCD", "citizen-card", "form", any_style(rng, cards=True))
    payload = f"{who.number}||{who.name}|{who.birth:%d%m%Y}|Nam|{home}|{issued:%d%m%Y}"
    front = (at_mm(34, 5, line(STATE, "font-size:9.5pt;font-weight:700") + line(MOTTO, "font-size:9pt;font-weight:700"), "text-align:center;width:84mm")
             + at_mm(34, 17, line("CĂN CƯỚC CÔNG DÂN", "font-size:15pt;font-weight:700;color:#ba1e28"), "width:66mm;text-align:center")
             + at_mm(106, 15, qr(payload)) + PORTRAIT
             + at_mm(40, 27, line(f"Số: {who.number}", "font-size:13.5pt;font-weight:700"))
             + at_mm(40, 36, line(f"Họ và tên: {who.upper}") + line(f"Ngày sinh: {who.birth:%d/%m/%Y}")
                     + '<div class="u"><span style="margin-right:9mm">Giới tính: Nam</span> <span>Quốc tịch: Việt Nam</span></div>'
                     + line(f"Quê quán: {town}") + line(f"Nơi thường trú: {home}"), "width:84mm;line-height:1.45")
             + at_mm(6, 73.5, line(f"Có giá trị đến: {until:%d/%m/%Y}", "font-size:9pt")))
    paper.add(f'<div style="{CARD};background:#d6e8e2">{front}</div>')
    names = plain_capitals(who.name).split()
    zone = machine_lines(who.number, who.birth, until, f"{names[0]}<<{'<'.join(names[1:])}"[:30])
    back = (at_mm(8, 8, line("Đặc điểm nhận dạng: Nốt ruồi cách 1,5 cm dưới mép trái"), "width:110mm")
            + at_mm(50, 20, line(f"Ngày, tháng, năm: {issued:%d/%m/%Y}"))
            + at_mm(38, 27, line("CỤC TRƯỞNG CỤC CẢNH SÁT", "font-size:9pt;font-weight:700") + line("QUẢN LÝ HÀNH CHÍNH VỀ TRẬT TỰ XÃ HỘI", "font-size:9pt;font-weight:700"), "text-align:center;width:86mm")
            + at_mm(8, 60, "".join(line(text) for text in zone), "font-family:Cousine;font-size:11pt;letter-spacing:.6mm"))
    paper.add(f'<div style="{CARD};background:#d6e8e2">{back}</div>')
    paper.fields = {"citizen_id": who.number, "full_name": who.upper, "birth_date": str(who.birth), "sex": "Nam", "nationality": "Việt Nam", "home_town": town, "residence": home,
                    "valid_until": str(until), "issued_on": str(issued)}
    return paper


def bare(at: Place) -> str:
    """Cards leave out the kinds of units: "Tân Dân, Phú Xuyên, Hà Nội"."""
    return ", ".join(unit_name(part) for part in (at.commune, at.district, at.province) if part)


def health_card(rng: Random) -> Paper:
    issued = any_day(rng, date(2018, 1, 1))
    at = place(rng, issued)
    who = person(rng, issued, (1, 80), at=at)
    end = date(issued.year + 1, 12, 31)
    number = f"{rng.choice(['HT', 'GD', 'DN', 'HS', 'TE'])} {rng.randint(1, 4)} {rng.randint(1, 96):02d} {rng.randint(0, 9999999999):010d}"
    province = unit_name(at.province)
    paper = Paper("BHYT", "health-card", "form", any_style(rng, cards=True))
    face = (at_mm(4, 4, line("BẢO HIỂM XÃ HỘI VIỆT NAM", "font-size:10pt;font-weight:700;color:#143c8c") + line("THẺ BẢO HIỂM Y TẾ", "font-size:16pt;font-weight:700;color:#ba1e28"), "text-align:center;width:120mm")
            + at_mm(8, 22, line(f"Mã số: {number}", "font-size:12pt;font-weight:700") + line(f"Họ và tên: {who.upper}")
                    + f'<div class="u"><span style="margin-right:14mm">Ngày sinh: {who.birth:%d/%m/%Y}</span> <span>Giới tính: {who.sex}</span></div>'
                    + line(f"Giá trị sử dụng: từ 01/01/{issued.year + 1} đến {end:%d/%m/%Y}") + line(f"Nơi ĐK KCB ban đầu: Trung tâm Y tế {at.above}")
                    + line(f"Thời điểm đủ 05 năm liên tục: 01/{rng.randint(1, 12):02d}/{issued.year - rng.randint(0, 4)}"), "line-height:1.62;width:112mm")
            + at_mm(8, 70, line(f"{province}, {spelled(rng, issued)}", "font-style:italic")))
    paper.add(f'<div style="{CARD};background:#e8f0fa">{face}</div>')
    paper.fields = {"number": number, "full_name": who.upper, "birth_date": str(who.birth), "sex": who.sex, "valid_until": str(end), "issued_on": str(issued), "issued_at": province,
                    "agency": "BẢO HIỂM XÃ HỘI VIỆT NAM"}
    return paper


LAYOUTS = [citizen_card, health_card]
