"""`wafr who-can`: who can do an action on a key, a bucket or a secret, from a bundle and without AWS."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scanner.cli.common import Exit, FormatOption, as_json, fail, one_line_errors, one_of

if TYPE_CHECKING:
    from scanner.access.inventory import Resource
    from scanner.access.who import Entry, Who
    from scanner.cli.access_open import Opened

BundleOption = Annotated[
    Path | None, typer.Option("--bundle", "-b", help="Bundle to answer from. [default: the newest]")
]


def who_can(
    action: Annotated[str, typer.Argument(help="An action, such as kms:Decrypt or s3:GetObject.")],
    resource: Annotated[str, typer.Argument(help="A key (alias, id or ARN), a bucket, a secret: by name or ARN.")],
    bundle: BundleOption = None,
    form: FormatOption = "table",
) -> None:
    """Tell who can do an action on a resource: certainly, under conditions, or as far as was seen.

    Exit 0, or 3 where something that the answer depends on was not seen.
    """
    one_of(form, ("table", "json"), "--format")
    with one_line_errors():
        from scanner.access.who import who_can as answer
        from scanner.cli.access_open import open_accounts
        from scanner.cli.access_shown import show_who, who_json

        opened = open_accounts(bundle)
        found, digests = find(opened, action, resource)
        who = answer(action, found, opened.accounts)
        if form == "json":
            as_json({**who_json(who), "evidence": opened.root, "readings": list(digests)})
        else:
            show_who(who, found)
        raise typer.Exit(int(exit_of(who)))


def exit_of(who: "Who") -> Exit:
    """Incomplete where a doubt is about what this scan could have seen."""
    return Exit.INCOMPLETE if who.missing or any(_of_ours(one) for one in who.doubtful) else Exit.OK


def _of_ours(entry: "Entry") -> bool:
    from scanner.access.parties import Place

    return entry.party.place is not Place.OUTSIDE


def find(opened: "Opened", action: str, name: str) -> "tuple[Resource, tuple[str, ...]]":
    """The resource that a person means, of the kind that the action is about, and the readings that say what it is."""
    from scanner.access.inventory import Bucket, Key, Secret
    from scanner.cli.access_open import the_one

    kinds: dict[str, tuple[str, Any]] = {
        "kms": ("key", Key),
        "s3": ("bucket", Bucket),
        "secretsmanager": ("secret", Secret),
    }
    service, colon, operation = action.partition(":")
    if not colon or not operation or "*" in action or "?" in action or service.lower() not in kinds:
        services = ", ".join(f"{known}:…" for known in kinds)
        fail(f"{action!r} is no single action on a resource that this command knows: {services}", Exit.USAGE)
    what, kind = kinds[service.lower()]
    listed, unseen = opened.all(kind)
    resource, digests = the_one(
        ((one.resource, (one.resource, digests)) for one, digests in listed), name, what, unseen
    )
    return resource, tuple(dict.fromkeys((*digests, *opened.digests.get(resource.account, ()))))
