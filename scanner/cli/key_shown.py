"""Everything about a key, for people and for programs."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import typer

from scanner.cli.access_shown import entry_json, entry_lines

if TYPE_CHECKING:
    from scanner.access.about_key import AboutKey
    from scanner.access.graph import Path
    from scanner.access.who import Who

MOST_SHOWN = 20


def show_key(about: "AboutKey") -> None:
    """The answer as lines."""
    from scanner.access.about_key import labels
    from scanner.access.request import NotSeen

    key = about.key
    typer.echo(f"{key.resource.arn}")
    typer.echo(f"  called     {', '.join(key.resource.names[1:]) or key.names_unseen or 'no alias'}")
    typer.echo(
        f"  state      {key.state}, {key.spec}, managed by {'the account' if key.manager == 'CUSTOMER' else 'AWS'}"
    )
    typer.echo(f"  rotation   {key.rotation}")
    policy = key.resource.asset.policy
    if isinstance(policy, NotSeen):
        typer.echo(f"  policy     not seen: {policy.reason}")
    else:
        typer.echo(f"  policy     names for kms:Decrypt: {_some(about.named) or 'nobody'}")
        typer.echo(f"             leaves it to: {_some(about.delegated) or 'no account'}")
    grants = key.resource.asset.grants
    typer.echo(f"  grants     {f'not seen: {grants.reason}' if isinstance(grants, NotSeen) else len(grants)}")
    typer.echo(f"\ncan administer: {_some(labels(about.administer.values())) or 'nobody for certain'}")
    typer.echo(f"can use (encrypt): {_some(labels(about.use.values())) or 'nobody for certain'}")
    typer.echo(f"\ncan decrypt, or may: {len(about.decrypt.entries)}")
    for line in entry_lines(about.decrypt.entries):
        typer.echo(line)
    extra = sorted(set(labels(about.without_decrypt.values())) - set(labels([about.decrypt])))
    typer.echo(f"\ncan bring it about without kms:Decrypt: {_some(extra) or 'nobody else'}")
    typer.echo(f"\ncan come to it over others: {len(about.ways)}")
    for path in about.ways[:MOST_SHOWN]:
        typer.echo(f"  {_path(about, path)}")
    typer.echo(f"\nprotects: {len(about.protects)}")
    for kind, arn in about.protects:
        typer.echo(f"  {kind:13} {arn}")
    for reason in (*about.decrypt.missing, *about.unseen):
        typer.echo(f"Not all was seen: {reason}")


def _some(names: "tuple[str, ...] | list[str]") -> str:
    more = f" and {len(names) - MOST_SHOWN} more" if len(names) > MOST_SHOWN else ""
    return ", ".join(names[:MOST_SHOWN]) + more


def _path(about: "AboutKey", path: "Path") -> str:
    nodes = about.graph.nodes
    steps = [f"–{step.how}{'' if step.certain else ' (if)'}→ {nodes[step.target].label}" for step in path.steps]
    return " ".join([nodes[path.source].label, *steps])


def key_json(about: "AboutKey") -> dict[str, Any]:
    """The whole answer."""
    from scanner.access.request import Document, NotSeen

    asset = about.key.resource.asset
    return {
        "schema": "wafr-access/1",
        "key": about.key.resource.arn,
        "names": list(about.key.resource.names),
        "state": about.key.state,
        "spec": about.key.spec,
        "manager": about.key.manager,
        "rotation": about.key.rotation,
        "policy": asset.policy.policy.as_json() if isinstance(asset.policy, Document) else None,
        "grants": None if isinstance(asset.grants, NotSeen) else [grant.grant_id for grant in asset.grants],
        "named": list(about.named),
        "delegated": list(about.delegated),
        "decrypt": [entry_json(one) for one in about.decrypt.entries],
        "administer": _by_action(about.administer),
        "use": _by_action(about.use),
        "without_decrypt": _by_action(about.without_decrypt),
        "ways": [_path_json(path) for path in about.ways],
        "protects": [{"kind": kind, "arn": arn} for kind, arn in about.protects],
        "missing": [*about.decrypt.missing, *about.unseen],
    }


def _by_action(answers: "Mapping[str, Who]") -> dict[str, list[dict[str, Any]]]:
    return {action: [entry_json(one) for one in who.entries] for action, who in answers.items()}


def _path_json(path: "Path") -> dict[str, Any]:
    return {
        "from": path.source,
        "certain": path.certain,
        "steps": [
            {
                "to": step.target,
                "link": str(step.link),
                "how": step.how,
                "because": step.because,
                "statements": list(step.statements),
                "conditions": list(step.conditions),
                "certain": step.certain,
                "known": step.known,
                "readings": list(step.digests),
            }
            for step in path.steps
        ],
    }
