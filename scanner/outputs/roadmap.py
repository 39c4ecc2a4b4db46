"""The roadmap for where people work: CSV that Jira imports, and a checklist that GitHub and GitLab show."""

import csv
import io
from collections.abc import Mapping, Sequence

from scanner.review.roadmap import QUADRANTS, Item
from scanner.review.services import service_name
from scanner.review.text import cell, markdown

MOST_NAMED = 20
COLUMNS = ("Summary", "Issue Type", "Priority", "Labels", "Description", "Assignee", "Due Date", "External ID")
Plans = Mapping[str, Mapping[str, str]]


def roadmap_csv(items: Sequence[Item], plans: Plans) -> str:
    """One issue for each fix, under the names of the fields that Jira's CSV import maps by itself; texts that would be formulas are defused."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for item in items:
        plan = plans.get(item.check, {})
        writer.writerow(
            cell(value)
            for value in (
                item.title.rstrip("."),
                "Task",
                "High" if item.severity == "high" else "Medium",
                " ".join(("well-architected", item.quadrant.replace(" ", "-"), *item.risks)),
                _description(item),
                plan.get("owner") or ", ".join(item.owners),
                plan.get("due", ""),
                item.check,
            )
        )
    return text.getvalue()


def _description(item: Item) -> str:
    more = f"\n… and {len(item.resources) - MOST_NAMED} more" if len(item.resources) > MOST_NAMED else ""
    after = f"\n\nAfter: {', '.join(item.after)}" if item.after else ""
    named = "\n".join(item.resources[:MOST_NAMED])
    return (
        f"Why: {item.why}\n\nFix: {item.fix}\n\nCloses: {', '.join(item.practices)}\nAWS services: "
        f"{', '.join(map(service_name, item.services))}\nEffort: {item.effort}\n\nResources:\n{named}{more}{after}"
    )


def roadmap_markdown(items: Sequence[Item], plans: Plans) -> str:
    """A checklist in the order of the roadmap, under a heading for each quadrant."""
    lines = ["# Roadmap", ""]
    number = {item.check: place for place, item in enumerate(items, 1)}
    for name in QUADRANTS:
        mine = [item for item in items if item.quadrant == name]
        if mine:
            lines += [f"## {name.capitalize()} ({len(mine)})", ""]
            lines += [_line(item, number, plans.get(item.check, {})) for item in mine] + [""]
    return "\n".join(lines)


def _line(item: Item, number: Mapping[str, int], plan: Mapping[str, str]) -> str:
    told = [f"closes {', '.join(item.practices)}", f"{len(item.resources)} resources", f"effort {item.effort}"]
    if item.after:
        told.append("after " + ", ".join(f"no. {number[name]}" for name in item.after if name in number))
    owner = plan.get("owner") or ", ".join(item.owners)
    told += [f"owner {markdown(owner)}"] if owner else []
    told += [f"{key} {markdown(plan[key])}" for key in ("ticket", "due", "milestone") if plan.get(key)]
    told += ["accepted"] if item.accepted else []
    return f"- [ ] {number[item.check]}. **{markdown(item.title)}** {markdown(item.fix, 400)} ({'; '.join(told)})"
