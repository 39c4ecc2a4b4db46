"""`wafr evaluate`, `wafr verify` and `wafr sign`: working on a bundle, without AWS."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from scanner.cli.common import (
    BundleArgument,
    ClaimsOption,
    ConfigOption,
    Exit,
    FailOnOption,
    FormatOption,
    as_json,
    fail,
    load_lens,
    one_line_errors,
    one_of,
    outcome,
    show,
)


def evaluate(
    bundle: BundleArgument,
    config: ConfigOption = None,
    claims: ClaimsOption = None,
    fail_on: FailOnOption = None,
    form: FormatOption = "table",
) -> None:
    """Judge a bundle again, without AWS. With --config or --claims, under other declarations than when it was made."""
    one_of(form, ("table", "json"), "--format")
    with one_line_errors():
        from scanner.bundle.opened import open_bundle
        from scanner.config import load_config
        from scanner.review.declared import declared
        from scanner.run import judge

        opened = open_bundle(bundle)
        lens = load_lens()
        settings = load_config(config, {"claims": str(claims) if claims else None, "fail_on": fail_on})
        said = declared(settings, lens) if config or claims else None
        review = judge(opened, lens, said)
        show(review, form)
        raise typer.Exit(int(outcome(review, settings.fail_on)))


def verify(
    bundle: BundleArgument,
    root: Annotated[str | None, typer.Option(help="The root digest that you noted when the bundle was made.")] = None,
    key: Annotated[Path | None, typer.Option(help="Public key (PEM) whose owner has to have signed it.")] = None,
    form: FormatOption = "table",
) -> None:
    """Check every record, every file and the root digest of a bundle."""
    one_of(form, ("table", "json"), "--format")
    with one_line_errors():
        from scanner.bundle.files import BundleError
        from scanner.bundle.manifest import problems, read_manifest

        if not Path(bundle).is_dir():
            fail(f"{bundle} is no folder.", Exit.USAGE)
        if not (bundle / "manifest.json").exists():
            read_manifest(bundle)
        try:
            manifest = read_manifest(bundle)
        except BundleError as error:
            fail(str(error), Exit.TAMPERED)
        found = problems(bundle, manifest)
        if root is not None and root != manifest.root:
            found.append(f"the root is {manifest.root}, not {root}: this is another bundle, or all of it was replaced")
        if key is not None:
            from scanner.bundle.sign import SignatureError, check_signature

            try:
                check_signature(bundle, manifest, key)
            except SignatureError as error:
                found.append(str(error))
        records = sum(len(member.records) for member in manifest.files.values())
        if form == "json":
            as_json({"root": manifest.root, "files": len(manifest.files), "records": records, "problems": found})
        elif found:
            sys.stderr.writelines(f"wafr: {problem}\n" for problem in found)
        else:
            sys.stdout.write(
                f"{len(manifest.files)} files and {records} records agree with the manifest.\nroot {manifest.root}\n"
            )
        raise typer.Exit(int(Exit.TAMPERED if found else Exit.OK))


def sign(
    bundle: BundleArgument,
    key: Annotated[Path, typer.Option(help="Private key (PEM, no passphrase): Ed25519, ECDSA or RSA.")],
) -> None:
    """Sign the root of a bundle with a key of yours (DSSE). `wafr verify --key` checks it."""
    with one_line_errors():
        from scanner.bundle.manifest import problems, read_manifest
        from scanner.bundle.sign import sign as signed

        manifest = read_manifest(bundle)
        if found := problems(bundle, manifest):
            fail(found[0], Exit.TAMPERED)
        signed(bundle, manifest, key)
        sys.stdout.write(f"root {manifest.root} signed\n")
