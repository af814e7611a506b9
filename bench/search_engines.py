"""The same papers and queries in three engines: ours, SQLite FTS5 and PostgreSQL full text.

Each takes a list of papers and gives, for each query, places of ten of them. The other two are asked as someone who means well with them would
ask: all words first, then, where that gives fewer than ten papers, any of the words; what stands in quotation marks or is written together is a
phrase; title and number weigh more than the page. Filters are columns beside the text.
"""

import csv
import io
import json
import re
import sqlite3
import subprocess
import tempfile
import unicodedata
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from search_papers import ROOT, Paper, Query

HITS = 10

# What a match in title, number and agency, and page is worth: to bm25 of FTS5, and to ts_rank_cd as the labels D, C, B, A.
BM25_WEIGHTS = "4.0, 4.0, 1.0"
RANK_WEIGHTS = "{0.1, 0.1, 0.4, 0.4}"


def ours(measure: Path, papers: list[Paper], queries: list[Query]) -> list[list[int]]:
    with tempfile.TemporaryDirectory() as folder:
        files = Path(folder, "papers.jsonl"), Path(folder, "queries.jsonl")
        write_lines(files[0], map(asdict, papers))
        write_lines(files[1], ({"text": one.text, "filters": one.filters} for one in queries))
        answer = subprocess.run([measure, "answer", *files], check=True, capture_output=True, text=True).stdout
    return [json.loads(line)["hits"] for line in answer.splitlines()]


def write_lines(file: Path, values: Iterable[dict]) -> None:
    with file.open("w") as out:
        out.writelines(json.dumps(value, ensure_ascii=False) + "\n" for value in values)


def known(paper: Paper) -> str:
    """Number, agency and whose it is."""
    return " ".join(one for one in [paper.number, paper.agency, paper.subject] if one)


def parts(text: str) -> list[list[str]]:
    """Words of a query, those that belong together as one part."""
    found = []
    for nth, piece in enumerate(text.split('"')):
        chunks = [piece] if nth % 2 else re.split(r"[\s,;:()]+", piece)
        found += [words for chunk in chunks if (words := re.findall(r"[^\W_]+", chunk))]
    return found


def bare(text: str) -> str:
    """Small letters without marks: agencies are compared so."""
    text = unicodedata.normalize("NFD", text.lower()).replace("đ", "d")
    return "".join(letter for letter in text if not unicodedata.combining(letter))


# --- SQLite ------------------------------------------------------------------------------------------------------------------------


def fts5(papers: list[Paper], queries: list[Query]) -> list[list[int]]:
    base = sqlite3.connect(":memory:")
    fts5_tables(base)
    for place, one in enumerate(papers):
        fts5_row(base, place, one)
    return [fts5_answer(base, query) for query in queries]


def fts5_tables(base: sqlite3.Connection) -> None:
    base.execute("create table paper (place integer primary key, type text, day text, agency text)")
    base.execute("create virtual table words using fts5(title, known, body, content='', tokenize='unicode61 remove_diacritics 2')")


def fts5_row(base: sqlite3.Connection, place: int, one: Paper) -> None:
    base.execute("insert into paper values (?, ?, ?, ?)", (place, one.type, one.issued_on, bare(one.agency or "")))
    base.execute("insert into words (rowid, title, known, body) values (?, ?, ?, ?)", (place, one.title, known(one), one.text))


def fts5_query(query: Query, glue: str = " AND ") -> tuple[str, list]:
    """SQL and its values for the papers that have all (` AND `) or any (` OR `) of the words."""
    where, values = "", []
    if "type" in query.filters:
        where, values = where + " and type = ?", [*values, query.filters["type"]]
    if "year" in query.filters:
        where, values = where + " and day like ?", [*values, f"{query.filters['year']}-%"]
    if "agency" in query.filters:
        where, values = where + " and agency like ?", [*values, f"%{bare(str(query.filters['agency']))}%"]
    match = glue.join('"' + " ".join(words) + '"' for words in parts(query.text))
    statement = (
        f"select place from words join paper on place = words.rowid where words match ? {where}"
        f" order by bm25(words, {BM25_WEIGHTS}) limit {2 * HITS}"
    )
    return statement, [match, *values]


def fts5_answer(base: sqlite3.Connection, query: Query) -> list[int]:
    found: list[int] = []
    for glue in [" AND ", " OR "]:
        rows = base.execute(*fts5_query(query, glue))
        found += [place for (place,) in rows if place not in found]
        if len(found) >= HITS:
            break
    return found[:HITS]


# --- PostgreSQL ----------------------------------------------------------------------------------------------------------------------

TABLES = """
create extension if not exists unaccent;
create text search configuration plain_words (copy = simple);
alter text search configuration plain_words alter mapping for hword, hword_part, word, asciihword, hword_asciipart, asciiword with unaccent, simple;
create table paper (place int primary key, type text, day date, agency text, title text, known text, body text, words tsvector);
"""


class Postgres:
    """A fresh server of scripts/postgres.sh, spoken to with psql; it goes when this is closed."""

    def __init__(self) -> None:
        self.server = subprocess.Popen([ROOT / "scripts" / "postgres.sh", "--quick"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.server.stdout
        self.address = self.server.stdout.readline().strip()

    def __enter__(self) -> "Postgres":
        return self

    def __exit__(self, *_: object) -> None:
        assert self.server.stdin
        self.server.stdin.close()
        self.server.wait()

    def run(self, script: str) -> str:
        told = ["psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1", self.address]
        done = subprocess.run(told, input=script, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout


def postgres(papers: list[Paper], queries: list[Query]) -> list[list[int]]:
    with Postgres() as server:
        server.run(TABLES + copied(papers))
        return [postgres_answer(server, query) for query in queries]


def copied(papers: Iterable[Paper], first: int = 0) -> str:
    """The papers as a script; signs that stand inside numbers are spaces, for the parser takes them for paths and signs of numbers."""
    rows = io.StringIO()
    table = csv.writer(rows, lineterminator="\n")
    for place, one in enumerate(papers, first):
        texts = [re.sub(r"[/.\-]", " ", text) for text in (one.title, known(one), one.text)]
        table.writerow([place, one.type, one.issued_on, bare(one.agency or ""), *texts])
    return (
        "copy paper (place, type, day, agency, title, known, body) from stdin csv;\n" + rows.getvalue() + "\\.\n"
        "update paper set words = setweight(to_tsvector('plain_words', title), 'A') || setweight(to_tsvector('plain_words', known), 'B')"
        " || to_tsvector('plain_words', body) where words is null;\n"
        "create index if not exists paper_words on paper using gin (words);\nanalyze paper;\n"
    )


def postgres_query(query: Query, place_limit: int = HITS, glue: str = "&&") -> str:
    """SQL for the papers that have all (`&&`) or any (`||`) of the words."""
    where = ""
    if "type" in query.filters:
        where += f" and type = {quoted(str(query.filters['type']))}"
    if "year" in query.filters:
        where += f" and extract(year from day) = {query.filters['year']}"
    if "agency" in query.filters:
        where += f" and agency like {quoted('%' + bare(str(query.filters['agency'])) + '%')}"
    wanted = glue.join(f"phraseto_tsquery('plain_words', {quoted(' '.join(words))})" for words in parts(query.text))
    return (
        f"select place from paper, (select {wanted} as wanted) one where words @@ wanted {where}"
        f" order by ts_rank_cd('{RANK_WEIGHTS}', words, wanted) desc, place limit {place_limit};"
    )


def postgres_answer(server: Postgres, query: Query) -> list[int]:
    found: list[int] = []
    for glue in ["&&", "||"]:
        rows = [int(line) for line in server.run(postgres_query(query, 2 * HITS, glue)).split()]
        found += [place for place in rows if place not in found]
        if len(found) >= HITS:
            break
    return found[:HITS]


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
