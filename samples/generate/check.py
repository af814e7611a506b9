"""Does every expectation agree with itself? Run after generating; stops at the first that does not."""

import json
import re
import sys
import unicodedata
from datetime import date
from pathlib import Path

from codes import TAX_WEIGHTS

FILE_BYTES_MAX = 1_500_000
FOLDER_BYTES_MAX = 14_000_000
TYPES = {"CCCD", "KS", "KH", "HN", "KT", "GCN", "DKKD", "GP", "LLTP", "QD", "CT", "BHYT", "DON", "KHAC"}
DATE_KEYS = {"birth_date", "husband_birth_date", "wife_birth_date", "death_date", "issued_on", "valid_until", "valid_from", "registered_on",
             "changed_on"}
KEYS = DATE_KEYS | set(
    """number book_number full_name sex ethnicity nationality birth_place home_town citizen_id residence father_name mother_name registrant_name
    husband_name husband_citizen_id wife_name wife_citizen_id marital_status purpose death_place holder_name parcel_number map_sheet_number
    parcel_address area land_use land_use_term serial_number book_entry_number enterprise_code enterprise_name head_office charter_capital
    representative_name project_name subject_matter criminal_record major grade issued_at agency signer signer_title
    registration_place registration_number birth_year birth_registration_place phone father_birth_year father_ethnicity father_nationality
    father_residence mother_birth_year mother_ethnicity mother_nationality mother_residence registrant_citizen_id husband_ethnicity
    husband_nationality husband_residence wife_ethnicity wife_nationality wife_residence death_cause land_use_form land_origin assets
    representative_title members change_number licence_class addressee legal_grounds recipients office_ban insurance_number
    clinic""".split())


def check_folder(folder: Path) -> None:
    for path in sorted(folder.glob("*.expected.json")):
        check_expectation(path)
    sizes = {path: path.stat().st_size for path in folder.iterdir() if path.is_file()}
    big = [path.name for path, size in sizes.items() if size > FILE_BYTES_MAX]
    if big or sum(sizes.values()) > FOLDER_BYTES_MAX:
        sys.exit(f"too big: {big}, folder {sum(sizes.values()) / 1e6:.1f} MB")
    print(f"{len(list(folder.glob('*.expected.json')))} samples, {sum(sizes.values()) / 1e6:.1f} MB")


def check_expectation(path: Path) -> None:
    told = json.loads(path.read_text(encoding="utf-8"))
    text = path.with_suffix("").with_suffix("").with_name(path.name.replace(".json", ".txt")).read_text(encoding="utf-8")
    say = lambda what: sys.exit(f"{path.name}: {what}")  # noqa: E731
    if text != unicodedata.normalize("NFC", text) or text.count("\f") + 1 != told["pages"]:
        say("text is not NFC or has the wrong number of pages")
    if told["document_type"] not in TYPES or not set(told["fields"]) <= KEYS:
        say(f"unknown type or keys {set(told['fields']) - KEYS}")
    flat = " ".join(text.split())
    for key, value in told["fields"].items():
        if key in DATE_KEYS:
            day = date.fromisoformat(value)
            if not any(form in flat for form in written_forms(day)):
                say(f"{key} {value} is not printed")
        elif key == "agency" and printed_in_parts(value, flat):
            continue
        elif not all(part in flat for part in value.split("; ")):
            say(f"{key} {value!r} is not printed")
    check_numbers(told["fields"], say)


def written_forms(day: date) -> list[str]:
    """Every form in which papers write a day (DOMAIN 5.8)."""
    months = {day.month, f"{day.month:02d}"}
    numbers = [f"{day:%d/%m/%Y}", f"{day:%d-%m-%Y}", f"{day:%d.%m.%Y}", f"{day.day}/{day.month}/{day.year}"]
    return numbers + [f"ngày {day.day:02d} tháng {month} năm {day.year}" for month in months]


def printed_in_parts(name: str, flat: str) -> bool:
    """An agency's name fills two lines of the letterhead, and the state's name stands between them."""
    words = name.split()
    return any(" ".join(words[:n]) in flat and " ".join(words[n:]) in flat for n in range(1, len(words)))


def check_numbers(fields: dict, say) -> None:
    for who in ("", "husband_", "wife_"):
        number, birth = fields.get(f"{who}citizen_id"), fields.get(f"{who}birth_date")
        if number and not re.fullmatch(r"\d{12}", number):
            say(f"citizen id {number}")
        if number and birth:
            sex = {"husband_": "Nam", "wife_": "Nữ"}.get(who, fields.get("sex"))
            century_and_sex = (int(birth[:4]) // 100 - 19) * 2 + (sex == "Nữ")
            if number[4:6] != birth[2:4] or (sex and int(number[3]) != century_and_sex):
                say(f"citizen id {number} against {birth} {sex}")
    code = fields.get("enterprise_code")
    if code and (not re.fullmatch(r"\d{10}", code) or 10 - sum(w * int(d) for w, d in zip(TAX_WEIGHTS, code)) % 11 != int(code[9])):
        say(f"tax code {code}")
