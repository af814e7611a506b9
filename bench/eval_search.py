#!/usr/bin/env python3
"""How well are papers found? Recall and nDCG of judged queries, in our index, SQLite FTS5 and PostgreSQL full text.

    python bench/eval_search.py --measure target/release/examples/measure --seed 1000

`docs/measuring.md` says what the figures mean.
"""

import argparse
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import search_engines
from search_papers import papers_of, queries

# A paper of this grade is one that is looked for; lower ones are only related.
WANTED = 2
HITS = 10

# (recall, nDCG) that every class shall reach in our index.
GOALS = (0.98, 0.90)


def recall(found: Sequence[str], grades: Mapping[str, int]) -> float:
    """Share of the wanted papers among the first ten."""
    wanted = {key for key, grade in grades.items() if grade >= WANTED}
    return len(wanted & set(found[:HITS])) / min(len(wanted), HITS)


def ndcg(found: Sequence[str], grades: Mapping[str, int]) -> float:
    """Gain of the first ten, each grade as 2^grade - 1 and divided by the logarithm of its place, over that of the best order."""
    gained = sum((2 ** grades.get(key, 0) - 1) / math.log2(place + 2) for place, key in enumerate(found[:HITS]))
    best = sorted(grades.values(), reverse=True)[:HITS]
    return gained / sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(best))


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def main() -> None:
    told = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    told.add_argument("--measure", type=Path, required=True, help="the built example `measure` of the search crate")
    told.add_argument("--seed", type=int, default=1000, help="of the distractors: 1-9 are for tuning, 1000 and above for reports")
    told.add_argument("--count", type=int, default=5000, help="distractors")
    told.add_argument("--engines", default="motlan,fts5,postgres", help="which ones, with commas")
    told.add_argument("--worst", action="store_true", help="also print what was found for queries that missed a goal in our index")
    told.add_argument("--json", type=Path, help="where to leave the figures")
    options = told.parse_args()

    asked = queries()
    papers = papers_of(options.seed, options.count, asked)
    engines = {
        "motlan": lambda: search_engines.ours(options.measure, papers, asked),
        "fts5": lambda: search_engines.fts5(papers, asked),
        "postgres": lambda: search_engines.postgres(papers, asked),
    }
    figures = {}
    for name in options.engines.split(","):
        found = [[papers[place].key for place in places] for places in engines[name]()]
        figures[name] = [(recall(keys, one.grades), ndcg(keys, one.grades), keys) for keys, one in zip(found, asked, strict=True)]
    report(figures, options.seed, len(papers))
    if options.worst:
        worst(figures)
    if options.json:
        lines = [{"class": one.kind, "text": one.text} for one in asked]
        rows = {name: [dict(line, recall=of[0], ndcg=of[1], found=of[2]) for line, of in zip(lines, all_of)] for name, all_of in figures.items()}
        options.json.write_text(json.dumps({"seed": options.seed, "papers": len(papers), "engines": rows}, ensure_ascii=False, indent=1))


def report(figures: dict[str, list[tuple[float, float, list[str]]]], seed: int, papers: int) -> None:
    asked = queries()
    print(f"{len(asked)} queries, {papers} papers, seed {seed}; recall@10 / nDCG@10\n")
    print("| class | queries | " + " | ".join(figures) + " |\n|---|---:|" + "---|" * len(figures))
    kinds = list(dict.fromkeys(one.kind for one in asked))
    for kind in [*kinds, "all"]:
        rows = [nth for nth, one in enumerate(asked) if kind in (one.kind, "all")]
        cells = [f"{mean([of[nth][0] for nth in rows]):.3f} / {mean([of[nth][1] for nth in rows]):.3f}" for of in figures.values()]
        print(f"| {kind} | {len(rows)} | " + " | ".join(cells) + " |")


def worst(figures: dict[str, list[tuple[float, float, list[str]]]]) -> None:
    print()
    for one, (recalled, gain, keys) in zip(queries(), figures["motlan"], strict=True):
        if recalled < GOALS[0] or gain < GOALS[1]:
            print(f"{one.kind}: {one.text} {one.filters or ''}: {recalled:.2f} {gain:.2f}, wanted {one.grades}, found {keys}")


if __name__ == "__main__":
    main()
