"""Security Lake: whether logs of security come together in one form."""

from scanner import Evidence, Part, Read, fact


class Expiry(Part):
    days: int | None = None


class Lifecycle(Part):
    expiration: Expiry | None = None


class Lake(
    Evidence,
    read=Read(
        "securitylake:ListDataLakes",
        "dataLakes",
        fixed={"regions": ["{region}"]},
        arn="{data_lake_arn}",
        absent={"ResourceNotFoundException"},
        omitted_if_empty=True,
    ),
):
    data_lake_arn: str
    region: str
    create_status: str = ""
    lifecycle_configuration: Lifecycle = Lifecycle()


@fact
def data_lakes(lakes: list[Lake]) -> str | None:
    """Whether Security Lake gathers logs here, and for how long it keeps them."""
    told = []
    for one in lakes:
        end = one.lifecycle_configuration.expiration
        kept = f"{end.days} days" if end and end.days else "for ever"
        told.append(f"{one.region} ({one.create_status or 'not told'}, kept {kept})")
    return f"Security Lake: {', '.join(sorted(told))}" if told else None
