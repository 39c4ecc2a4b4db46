"""Artifact: which agreements the account has made with AWS."""

from scanner import Evidence, Read, fact


class Agreement(
    Evidence, read=Read("artifact:ListCustomerAgreements", "customerAgreements", scope="global", arn="{arn}")
):
    arn: str
    name: str = ""
    state: str = ""


@fact
def agreements(found: list[Agreement]) -> str | None:
    """Which agreements with AWS are in force, such as the one about health data."""
    names = sorted(one.name for one in found if one.state == "ACTIVE")
    return f"agreements with AWS in force: {', '.join(names[:10])}" if names else None
