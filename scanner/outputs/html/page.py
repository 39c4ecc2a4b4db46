"""The report and the guide as text. Everything that comes from an account is escaped by the templates, whatever it is."""

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from scanner.evidence.reading import Reading
from scanner.judge.catalogue import PILLARS
from scanner.outputs.html.charts import pillar_bars, trend_columns
from scanner.outputs.html.island import answer_text, island
from scanner.review.document import AnswerEntry, FindingEntry, QuestionEntry, Review
from scanner.review.guide import Worth, guide
from scanner.review.history import Point
from scanner.review.roadmap import QUADRANTS, Item, roadmap
from scanner.review.services import service_name
from scanner.review.text import short

MOST_SHOWN = 10  # resources of one practice before the table is pointed at
STANCES = ("verified", "supported", "refuted", "unknown", "not applicable", "ask")
VERDICTS = ("fails", "unknown", "holds", "not applicable")


@dataclass(frozen=True)
class Around:
    """What stands beside a review in its report: the readings behind it, past reviews, and what people plan."""

    readings: Sequence[Reading] = ()
    history: Sequence[Point] = ()
    plans: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # roadmap.yaml: check → owner, ticket, due …


@dataclass(frozen=True, slots=True)
class Failure:
    """A failing finding with the first reading behind it."""

    finding: FindingEntry
    reading: Reading | None
    answer: str


@dataclass(frozen=True, slots=True)
class Issue:
    """One HRI, for its own page."""

    question: QuestionEntry
    practices: tuple[tuple[AnswerEntry, tuple[Failure, ...], int], ...]  # with how many failures are not shown
    items: tuple[Item, ...]


def report_html(review: Review, around: Around | None = None) -> str:
    """One file: no request to anywhere, a content-security policy that allows only what is in it."""
    around = around or Around()
    items = roadmap(review)
    style, script = _asset("report.css") + _tables_style(), _tables_script() + _asset("report.js")
    return (
        _templates()
        .get_template("report.html.jinja")
        .render(
            review=review,
            policy=_policy(style, script),
            style=style,
            script=script,
            data=island(review, around.readings),
            bars=pillar_bars(review.questions),
            trend=trend_columns(around.history) if len(around.history) > 1 else (),
            issues=_issues(review, around.readings, items),
            over=_over_claimed(review),
            pillars=_pillars(review),
            matrix={name: [item for item in items if item.quadrant == name] for name in QUADRANTS},
            items=items,
            plans=around.plans,
            refusals=_refusals(review),
            decrypt=[fact for fact in review.facts if fact.fact.startswith("access.")],
            stances=_counts((answer.stance for answer in review.answers), STANCES),
            verdicts=_counts((finding.verdict for finding in review.findings), VERDICTS),
            risks=_counts((question.risk for question in review.questions), ("HIGH", "MEDIUM", "UNPROVEN", "NONE")),
            claimed=any(question.claimed_risk != "UNANSWERED" for question in review.questions),
        )
    )


def guide_html(review: Review) -> str:
    """The workshop guide as a page to print and write on."""
    style = _asset("report.css")
    return (
        _templates()
        .get_template("guide.html.jinja")
        .render(review=review, policy=_policy(style), style=style, talks=guide(review), Worth=Worth, most=MOST_SHOWN)
    )


def _policy(style: str, script: str = "") -> str:
    scripts = f"script-src '{_hash(script)}'; " if script else ""
    return (
        f"default-src 'none'; {scripts}style-src '{_hash(style)}'; img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _asset(name: str) -> str:
    return files("scanner.outputs.html").joinpath("templates", name).read_text(encoding="utf-8")


@cache
def _tables_folder() -> Path:
    """Where itables keeps DataTables; found without importing it, which takes long."""
    spec = find_spec("itables")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("the report needs the package itables: pip install itables", name="itables")
    return Path(spec.submodule_search_locations[0]) / "html"


def _tables_style() -> str:
    return (_tables_folder() / "dt_bundle.css").read_text(encoding="utf-8")


def _tables_script() -> str:
    """DataTables as a script to which ours is added: its one export becomes a name of ours."""
    bundle = (_tables_folder() / "dt_bundle.js").read_text(encoding="utf-8")
    script, found = re.subn(
        r"export\{[^}]*?\b(\w+) as default[^}]*\}", r"const DataTable = \1;", bundle.replace("</script", r"<\/script")
    )
    if found != 1:
        raise ValueError("the installed itables is built otherwise than 2.9: its script has no single export")
    return f"{script}\n"


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("scanner.outputs.html", "templates"),
        autoescape=select_autoescape(("html", "jinja")),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["short"] = short
    environment.filters["slug"] = lambda text: re.sub(r"[^a-zA-Z0-9]+", "-", text).strip("-").lower()
    environment.filters["aws"] = service_name
    environment.filters["pillar"] = lambda name: PILLARS.get(name, name)
    return environment


def _counts(values: Iterable[str], names: Sequence[str]) -> list[tuple[str, int]]:
    counted = Counter(values)
    return [(name, counted[name]) for name in names]


def _issues(review: Review, readings: Iterable[Reading], items: Sequence[Item]) -> list[Issue]:
    findings = {finding.id: finding for finding in review.findings}
    wanted = {digest for f in review.findings if f.verdict == "fails" for digest in f.evidence}
    by_digest = {reading.digest: reading for reading in readings if reading.digest in wanted}
    issues = []
    for question in review.high_risks:
        practices = []
        for answer in review.answers:
            if answer.question != question.question or answer.stance != "refuted":
                continue
            failing = [findings[name] for name in answer.findings if findings[name].verdict == "fails"]
            shown = tuple(_failure(finding, by_digest) for finding in failing[:MOST_SHOWN])
            practices.append((answer, shown, len(failing) - len(shown)))
        mine = tuple(item for item in items if question.number in item.risks)
        issues.append(Issue(question, tuple(practices), mine))
    return issues


def _failure(finding: FindingEntry, by_digest: Mapping[str, Reading]) -> Failure:
    """With the reading that is most about the resource: the last that its check was given."""
    cited = [by_digest[digest] for digest in finding.evidence if digest in by_digest]
    reading = cited[-1] if cited else None
    return Failure(finding, reading, answer_text(reading) if reading is not None else "")


def _over_claimed(review: Review) -> list[tuple[AnswerEntry, list[FindingEntry], int]]:
    answers = {answer.choice: answer for answer in review.answers}
    findings = {finding.id: finding for finding in review.findings}
    told = []
    for entry in review.contradictions:
        if entry.kind == "over-claimed":
            failing = [findings[name] for name in entry.findings if findings[name].verdict == "fails"]
            told.append((answers[entry.choice], failing[:3], max(0, len(failing) - 3)))
    return told


def _pillars(review: Review) -> list[tuple[str, list[tuple[QuestionEntry, list[AnswerEntry]]]]]:
    by_question: dict[str, list[AnswerEntry]] = {}
    for answer in review.answers:
        by_question.setdefault(answer.question, []).append(answer)
    pillars: dict[str, list[tuple[QuestionEntry, list[AnswerEntry]]]] = {}
    for question in review.questions:
        pillars.setdefault(question.pillar, []).append((question, by_question.get(question.question, [])))
    return list(pillars.items())


def _refusals(review: Review) -> list[tuple[str, str, str, str, list[str], list[str]]]:
    """What could not be seen, an operation a line: error, what to do, where, and the practices that it leaves unknown."""
    grouped: dict[tuple[str, str, str, str], tuple[set[str], set[str]]] = {}
    for refusal in review.refusals:
        mend = f"grant {refusal.action}" if refusal.outcome == "denied" else "scan again"
        places, practices = grouped.setdefault((refusal.api, refusal.error, refusal.outcome, mend), (set(), set()))
        places.add(f"{refusal.account} {refusal.region}")
        practices.update(refusal.leaves_unknown)
    return [(*key, sorted(places), sorted(practices)) for key, (places, practices) in sorted(grouped.items())]
