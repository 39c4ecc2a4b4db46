"""Checks of access points: further doors to a bucket, each with a policy of its own."""

from checks.s3.evidence import Flags
from scanner import Evidence, Fails, Holds, NotApplicable, Read, Verdict, check


class AccessPoint(
    Evidence,
    read=Read(
        "s3control:ListAccessPoints",
        "AccessPointList",
        arn="arn:{partition}:s3:{region}:{account}:accesspoint/{name}",
        fixed={"AccountId": "{account}"},
    ),
):
    name: str
    network_origin: str


class AccessPointBlock(
    Evidence,
    read=Read("s3control:GetAccessPoint", per=AccessPoint, args={"Name": "name"}, fixed={"AccountId": "{account}"}),
):
    """An access point's own block of public access, which cannot be changed once it is made."""

    public_access_block_configuration: Flags


class MultiRegionAccessPoint(
    Evidence,
    read=Read(
        "s3control:ListMultiRegionAccessPoints",
        "AccessPoints",
        arn="arn:{partition}:s3::{account}:accesspoint/{alias}",
        fixed={"AccountId": "{account}"},
        scope="global",
        region="us-west-2",  # the only region that answers (S3 user guide, "Using Multi-Region Access Points with API operations")
    ),
):
    name: str
    alias: str
    public_access_block: Flags


@check(effort="medium")
def access_points_block_public_access(point: AccessPoint, block: AccessPointBlock) -> Verdict:
    """Access points that the internet can reach block public access.

    Why: the policy of an access point opens a bucket as its own policy does.
    Fix: make the access point anew; its block of public access cannot be changed.
    """
    if point.network_origin == "VPC":
        return NotApplicable("the access point answers inside a VPC only")
    off = block.public_access_block_configuration.off
    return Fails(f"off: {', '.join(off)}") if off else Holds("all four switches are on")


@check(effort="medium")
def multi_region_access_points_block_public_access(point: MultiRegionAccessPoint) -> Verdict:
    """Multi-Region access points block public access.

    Why: the policy of an access point opens every bucket behind it.
    Fix: make the access point anew; its block of public access cannot be changed.
    """
    off = point.public_access_block.off
    return Fails(f"off: {', '.join(off)}") if off else Holds("all four switches are on")
