"""`wafr access`: everything about one key, from a bundle and without AWS."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli.common import Exit, FormatOption, as_json, fail, one_line_errors, one_of
from scanner.cli.who_can import BundleOption, exit_of

if TYPE_CHECKING:
    from scanner.access.about_key import AboutKey
    from scanner.access.inventory import Resource
    from scanner.cli.access_open import Opened


def access(
    key: Annotated[str, typer.Argument(help="A key: its alias, id or ARN.")],
    bundle: BundleOption = None,
    form: FormatOption = "table",
    svg: Annotated[Path | None, typer.Option("--svg", help="File to draw the picture of who decrypts into.")] = None,
) -> None:
    """Tell everything about a key: its policy, who administers, uses and decrypts, by which way, and what it protects.

    Exit 0, or 3 where something that the answer depends on was not seen.
    """
    one_of(form, ("table", "json"), "--format")
    with one_line_errors():
        from scanner.cli.access_open import open_accounts
        from scanner.cli.key_shown import key_json, show_key

        opened = open_accounts(bundle)
        found = look(opened, key)
        if svg is not None:
            draw(found, svg)
        if form == "json":
            as_json({**key_json(found), "evidence": opened.root})
        else:
            show_key(found)
        raise typer.Exit(int(Exit.INCOMPLETE if found.unseen else exit_of(found.decrypt)))


def look(opened: "Opened", name: str) -> "AboutKey":
    """The key that a person means, with all that bears on it."""
    from scanner.access.about_key import about_key
    from scanner.access.inventory import Bucket, Encrypted, Holders, Key
    from scanner.cli.access_open import the_one

    listed, unseen = opened.all(Key)
    key, digests = the_one(((one.resource, (one, digests)) for one, digests in listed), name, "key", unseen)
    account = key.resource.account
    if account not in opened.accounts:
        fail(f"the identities of the account {account} are not in this bundle.", Exit.INCOMPLETE)
    holders = opened.of_account(Holders, account)
    buckets, hidden = opened.all(Bucket)
    under = tuple(("bucket", one.resource.arn, _whole(one.resource)) for one, _ in buckets if one.resource.key)
    stores = [*(one for one, _ in opened.all(Encrypted)[0]), Encrypted(under, hidden)]
    return about_key(key, opened.accounts, holders or Holders(()), stores, opened.digests[account], digests)


def _whole(bucket: "Resource") -> str:
    """A bucket's key by ARN: the bucket's own ARN does not say in which region its key is."""
    told = bucket.key
    if told.startswith("arn:"):
        return told
    name = told if told.startswith("alias/") else f"key/{told}"
    return f"{bucket.arn.partition(':s3:')[0]}:kms:{bucket.region}:{bucket.account}:{name}"


def draw(found: "AboutKey", file: Path) -> None:
    """The picture, as SVG."""
    from scanner.cli.access_svg import picture

    try:
        file.write_text(picture(found), encoding="utf-8")
    except OSError as error:
        fail(f"{file} cannot be written: {error.strerror}.", Exit.USAGE)
