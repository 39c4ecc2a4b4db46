"""`wafr contradictions`: where people's claims and the evidence part."""

from typing import TYPE_CHECKING, Any

import typer

from scanner.cli.common import (
    BundleArgument,
    ClaimsOption,
    ConfigOption,
    Exit,
    FormatOption,
    as_json,
    fail,
    load_lens,
    one_of,
)
from scanner.cli.tool import (
    OFFICIAL,
    ToolExternalIdOption,
    ToolProfileOption,
    ToolRegionOption,
    ToolRoleOption,
    WorkloadOption,
    judged,
    tool_config,
    tool_errors,
    workload_in,
)

if TYPE_CHECKING:
    from scanner.config import Config
    from scanner.judge.answer import Claims
    from scanner.review.document import ContradictionEntry, FindingEntry, Review

TITLES = {
    "over-claimed": "CLAIMED AND REFUTED",
    "under-claimed": "VERIFIED AND NOT CLAIMED",
    "claimed and unknown": "CLAIMED AND UNKNOWN",
}
# Which findings bear a contradiction of a kind.
DECIDING = {"over-claimed": "fails", "under-claimed": "holds", "claimed and unknown": "unknown"}


def contradictions(
    bundle: BundleArgument,
    workload: WorkloadOption = None,
    claims: ClaimsOption = None,
    config: ConfigOption = None,
    profile: ToolProfileOption = None,
    role_arn: ToolRoleOption = None,
    external_id: ToolExternalIdOption = None,
    region: ToolRegionOption = None,
    form: FormatOption = "table",
) -> None:
    """Lay claims beside a bundle's evidence. The claims are those in the bundle, in --claims, or live in the Tool (--workload)."""
    one_of(form, ("table", "json"), "--format")
    with tool_errors():
        from scanner.bundle.opened import open_bundle
        from scanner.review.declared import load_claims

        if workload and claims:
            fail("--workload and --claims name two sources of claims: choose one.", Exit.USAGE)
        opened, lens = open_bundle(bundle), load_lens()
        said: Claims | None = load_claims(claims, lens.catalogue) if claims else None
        if workload:
            said = _live(tool_config(config, workload, profile, role_arn, external_id, region))
        review = judged(opened, lens, said)
        if not any(answer.claimed is not None for answer in review.answers):
            fail("there are no claims. Name a file with --claims, or the Tool's workload with --workload.", Exit.USAGE)
        findings = {finding.id: finding for finding in review.findings}
        because = {answer.choice: answer.because for answer in review.answers}
        if form == "json":
            as_json([_plain(entry, findings, because) for kind in TITLES for entry in _of(review, kind)])
            return
        for kind, title in TITLES.items():
            entries = _of(review, kind)
            typer.echo(f"{title}: {len(entries)}")
            for entry in entries:
                typer.echo(f"  {entry.label}  {entry.title}")
                deciding = _deciding(entry, findings)
                for finding in deciding:
                    typer.echo(f"      {finding.resource}: {finding.because}  ({finding.check} {finding.id})")
                if not deciding:
                    typer.echo(f"      {because[entry.choice]}")


def _live(config: "Config") -> "Claims":
    from scanner.watool.access import open_tool
    from scanner.watool.claims import selected_practices
    from scanner.watool.lenses import review_of

    access = open_tool(config)
    found = workload_in(access, config)
    review_of(access.tool, found, OFFICIAL)
    return selected_practices(access.tool.summaries(found.id, OFFICIAL))


def _of(review: "Review", kind: str) -> list["ContradictionEntry"]:
    return [entry for entry in review.contradictions if entry.kind == kind]


def _deciding(entry: "ContradictionEntry", findings: dict[str, "FindingEntry"]) -> list["FindingEntry"]:
    mine = [findings[name] for name in entry.findings]
    return [finding for finding in mine if finding.verdict == DECIDING[entry.kind]]


def _plain(entry: "ContradictionEntry", findings: dict[str, "FindingEntry"], because: dict[str, str]) -> dict[str, Any]:
    names = ("kind", "question", "choice", "label", "title")
    seen = ("id", "check", "account", "region", "resource", "because")
    return {
        **{name: getattr(entry, name) for name in names},
        "because": because[entry.choice],
        "findings": [{name: getattr(finding, name) for name in seen} for finding in _deciding(entry, findings)],
    }
