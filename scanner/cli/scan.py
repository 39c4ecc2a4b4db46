"""`wafr scan` and `wafr doctor`: asking AWS."""

import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scanner.cli.common import (
    CheckOption,
    ClaimsOption,
    ConfigOption,
    ExcludeOption,
    Exit,
    ExternalIdOption,
    FailOnOption,
    FormatOption,
    LogFormatOption,
    PillarOption,
    ProfileOption,
    QuietOption,
    RegionOption,
    RoleOption,
    ServiceOption,
    as_json,
    fail,
    load_lens,
    narrow,
    one_line_errors,
    one_of,
    outcome,
    show,
)

if TYPE_CHECKING:
    from scanner.review.document import Review
    from scanner.run import Run


def scan(
    config: ConfigOption = None,
    profile: ProfileOption = None,
    region: RegionOption = None,
    exclude_region: ExcludeOption = None,
    role_arn: RoleOption = None,
    external_id: ExternalIdOption = None,
    session_policy: Annotated[
        Path | None, typer.Option("--session-policy", help="IAM policy that narrows the assumed role further.")
    ] = None,
    pillar: PillarOption = None,
    service: ServiceOption = None,
    check: CheckOption = None,
    claims: ClaimsOption = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Folder of the bundle. [default: wafr-TIME]")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Continue the unfinished scan in --out.")] = False,  # noqa: FBT002
    form: FormatOption = "table",
    fail_on: FailOnOption = None,
    quiet: QuietOption = False,  # noqa: FBT002
    log_format: LogFormatOption = "text",
) -> None:
    """Scan an account: collect evidence, judge it, and keep everything in a bundle."""
    one_of(form, ("table", "json"), "--format")
    one_of(log_format, ("text", "json"), "--log-format")
    with one_line_errors():
        from scanner.config import load_config

        flags: dict[str, Any] = {
            "profile": profile,
            "region": region,
            "exclude_region": exclude_region,
            "role_arn": role_arn,
            "external_id": external_id,
            "out": str(out) if out else None,
            "fail_on": fail_on,
            "claims": str(claims) if claims else None,
        }
        settings = load_config(config, flags)
        lens = narrow(load_lens(), pillar, service, check)
        run = run_scan(settings, lens, resume=resume, quiet=quiet, log_format=log_format, session_policy=session_policy)
        show(run.review, form, quiet=quiet)
        if run.throttled and not quiet:
            told = ", ".join(
                f"{api} in {where} ({count})" for (_, where, api), count in sorted(run.throttled.items())[:5]
            )
            sys.stderr.write(f"AWS throttled: {told}. Lower `calls.rates` in wafr.yaml if it goes on.\n")
        raise typer.Exit(int(outcome(run.review, settings.fail_on)))


def run_scan(
    settings: Any, lens: Any, *, resume: bool, quiet: bool, log_format: str, session_policy: Path | None
) -> "Run":
    """Scan as the settings say, into a bundle, with progress; every error that a user can meet ends as one line."""
    from scanner.bundle.journal import Journal
    from scanner.cli.progress import Progress
    from scanner.review.declared import declared
    from scanner.run import InterruptedError_, collect, default_folder, places

    if resume and not settings.out:
        fail("--resume needs --out: the folder of the unfinished scan.", Exit.USAGE)
    narrowed = _read_policy(session_policy) if session_policy else None
    if narrowed and not settings.role_arn:
        fail("--session-policy narrows an assumed role: it needs --role-arn.", Exit.USAGE)
    said = declared(settings, lens)
    where = places(settings, narrowed)
    folder = Path(settings.out) if settings.out else default_folder()
    stopped = threading.Event()
    before = signal.signal(signal.SIGINT, lambda *_: stopped.set())
    try:
        with Journal(folder) as journal, Progress(quiet=quiet, log_format=log_format) as progress:
            run = collect(where, lens, said, settings, journal, progress.tell, stopped.is_set, resume=resume)
    except InterruptedError_ as what:
        fail(f"interrupted. {what}. Continue with: wafr scan --resume --out {folder}", Exit.INTERRUPTED)
    finally:
        signal.signal(signal.SIGINT, before)
    if not quiet:
        sys.stderr.write(f"Bundle: {folder}  root {run.manifest.root}\n")
    return run


def _read_policy(path: Path) -> str:
    import json

    try:
        return json.dumps(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        fail(f"--session-policy {path}: {error}.", Exit.USAGE)


def doctor(
    config: ConfigOption = None,
    profile: ProfileOption = None,
    region: RegionOption = None,
    role_arn: RoleOption = None,
    external_id: ExternalIdOption = None,
    pillar: PillarOption = None,
    service: ServiceOption = None,
    form: FormatOption = "table",
    quiet: QuietOption = False,  # noqa: FBT002
) -> None:
    """Ask each question once and tell what these credentials may not read, and which practices that leaves unknown."""
    one_of(form, ("table", "json"), "--format")
    with one_line_errors():
        from scanner.config import load_config

        flags = {"profile": profile, "region": region, "role_arn": role_arn, "external_id": external_id}
        settings = load_config(config, flags)
        lens = narrow(load_lens(), pillar, service, None)
        review = _sample(settings, lens, quiet=quiet)
        refusals = [refusal.model_dump(mode="json") for refusal in review.refusals]
        if form == "json":
            as_json(refusals)
        else:
            from scanner.outputs.terminal import print_refusals

            print_refusals(review)
        raise typer.Exit(int(Exit.INCOMPLETE if refusals else Exit.OK))


def _sample(settings: Any, lens: Any, *, quiet: bool) -> "Review":
    from datetime import UTC, datetime

    from scanner import run as running
    from scanner.cli.progress import Progress
    from scanner.collect.budget import Budget
    from scanner.collect.collect import Collector
    from scanner.collect.plan import Plan
    from scanner.evidence.snapshot import Snapshot
    from scanner.review.build import Declared, build_review

    where = running.places(settings)
    plan = Plan(lens.library.kinds)
    asking = running.scan_of(where, datetime.now(UTC).replace(microsecond=0))
    calls = running.call_settings(settings.calls)
    budget = Budget(settings.calls.rates, settings.calls.rate)
    snapshot = Snapshot(asking)
    with Progress(quiet=quiet, log_format="text") as progress:
        clients = running.clients_of(where, plan, budget, calls)
        Collector(plan, asking, clients, calls, snapshot, progress.tell, sample=True).run()
    record = running.new_record(where, asking, plan, lens, Declared())
    return build_review(lens, snapshot, running.scan_entry(record, len(snapshot)), Declared(), "")
