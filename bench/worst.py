"""The pages and fields that were read worst: which lines differ, and the scan at that place.

Pictures need Pillow; the lines do not.
"""

from dataclasses import dataclass
from pathlib import Path

from fields import Outcome
from measures import edits, fold
from programs import MOTLAN
from reading import Result

# A read line is shown beside an expected one when fewer than this share of the expected letters differ.
ALIKE_SHARE = 0.6
# White around a crop, and its greatest width, in pixels.
PADDING = 24
WIDTH_MAX = 1400


@dataclass
class Difference:
    """An expected line that was not read exactly; without `read`, nothing like it was."""

    expected: str
    read: str


def differences(expected: str, read: str) -> list[Difference]:
    """Line by line, whatever their order. A line that stands whole inside another was read; what was not expected is not told."""
    lines, read_lines = ([fold(line) for line in text.splitlines() if line.strip()] for text in (expected, read))
    wrong = [line for line in lines if not any(line in other for other in read_lines)]
    left = [other for other in read_lines if other not in lines]
    return [Difference(line, nearest_line(line, left)) for line in wrong]


def nearest_line(line: str, among: list[str]) -> str:
    best = min(among, key=lambda other: edits(line, other), default="")
    return best if edits(line, best) < ALIKE_SHARE * len(line) else ""


def worst_pages(results: list[Result], count: int) -> list[tuple[Result, int]]:
    """The pages of motlan with most wrong letters, and their index in the file; pages read without an error are not among them."""
    pages = [(one.edits / max(one.letters, 1), result, index) for result in results for index, one in enumerate(result.readings[MOTLAN].scores)]
    pages = sorted((page for page in pages if page[0] > 0), key=lambda page: -page[0])
    return [(result, index) for _, result, index in pages[:count]]


def worst_fields(results: list[Result], count: int) -> list[tuple[Result, Outcome]]:
    """Fields that were not exact: those of the best read pages first, for there the reading is not to blame."""
    wrong = [(result, one) for result in results for one in result.outcomes if not one.exact]
    return sorted(wrong, key=lambda pair: pair[0].readings[MOTLAN].total.cer)[:count]


def pages_report(results: list[Result], count: int, lines_max: int) -> str:
    parts = []
    for result, index in worst_pages(results, count):
        one = result.readings[MOTLAN].scores[index]
        parts.append(
            f"\n**{result.case.name}** page {index + 1}, CER {100 * one.cer:.2f} % (any order {100 * one.any_order_cer:.2f}), "
            f"words lost {one.lost_words}, missed {one.missed_words}\n\n```diff"
        )
        different = differences(result.case.pages[index], result.readings[MOTLAN].pages[index])
        parts += [f"- {line.expected}\n+ {line.read}" for line in different[:lines_max]]
        parts += [f"  and {len(different) - lines_max} lines more"] if len(different) > lines_max else []
        parts.append("```")
    return "\n".join(parts)


def fields_report(results: list[Result], count: int) -> str:
    lines = [
        f"- {result.case.name} `{one.key}`: expected “{one.expected}”, proposed {f'“{one.proposed}”' if one.proposed is not None else 'nothing'}"
        f"{'' if one.in_text[MOTLAN] else ' (not in the text as read)'}{' doubts: ' + ', '.join(one.doubts) if one.doubts else ''}"
        for result, one in worst_fields(results, count)
    ]
    return "\n".join(lines)


# --- Pictures --------------------------------------------------------------------------------------------------------


def write_crops(results: list[Result], count: int, folder: Path) -> None:
    """`worst.md` with a picture of the scan for each of the worst pages and fields."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = ["# Pages read worst", ""]
    for number, (result, index) in enumerate(worst_pages(results, count), 1):
        page = result.described["pages"][index] if result.described else {}
        for line in differences(result.case.pages[index], result.readings[MOTLAN].pages[index])[:1]:
            name = f"page-{number}.png"
            crop(result, index, region_of_line(page, line.read)).save(folder / name)
            lines += [f"![{result.case.name}]({name})", "", f"{result.case.name}: expected “{line.expected}”, read “{line.read}”", ""]
    lines += ["# Fields proposed wrongly", ""]
    for number, (result, one) in enumerate(worst_fields(results, count), 1):
        index, region = place_of_field(result, one)
        name = f"field-{number}.png"
        crop(result, index, region).save(folder / name)
        proposed = f"“{one.proposed}”" if one.proposed is not None else "nothing"
        lines += [f"![{result.case.name}]({name})", "", f"{result.case.name}, `{one.key}`: expected “{one.expected}”, proposed {proposed}", ""]
    (folder / "worst.md").write_text("\n".join(lines), encoding="utf-8")


def region_of_line(page: dict, read: str) -> dict | None:
    lines = [line for line in page.get("lines", []) if read and fold(line["text"]) == read]
    return hull([word["region"] for word in lines[0]["words"]]) if lines else None


def place_of_field(result: Result, one: Outcome) -> tuple[int, dict | None]:
    """Page index and region: of the proposal, else of the line most like the value."""
    for field in result.described.get("fields", []):
        if field["key"] == one.key and field.get("region"):
            return field["page"] - 1, field["region"]
    for index, page in enumerate(result.described.get("pages", [])):
        texts = [fold(line["text"]) for line in page["lines"]]
        holding = [text for text in texts if one.expected in text] or [nearest_line(one.expected, texts)]
        if region := region_of_line(page, holding[0]):
            return index, region
    return 0, None


def hull(regions: list[dict]) -> dict:
    left, top = min(one["left"] for one in regions), min(one["top"] for one in regions)
    right, bottom = max(one["left"] + one["width"] for one in regions), max(one["top"] + one["height"] for one in regions)
    return {"left": left, "top": top, "width": right - left, "height": bottom - top}


def crop(result: Result, index: int, region: dict | None):
    """That place of the upright page, or the whole page made small."""
    sheet = upright(result, index)
    if region:
        left, top = region["left"] - PADDING, region["top"] - PADDING
        right, bottom = region["left"] + region["width"] + PADDING, region["top"] + region["height"] + PADDING
        sheet = sheet.crop((max(0, left), max(0, top), min(sheet.width, right), min(sheet.height, bottom)))
    if sheet.width > WIDTH_MAX:
        sheet = sheet.resize((WIDTH_MAX, round(sheet.height * WIDTH_MAX / sheet.width)))
    return sheet


def upright(result: Result, index: int):
    from PIL import Image, ImageOps

    page = result.described["pages"][index] if result.described else {}
    if result.case.file.suffix == ".pdf":
        sheet = drawn_page(result, index, page)
    else:
        sheet = Image.open(result.case.file)
        if getattr(sheet, "n_frames", 1) > 1:
            sheet.seek(index)
        sheet = ImageOps.exif_transpose(sheet).convert("RGB")
    return sheet.rotate(-page.get("rotation_degrees", 0), expand=True)


def drawn_page(result: Result, index: int, page: dict):
    import tempfile

    from PIL import Image

    from programs import draw_pages

    with tempfile.TemporaryDirectory() as folder:
        drawn = draw_pages(result.case.file, page.get("dpi", result.case.dpi), [index + 1], Path(folder))
        return Image.open(drawn[0]).convert("RGB")
