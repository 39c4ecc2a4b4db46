"""Resource Explorer: whether everything that the account has can be found in one place."""

from scanner import Evidence, Read, fact


class Index(
    Evidence,
    read=Read("resource-explorer-2:ListIndexes", "Indexes", scope="global", arn="{arn}", omitted_if_empty=True),
):
    """An index of any region: one region lists them all (API reference)."""

    arn: str
    region: str
    type: str


@fact
def indexes(found: list[Index]) -> str | None:
    """Where resources are indexed, and where all regions can be searched at once."""
    if not found:
        return None
    together = sorted(one.region for one in found if one.type == "AGGREGATOR")
    return f"{len(found)} regions are indexed; all can be searched from {', '.join(together) or 'nowhere'}"
