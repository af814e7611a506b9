"""What is printed: one table a level, the pairs, the fields, and every goal with what was reached. All of it Markdown."""

import statistics
from collections.abc import Callable

from fields import KINDS, Outcome
from goals import Goal
from pairs import BARE, DIRTY, FLAT, SEALED, SKEWED, STRAIGHT, THICK, THIN, WORN, Change, Pair, change, turns
from programs import MOTLAN, PROGRAMS, TESSERACT
from reading import Result
from sums import Sum, cpu_ratio, exact_share, share

# Where a figure cannot be given.
NONE = "–"


def table(head: list[str], rows: list[list[str]]) -> str:
    """Markdown whose columns also line up as plain text; the first column is words, the others are figures."""
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]

    def line(row: list[str]) -> str:
        cells = [cell.ljust(width) if column == 0 else cell.rjust(width) for column, (cell, width) in enumerate(zip(row, widths, strict=True))]
        return f"| {' | '.join(cells)} |"

    rule = "|" + "|".join("-" * (width + 2) if column == 0 else "-" * (width + 1) + ":" for column, width in enumerate(widths)) + "|"
    return "\n".join([line(head), rule, *map(line, rows)])


def percent(value: float | None, digits: int = 2) -> str:
    return NONE if value is None else f"{100 * value:.{digits}f} %"


def of(part: int, whole: int) -> str:
    return f"{part}/{whole}" if whole else NONE


def level_tables(level: str, results: list[Result]) -> str:
    return "\n\n".join([f"## {level}", programs_table(results), fields_by_kind(results), states_line(results)])


def programs_table(results: list[Result]) -> str:
    head = ["program", "pages", "CER", "mean", "median", "any order", "WER", "lost words", "missed words", "CPU s/page", "motlan CPU", "not read", "motlan CER there"]
    return table(head, [program_row(Sum.of(program, results)) for program in PROGRAMS if Sum.of(program, results).scans])


def program_row(one: Sum) -> list[str]:
    pages, total = one.pages(), one.total()
    rates = [page.cer for page in pages]
    ratio = cpu_ratio(one.scans, one.program)
    return [
        one.program,
        str(len(pages)),
        *map(percent, [total.cer, statistics.mean(rates), statistics.median(rates), total.any_order_cer, total.wer, total.lost, total.missed]),
        f"{one.cpu_s() / len(pages):.2f}",
        f"{ratio:.2f} ×" if ratio is not None and one.program != MOTLAN else NONE,
        str(one.failures()),
        percent(Sum(MOTLAN, one.scans).total().cer),
    ]


def fields_by_kind(results: list[Result]) -> str:
    outcomes = [one for result in results for one in result.outcomes]
    rows = [fields_row("motlan: proposed exactly", outcomes, lambda one: one.exact)]
    for program in PROGRAMS:
        asked = [one for one in outcomes if program in one.in_text]
        if asked:
            rows.append(fields_row(f"{program}: stands in the text", asked, lambda one, program=program: one.in_text[program]))
    return table(["fields", *KINDS, "all", "all %"], rows)


def fields_row(name: str, outcomes: list[Outcome], is_right: Callable[[Outcome], bool]) -> list[str]:
    def counted(some: list[Outcome]) -> tuple[int, int]:
        return sum(map(is_right, some)), len(some)

    by_kind = [of(*counted([one for one in outcomes if one.kind == kind])) for kind in KINDS]
    return [name, *by_kind, of(*counted(outcomes)), percent(share(*counted(outcomes)), 1)]


def states_line(results: list[Result]) -> str:
    pages = [page for result in results for page in result.pages()]
    states = [page["state"] for page, _ in pages]
    done = [score for page, score in pages if page["state"] == "done"]
    return (
        f"motlan: document type right {of(sum(result.type_is_right for result in results), len(results))}; "
        f"pages done {states.count('done')}, needs_review {states.count('needs_review')}, failed {states.count('failed')}; "
        f"of the done, {sum(one.missed_words > 0 for one in done)} miss a word (a false “done”) "
        f"and {sum(one.lost_words > 0 for one in done)} have a word misread or missed"
    )


def keys_table(results: list[Result]) -> str:
    """By document type and key, worst first; those that are always right are counted only."""
    groups: dict[tuple[str, str], list[Outcome]] = {}
    for result in results:
        for one in result.outcomes:
            groups.setdefault((result.case.document_type, one.key), []).append(one)
    wrong = [group for group in groups.items() if not all(one.exact for one in group[1])]
    ordered = sorted(wrong, key=lambda group: (exact_share(group[1]), -len(group[1]), group[0]))
    shown = table(
        ["type, field", "kind", "exact", "exact %", "no proposal", "wrong, told", "wrong, untold", "in motlan's text", "in tesseract's"],
        [key_row(f"{kind} {key}", outcomes) for (kind, key), outcomes in ordered],
    )
    return f"{shown}\n\nThe other {len(groups) - len(wrong)} of {len(groups)} fields were exact on every paper."


def key_row(name: str, outcomes: list[Outcome]) -> list[str]:
    """A wrong proposal is told when a check of its own doubts it."""
    wrong = [one for one in outcomes if one.proposed is not None and not one.exact]
    in_text = [[one.in_text[program] for one in outcomes if program in one.in_text] for program in [MOTLAN, TESSERACT]]
    return [
        name,
        outcomes[0].kind,
        of(sum(one.exact for one in outcomes), len(outcomes)),
        percent(exact_share(outcomes), 0),
        str(sum(one.proposed is None for one in outcomes)),
        str(sum(bool(one.doubts) for one in wrong)),
        str(sum(not one.doubts for one in wrong)),
        *(of(sum(asked), len(asked)) for asked in in_text),
    ]


def types_table(results: list[Result]) -> str:
    by_type: dict[str, list[Result]] = {}
    for result in results:
        by_type.setdefault(result.case.document_type, []).append(result)
    rows = []
    for kind, some in sorted(by_type.items()):
        outcomes = [one for result in some for one in result.outcomes]
        kinds = [of(sum(one.exact for one in outcomes if one.kind == kind), sum(one.kind == kind for one in outcomes)) for kind in KINDS]
        right = of(sum(result.type_is_right for result in some), len(some))
        rows.append([kind, right, percent(Sum(MOTLAN, some).total().cer), *kinds, percent(exact_share(outcomes), 1)])
    return table(["document type", "type right", "CER", *KINDS, "all fields"], rows)


def files_table(results: list[Result]) -> str:
    rows = []
    for result in results:
        total, states = result.readings[MOTLAN].total, [page["state"] for page, _ in result.pages()]
        found = result.described.get("document_type", NONE)
        kind = found if result.type_is_right else f"{found} instead of {result.case.document_type}"
        kinds = [of(sum(one.exact for one in result.outcomes if one.kind == kind), sum(one.kind == kind for one in result.outcomes)) for kind in KINDS]
        rows.append([result.case.name, kind, percent(total.cer), percent(total.any_order_cer), str(total.missed_words), *kinds, " ".join(states) or "refused"])
    return table(["file", "type", "CER", "any order", "missed", *KINDS, "state"], rows)


def goals_table(goals: list[Goal]) -> str:
    return table(["goal", "bar", "measured", "over", "result"], [[one.what, one.bar, one.measured, one.over, one.verdict()] for one in goals])


def pairs_tables(pairs: list[Pair]) -> str:
    faults = {
        "red seal over the text": change(pairs, BARE, SEALED),
        "1° of skew": change(pairs, STRAIGHT, SKEWED),
        "back side seen through thin paper": change(pairs, THICK, THIN),
        "worn fold": change(pairs, FLAT, WORN),
        "dirty fold": change(pairs, FLAT, DIRTY),
    }
    rows = [change_row(name, one) for name, one in faults.items() if one.without]
    rows += [
        [*change_row(f"turned by {turn.degrees}°", turn.change), of(turn.same_text, len(turn.change.with_it)), str(turn.wrongly_turned)]
        for turn in turns(pairs)
        if turn.change.without
    ]
    head = ["motlan on the same page with", "pairs", "CER without", "CER with", "times", "pages worse", "same text", "not upright"]
    return table(head, [row + [NONE] * (len(head) - len(row)) for row in rows])


def change_row(name: str, one: Change) -> list[str]:
    without, with_it = one.cer()
    times = one.times()
    return [name, str(len(one.without)), percent(without), percent(with_it), f"{times:.2f} ×", str(one.worse())]
