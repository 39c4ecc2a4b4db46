"""`wafr policy`: the least-privilege IAM policy of a scan."""

from scanner.cli.common import CheckOption, PillarOption, ServiceOption, as_json, load_lens, narrow, one_line_errors


def policy(pillar: PillarOption = None, service: ServiceOption = None, check: CheckOption = None) -> None:
    """Print the IAM policy that a scan with these checks needs, and nothing more."""
    with one_line_errors():
        from scanner.collect.permissions import policy as document
        from scanner.collect.plan import Plan

        lens = narrow(load_lens(), pillar, service, check)
        as_json(document(Plan(lens.library.kinds)))
