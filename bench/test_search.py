"""Do the measures of searching measure, and is every query judged? `scripts/test.sh` runs this."""

import unittest
from dataclasses import replace

from eval_search import ndcg, recall
from search_papers import REPLACED, SCATTERED, distractors, fixed_papers, plain, queries, sample_papers, unjudged


class Measures(unittest.TestCase):
    def check(self, found: str, expected_recall: float, expected_ndcg: float) -> None:
        grades = {"a": 3, "b": 2, "c": 1}
        self.assertAlmostEqual(recall(found.split(), grades), expected_recall, places=3)
        self.assertAlmostEqual(ndcg(found.split(), grades), expected_ndcg, places=3)

    def test_known(self) -> None:
        self.check("a b c", 1, 1)
        self.check("", 0, 0)
        self.check("c", 0, 1 / 9.393)
        self.check("b a c", 1, (3 + 7 / 1.585 + 0.5) / 9.393)
        self.check("x x x x x x x x x x a b", 0, 0)


class Judgement(unittest.TestCase):
    def test_every_class_has_queries(self) -> None:
        asked = queries()
        self.assertGreaterEqual(len(asked), 60)
        for kind in {one.kind for one in asked}:
            self.assertGreaterEqual(sum(one.kind == kind for one in asked), 6, kind)

    def test_grades_name_papers(self) -> None:
        asked = queries()
        papers = {one.key: one for one in fixed_papers(3, asked)}
        for query in asked:
            self.assertLessEqual(set(query.grades), set(papers), query.text)
        for sample in sample_papers():
            self.assertEqual(unjudged(sample, asked), [], sample.key)

    def test_a_paper_that_is_meant_and_not_named_is_told(self) -> None:
        asked = queries()
        papers = {one.key: one for one in fixed_papers(3, asked)}
        told = 0
        for query in asked:
            for key in query.grades:
                told += query.text in unjudged(replace(papers[key], key="another"), asked)
        # The rest are papers that were misread, or that mean the same in other words.
        self.assertGreater(told, 0.9 * sum(len(one.grades) for one in asked))

    def test_distractors_have_the_words_and_are_not_meant(self) -> None:
        asked = queries()
        drawn = list(distractors(3, 100, asked))
        self.assertEqual(len({one.key for one in drawn}), 100)
        # The first are drawn around the first queries.
        for query in asked[: 100 // (SCATTERED + REPLACED)]:
            words = {word for need in query.needs for word in plain(need).split()}
            near = [one for one in drawn if words <= set(one.everything().split())]
            self.assertGreaterEqual(len(near), SCATTERED, query.text)
            self.assertFalse(any(query.means(one, one.everything()) for one in near), query.text)

    def test_spellings_are_one(self) -> None:
        self.assertEqual(plain("UBND P. Bến Mơ, 05/04/2023"), plain("Uỷ ban nhân dân phường Bến Mơ ngày 5 tháng 4 năm 2023").replace("ngay ", ""))


if __name__ == "__main__":
    unittest.main()
