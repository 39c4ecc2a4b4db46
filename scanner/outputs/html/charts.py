"""Charts as values for SVG templates: they print, and need no script."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scanner.judge.catalogue import PILLARS
from scanner.review.document import QuestionEntry
from scanner.review.history import RISKS, Point

WIDTH = 640.0


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a bar. `risk` is its class in the style sheet; `x` and `width` are in the drawing's units."""

    risk: str
    count: int
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Bar:
    """One pillar: its questions by evidenced risk."""

    name: str
    total: int
    segments: tuple[Segment, ...]


def pillar_bars(questions: Iterable[QuestionEntry]) -> tuple[Bar, ...]:
    """A bar for each pillar of the lens that has questions; other lenses' pillars keep their own names."""
    by_pillar: dict[str, list[str]] = {}
    for question in questions:
        by_pillar.setdefault(question.pillar, []).append(question.risk)
    most = max((len(risks) for risks in by_pillar.values()), default=1)
    return tuple(_bar(PILLARS.get(pillar, pillar), risks, most) for pillar, risks in by_pillar.items())


def _bar(name: str, risks: Sequence[str], most: int) -> Bar:
    segments, x = [], 0.0
    for risk in RISKS:
        count = risks.count(risk)
        width = WIDTH * count / most
        if count:
            segments.append(Segment(risk, count, round(x, 1), round(width, 1)))
        x += width
    return Bar(name, len(risks), tuple(segments))


@dataclass(frozen=True, slots=True)
class Column:
    """One past review in the trend: HRIs as a column, with its height and place."""

    date: str
    count: int
    x: float
    y: float
    width: float
    height: float


def trend_columns(points: Sequence[Point], height: float = 120.0) -> tuple[Column, ...]:
    """HRIs per review, the oldest first; at most the last 24."""
    shown = points[-24:]
    most = max((point.risks["HIGH"] for point in shown), default=0) or 1
    step = WIDTH / max(len(shown), 6)
    return tuple(
        Column(
            point.at[:10],
            point.risks["HIGH"],
            round(number * step + step * 0.15, 1),
            round(height - height * point.risks["HIGH"] / most, 1),
            round(step * 0.7, 1),
            round(height * point.risks["HIGH"] / most, 1),
        )
        for number, point in enumerate(shown)
    )
