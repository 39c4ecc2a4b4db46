"""The workshop guide's order, and the trend of past reviews."""

from scanner.review.guide import Worth, guide
from scanner.review.history import Point, trend
from tests.reviews import answer, fact, finding, refusal, review

FAILS = finding(("kms.keys_rotate", "arn:key", "fails", "rotation is off"))
UNKNOWN = finding(("rds.is_encrypted", "region:eu-west-1", "unknown", "rds:DescribeDBInstances was refused"))
HOLDS = finding(("s3.is_closed", "arn:bucket", "holds", "blocked"))
HINT = finding(("s3.is_logged", "arn:bucket", "fails", "no log"))


def test_what_is_worth_most_comes_first() -> None:
    answers = [
        answer("SEC01-BP01", [], ask=("Who decides?",)),
        answer("SEC02-BP01", [UNKNOWN], claimed=True),
        answer("SEC03-BP01", [FAILS], claimed=False),
        answer("SEC04-BP01", [HOLDS], claimed=True),
        answer("SEC05-BP01", [HOLDS], claimed=True),
        answer("SEC05-BP02", [FAILS], claimed=True, rating="Medium"),
        answer("SEC05-BP03", [FAILS], claimed=True, hints=(HINT.id,), facts=("kms.keys",)),
    ]
    talks = guide(review(answers, [FAILS, UNKNOWN, HOLDS, HINT], facts=(fact("kms.keys", "3 keys"),)))
    assert [(talk.question.number, talk.worth) for talk in talks] == [
        ("SEC05", Worth.CONTRADICTED),
        ("SEC03", Worth.REFUTED),
        ("SEC02", Worth.UNKNOWN),
        ("SEC01", Worth.INTERVIEW),
        ("SEC04", Worth.MET),
    ]
    first = talks[0].topics
    assert [topic.answer.label for topic in first] == ["SEC05-BP03", "SEC05-BP02", "SEC05-BP01"]
    assert (first[0].failing, first[0].hints, first[0].facts[0].says) == ((FAILS,), (HINT,), "3 keys")
    assert first[2].holding == (HOLDS,)
    assert talks[2].topics[0].unseen == ("rds:DescribeDBInstances was refused",)
    assert talks[3].topics[0].asks == ("Who decides?",)


def test_past_reviews_are_a_trend_from_the_oldest_on() -> None:
    old = review([answer("SEC01-BP01", [FAILS]), answer("REL01-BP01", [FAILS])], [FAILS], at="2026-01-01T00:00:00Z")
    new = review([answer("SEC01-BP01", [HOLDS])], [HOLDS], at="2026-02-01T00:00:00Z", refusals=(refusal("a:B"),))
    none = {"HIGH": 0, "MEDIUM": 0, "UNPROVEN": 0, "NONE": 0}
    assert trend([new, old, new]) == (
        Point(old.scan.at, "ab" * 32, {**none, "HIGH": 2}, {"security": 1, "reliability": 1}, 2, 0),
        Point(new.scan.at, "ab" * 32, {**none, "UNPROVEN": 1}, {}, 0, 1),
    )
