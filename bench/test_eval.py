"""Is a run summed up, judged and told as it happened? With made-up readings; `scripts/test.sh` runs this."""

import json
import stat
import tempfile
import unittest
from pathlib import Path

import goals
from fields import outcome
from measures import score
from pairs import change, pairs_of, turns
from programs import MOTLAN, STRAIGHTENED, TESSERACT, Run
from reading import Reading, Result, read, reading
from record import described
from sums import Sum, cpu_ratio
from truth import Case, find_cases, seed_note
from worst import differences, worst_fields, worst_pages


def case(expected: str = "Họ tên: An", **more) -> Case:
    told = {"name": "300/form", "file": Path("form.jpg"), "level": "300", "document_type": "KS", "pages": (expected,), "fields": {}}
    return Case(**(told | {"dpi": 300, "seed": 1000, "pair": None, "variant": None} | more))


def result(read_text: str, of: Case | None = None, state: str = "done", cpu_s: dict | None = None, **page) -> Result:
    of = of or case()
    cpu_s = cpu_s or {MOTLAN: 1.0}
    readings = {program: Reading([read_text], [score(of.pages[0], read_text)], seconds, None) for program, seconds in cpu_s.items()}
    page = {"state": state, "reasons": [], "rotation_degrees": 0, "source": "scan", "text": read_text} | page
    return Result(of, readings, {"document_type": "KS", "pages": [page], "fields": []}, [])


def verdicts(results: list[Result]) -> dict[str, bool | None]:
    generated = [one for one in results if not one.case.pair]
    return {one.what: one.met for one in goals.goals(generated, pairs_of(results))}


class Sums(unittest.TestCase):
    def test_a_program_is_judged_by_what_it_read(self) -> None:
        asked, not_asked = result("Họ tên: An", cpu_s={MOTLAN: 1, TESSERACT: 2}), result("Họ tên: Ân")
        self.assertEqual(Sum.of(TESSERACT, [asked, not_asked]).total().cer, 0)
        self.assertEqual(Sum.of(MOTLAN, [asked, not_asked]).total().cer, 0.05)
        self.assertEqual(cpu_ratio([asked, not_asked], TESSERACT), 0.5)

    def test_cpu_of_a_refusal_counts_for_nobody(self) -> None:
        refused = result("", cpu_s={MOTLAN: 1, TESSERACT: 2})
        refused.readings[TESSERACT].failure = "cannot read"
        self.assertIsNone(cpu_ratio([refused], TESSERACT))

    def test_pages_too_few_and_too_many(self) -> None:
        two = case(pages=("một", "hai"))
        self.assertEqual(reading(two, ["một"], Run("", 1, 1), False).pages, ["một", ""])
        self.assertEqual(reading(two, ["một", "hai", "ba"], Run("", 1, 1), False).pages, ["một", "hai\nba"])


class Goals(unittest.TestCase):
    def check(self, what: str, results: list[Result], met: bool | None) -> None:
        self.assertIs(verdicts(results)[what], met, what)

    def test_letters(self) -> None:
        self.check("CER, 300", [result("Họ tên: An")], True)
        self.check("CER, 300", [result("Họ tên: Ân")], False)
        self.check("CER, clean", [result("Họ tên: An")], None)

    def test_done(self) -> None:
        self.check("pages called done that miss a word", [result("Họ tên:")], False)
        self.check("pages called done that miss a word", [result("Họ tên: Ân")], True)
        self.check("pages called done that miss a word", [result("Họ tên:", state="needs_review")], None)

    def test_cpu(self) -> None:
        quick = result("", cpu_s={MOTLAN: 1, TESSERACT: 1, STRAIGHTENED: 4})
        slow = result("", cpu_s={MOTLAN: 1.1, TESSERACT: 1, STRAIGHTENED: 4})
        for what in ["CPU, times tesseract", "CPU, times less than ocrmypdf --deskew --rotate-pages"]:
            self.check(what, [quick], True)
            self.check(what, [slow], False)

    def test_fields(self) -> None:
        right, wrong = result("An"), result("An")
        right.outcomes = [outcome("full_name", "An", [{"key": "full_name", "value": "An"}], {MOTLAN: "An"})]
        wrong.outcomes = [outcome("full_name", "An", [], {MOTLAN: "An"})]
        self.check("names exact, ordinary scans", [right], True)
        self.check("names exact, ordinary scans", [right, wrong], False)
        self.check("dates exact, ordinary scans", [right, wrong], None)
        self.assertEqual([one.key for _, one in worst_fields([right, wrong], 5)], ["full_name"])


class Pairs(unittest.TestCase):
    def pair(self, name: str, **read_text: str) -> list[Result]:
        return [result(text, case(pair=name, variant=variant.lstrip("_"), level="pairs")) for variant, text in read_text.items()]

    def test_seal(self) -> None:
        pairs = self.pair("a", bare="Họ tên: Ân", sealed="Họ tên: Ôn")
        self.assertEqual(change(pairs_of(pairs), "bare", "sealed").times(), 1)
        self.assertIs(verdicts(pairs)["CER under a red seal"], True)
        pairs = self.pair("a", bare="Họ tên: Ân", sealed="Hô tên: Ân")
        self.assertIs(verdicts(pairs)["CER under a red seal"], False)

    def test_a_seal_that_costs_letters_where_none_was_wrong(self) -> None:
        pairs = self.pair("a", bare="Họ tên: An", sealed="Họ tên: Ân")
        self.assertIs(verdicts(pairs)["CER under a red seal"], False)
        pairs = self.pair("a", bare="Họ tên: An", sealed="Họ tên: An")
        self.assertIs(verdicts(pairs)["CER under a red seal"], True)

    def test_skew(self) -> None:
        self.assertIs(verdicts(self.pair("a", straight="Họ tên: Ân", skewed="Họ tên: An"))["skewed by 1°: not worse"], True)
        self.assertIs(verdicts(self.pair("a", straight="Họ tên: An", skewed="Họ tên: Ân"))["skewed by 1°: not worse"], False)

    def test_turns(self) -> None:
        pairs = self.pair("a", _0="Họ tên: Ân", _90="Họ  tên: Ân", _180="Họ tên: An")
        quarter, half, _ = turns(pairs_of(pairs))
        self.assertEqual((quarter.same_text, quarter.wrongly_turned, half.same_text), (1, 1, 0))
        pairs[1].described["pages"][0]["rotation_degrees"] = 270
        self.assertEqual(turns(pairs_of(pairs))[0].wrongly_turned, 0)

    def test_half_a_pair_is_none(self) -> None:
        self.assertIs(verdicts(self.pair("a", bare="An"))["CER under a red seal"], None)


class Telling(unittest.TestCase):
    def test_differences(self) -> None:
        found = differences("UBND XÃ A\nSố: 12\nKính gửi: Ông An\nHết", "Kính gửi: Ông Ân\nUBND XÃ A CỘNG HÒA\nSố:  12")
        self.assertEqual([(one.expected, one.read) for one in found], [("Kính gửi: Ông An", "Kính gửi: Ông Ân"), ("Hết", "")])

    def test_worst_pages(self) -> None:
        bad, good, perfect = result(""), result("Họ tên: Ân"), result("Họ tên: An")
        self.assertEqual(worst_pages([good, perfect, bad], 5), [(bad, 0), (good, 0)])

    def test_seeds(self) -> None:
        self.assertIn("held out", seed_note({1000, 1001}))
        self.assertIn("not for reports", seed_note({2, 1000}))
        self.assertIn("neither", seed_note({77}))

    def test_json(self) -> None:
        told = json.loads(json.dumps(described([result("Họ tên: Ân", cpu_s={MOTLAN: 1, TESSERACT: 2})])))
        self.assertEqual(told["levels"]["300"]["motlan"]["cer"], 0.1)
        self.assertEqual(told["files"][0]["readings"]["tesseract"]["cpu_s"], 2)


class Programs(unittest.TestCase):
    """A folder with one scan, and a program in motlan's place."""

    def read(self, script: str) -> Result:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "form.expected.json").write_text('{"document_type": "KS", "dpi": 300, "level": "300", "seed": 1000, "fields": {"full_name": "An"}}')
            (folder / "form.expected.txt").write_text("Họ tên: An")
            (folder / "form.jpg").write_bytes(b"")
            program = folder / "motlan"
            program.write_text(f"#!/bin/sh\n{script}\n")
            program.chmod(program.stat().st_mode | stat.S_IXUSR)
            [one] = find_cases([folder])
            return read(one, program, set(), folder)

    def test_read(self) -> None:
        page = '{"state": "done", "reasons": [], "source": "scan", "text": "Họ tên: An"}'
        told = self.read(f"""echo '{{"document_type": "KS", "pages": [{page}], "fields": [{{"key": "full_name", "value": "An"}}]}}'""")
        self.assertEqual((told.readings[MOTLAN].total.cer, told.type_is_right, told.outcomes[0].exact), (0, True, True))

    def test_refused(self) -> None:
        told = self.read("echo 'cannot read it' >&2; exit 1")
        self.assertEqual((told.readings[MOTLAN].failure, told.readings[MOTLAN].total.cer), ("cannot read it", 1))
        self.assertEqual(verdicts([told])["CER, 300"], False)

    def test_cpu_of_children_counts(self) -> None:
        told = self.read("sh -c 'i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done'")
        self.assertGreater(told.readings[MOTLAN].cpu_s, 0.02)


if __name__ == "__main__":
    unittest.main()
