#!/usr/bin/env python3
"""How fast is the index filled, and how fast does it answer? Beside SQLite FTS5 and PostgreSQL full text, on papers of the same making.

    python bench/bench_search.py --measure target/release/examples/measure --count 200000

The other two get fewer papers (`--others`), because loading takes them longer; the table says how many. Times are those of the query alone: in
SQLite on this thread, in PostgreSQL as its own `explain (analyze)` tells them.
"""

import argparse
import json
import re
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from search_engines import HITS, TABLES, Postgres, copied, fts5_query, fts5_row, fts5_tables, postgres_query
from search_papers import Paper, Query

BATCH = 1_000


def main() -> None:
    told = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    told.add_argument("--measure", type=Path, required=True, help="the built example `measure` of the search crate")
    told.add_argument("--count", type=int, default=200_000, help="papers in our index")
    told.add_argument("--others", type=int, default=20_000, help="papers in the other two")
    options = told.parse_args()
    others = min(options.others, options.count)
    with tempfile.TemporaryDirectory() as folder:
        ran = subprocess.run([options.measure, "speed", Path(folder, "index"), str(options.count)], check=True, capture_output=True, text=True)
    ours = [json.loads(line) for line in ran.stdout.splitlines()]
    papers = [paper(json.loads(line)) for line in lines(options.measure, "papers", others)]
    asked = [json.loads(line) for line in lines(options.measure, "questions", others)]
    filling = ours.pop(0)
    print(
        f"{options.count} papers in our index: {filling['a_cpu_second']:.0f} a CPU second, {filling['a_second']:.0f} a second,"
        f" {filling['bytes_a_paper']} bytes a paper\n"
    )
    print("| question | p50 ms | p99 ms | CPU p50 ms | CPU p99 ms | hits |\n|---|---:|---:|---:|---:|---:|")
    for row in ours:
        print(f"| {row['kind']} | {row['p50_ms']:.2f} | {row['p99_ms']:.2f} | {row['p50_cpu_ms']:.2f} | {row['p99_cpu_ms']:.2f} | {row['found']:.0f} |")
    print(f"\n{others} papers in each of the others:\n")
    sqlite, postgres = fts5_times(papers, asked), postgres_times(papers, asked)
    print("| question | FTS5 p50 ms | FTS5 p99 ms | PostgreSQL p50 ms | PostgreSQL p99 ms |\n|---|---:|---:|---:|---:|")
    for kind in sqlite:
        times = [*percentiles(sqlite[kind]), *percentiles(postgres[kind])]
        print(f"| {kind} | " + " | ".join(f"{one:.2f}" for one in times) + " |")


def lines(measure: Path, what: str, count: int) -> list[str]:
    return subprocess.run([measure, what, str(count)], check=True, capture_output=True, text=True).stdout.splitlines()


def paper(row: dict) -> Paper:
    return Paper(**row)


def queries(one: dict) -> dict[str, Query]:
    """What is asked of the other engines, by the names that the questions of ours have."""

    def query(text: str, **filters: str) -> Query:
        return Query(text, "", [], {}, text, filters)

    return {
        "exact number": query(one["number"]),
        "words, scope of one agency": query(one["words"], agency=one["agency"]),
        "words, everything": query(one["words"]),
        "phrase, everything": query('"' + one["phrase"] + '"'),
    }


def measured(asked: list[dict], time_of: Callable[[Query], float]) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {}
    for one in asked:
        for kind, query in queries(one).items():
            times.setdefault(kind, []).append(time_of(query))
    return times


def fts5_times(papers: list[Paper], asked: list[dict]) -> dict[str, list[float]]:
    with tempfile.TemporaryDirectory() as folder:
        base = sqlite3.connect(Path(folder, "papers"))
        fts5_tables(base)
        started = time.process_time()
        for first in range(0, len(papers), BATCH):
            for place, one in enumerate(papers[first : first + BATCH], first):
                fts5_row(base, place, one)
            base.commit()
        print(f"FTS5: {len(papers) / (time.process_time() - started):.0f} papers a CPU second, {Path(folder, 'papers').stat().st_size // len(papers)} bytes a paper")

        def time_of(query: Query) -> float:
            statement, values = fts5_query(query)
            start = time.perf_counter()
            base.execute(statement, values).fetchall()
            return 1e3 * (time.perf_counter() - start)

        return measured(asked, time_of)


def postgres_times(papers: list[Paper], asked: list[dict]) -> dict[str, list[float]]:
    with Postgres() as server:
        server.run(TABLES)
        started = time.perf_counter()
        server.run(copied(papers))
        size = int(server.run("select pg_total_relation_size('paper');"))
        print(f"PostgreSQL: {len(papers) / (time.perf_counter() - started):.0f} papers a second, {size // len(papers)} bytes a paper with their text\n")
        wanted = [query for one in asked for query in queries(one).values()]
        script = "".join("explain (analyze, timing off, summary on) " + postgres_query(query, 2 * HITS) + "\n" for query in wanted)
        times = [float(found) for found in re.findall(r"Execution Time: ([\d.]+) ms", server.run(script))]
        kinds = list(queries(asked[0]))
        return {kind: times[at :: len(kinds)] for at, kind in enumerate(kinds)}


def percentiles(times: list[float]) -> tuple[float, float]:
    times = sorted(times)
    return times[len(times) // 2], times[min(len(times) * 99 // 100, len(times) - 1)]


if __name__ == "__main__":
    main()
