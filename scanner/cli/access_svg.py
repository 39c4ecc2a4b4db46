"""The picture of who decrypts with a key: principals in columns by their distance, the key at the right. Plain SVG."""

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scanner.access.about_key import AboutKey
    from scanner.access.edges import Edge, Node

MOST_DRAWN = 60  # shortest ways first; the table has them all
WIDTH, HEIGHT, COLUMN, ROW, MARGIN = 210, 34, 330, 54, 24
LONGEST = 30

_DOCUMENT = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">
<title>{title}</title>
<style>
text {{ font: 12px system-ui, sans-serif; fill: #1b1f24; }}
.how {{ font-size: 10px; fill: #57606a; }}
rect {{ fill: #f6f8fa; stroke: #57606a; }}
.key rect {{ fill: #fff8c5; stroke: #9a6700; }}
.administrator rect, .everyone rect {{ fill: #ffebe9; stroke: #cf222e; }}
.service rect {{ fill: #ddf4ff; stroke: #0969da; }}
.external rect {{ fill: #fbefff; stroke: #8250df; }}
path {{ fill: none; stroke: #57606a; }}
.open {{ stroke-dasharray: 5 4; }}
</style>
<defs><marker id="end" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto">
<polygon points="0,0 8,4 0,8" fill="#57606a"/></marker></defs>
{edges}
{nodes}
<text class="how" x="{margin}" y="{foot}">{legend}</text>
</svg>
"""
_NODE = (
    '<g class="{kind}"><rect x="{x}" y="{y}" width="{width}" height="{height}" rx="5"/>'
    '<text x="{tx}" y="{ty}">{label}</text><title>{title}</title></g>'
)
_EDGE = (
    '<path class="{style}" marker-end="url(#end)" d="M{x1},{y1} C{c1},{y1} {c2},{y2} {x2},{y2}"><title>{title}</title></path>'
    '<text class="how" x="{tx}" y="{ty}">{how}</text>'
)
_LEGEND = "Solid: certain. Dashed: under conditions, or not all was seen. Point at a line to read its statement."


def picture(about: "AboutKey") -> str:
    """The key's graph as SVG: those who decrypt, and the shortest way of those who come to it over others."""
    end = about.key.resource.arn
    paths = about.graph.paths_to(
        end, kinds=("user", "role", "root user", "service", "external account", "everyone", "group")
    )
    edges: dict[tuple[str, str], Edge] = {}
    distance = {end: 0}
    for path in paths[:MOST_DRAWN]:
        for place, step in enumerate(reversed(path.steps), start=1):
            edges.setdefault((step.source, step.target), step)
            distance.setdefault(step.source, place)
    columns: dict[int, list[str]] = {}
    for name in sorted(distance, key=lambda one: about.graph.nodes[one].label):
        columns.setdefault(distance[name], []).append(name)
    deepest, tallest = max(columns), max(len(names) for names in columns.values())
    places = {
        name: (MARGIN + (deepest - column) * COLUMN, MARGIN + ROW * row + (tallest - len(names)) * ROW // 2)
        for column, names in columns.items()
        for row, name in enumerate(names)
    }
    height = 2 * MARGIN + tallest * ROW + ROW
    more = f" {len(paths) - MOST_DRAWN} further ways are not drawn." if len(paths) > MOST_DRAWN else ""
    return _DOCUMENT.format(
        width=2 * MARGIN + deepest * COLUMN + WIDTH,
        height=height,
        margin=MARGIN,
        foot=height - MARGIN,
        title=escape(f"Who can decrypt with {about.graph.nodes[end].label}"),
        legend=_LEGEND + more,
        edges="\n".join(_edge(edge, places) for edge in edges.values()),
        nodes="\n".join(_node(about.graph.nodes[name], *places[name]) for name in places),
    )


def _node(node: "Node", x: int, y: int) -> str:
    return _NODE.format(
        kind=escape(node.kind.partition(" ")[0], quote=True),
        x=x,
        y=y,
        width=WIDTH,
        height=HEIGHT,
        tx=x + 10,
        ty=y + 21,
        label=escape(_short(node.label)),
        title=escape(node.id),
    )


def _edge(edge: "Edge", places: dict[str, tuple[int, int]]) -> str:
    (x1, y1), (x2, y2) = places[edge.source], places[edge.target]
    y1, y2 = y1 + HEIGHT // 2, y2 + HEIGHT // 2
    x1 += WIDTH
    told = "; ".join((edge.because, *edge.statements, *edge.conditions))
    return _EDGE.format(
        style="sure" if edge.certain else "open",
        x1=x1,
        y1=y1,
        x2=x2,
        y2=y2,
        c1=x1 + 50,
        c2=x2 - 50,
        tx=x1 + 6,
        ty=y1 - 4,
        how=escape(_short(edge.how)),
        title=escape(told),
    )


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
