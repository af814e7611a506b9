"""Do the measures of searching measure, and is every query judged? `scripts/test.sh` runs this."""

import unittest

from eval_search import ndcg, recall
from search_papers import distractors, fixed_papers, plain, queries, unjudged


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

    def test_grades_name_papers_that_are_meant(self) -> None:
        asked = queries()
        papers = {one.key: one for one in fixed_papers(3, asked)}
        for query in asked:
            self.assertLessEqual(set(query.grades), set(papers), query.text)
        for paper in papers.values():
            self.assertEqual(unjudged(paper, asked), [], paper.key)

    def test_distractors_are_not_meant(self) -> None:
        asked = queries()
        for paper in distractors(3, 100, asked):
            self.assertEqual(unjudged(paper, asked), [], paper.key)

    def test_spellings_are_one(self) -> None:
        self.assertEqual(plain("UBND P. Bến Mơ, 05/04/2023"), plain("Uỷ ban nhân dân phường Bến Mơ ngày 5 tháng 4 năm 2023").replace("ngay ", ""))


if __name__ == "__main__":
    unittest.main()
