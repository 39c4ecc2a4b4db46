"""Checks of launch templates: what the next instance starts with, whoever or whatever starts it."""

from checks.ec2.evidence import MetadataDefault, MetadataDefaults
from scanner import CannotTell, Evidence, Fails, Holds, NotApplicable, Part, Read, Verdict, check

_ARN = "arn:{partition}:ec2:{region}:{account}:launch-template/{launch_template_id}"


class Metadata(Part):
    http_tokens: str | None = None
    http_endpoint: str | None = None


class TemplateInterface(Part):
    associate_public_ip_address: bool | None = None


class TemplateData(Part):
    metadata_options: Metadata | None = None
    network_interfaces: tuple[TemplateInterface, ...] = ()


class Template(
    Evidence,
    read=Read(
        "ec2:DescribeLaunchTemplateVersions",
        "LaunchTemplateVersions",
        arn=_ARN,
        fixed={"Versions": ["$Default"]},  # of all templates at once (API reference, Versions)
    ),
):
    """A launch template in its default version."""

    launch_template_id: str
    launch_template_name: str
    version_number: int
    launch_template_data: TemplateData


class LatestVersion(
    Evidence,
    read=Read("ec2:DescribeLaunchTemplateVersions", "LaunchTemplateVersions", fixed={"Versions": ["$Latest"]}),
):
    launch_template_id: str
    version_number: int
    launch_template_data: TemplateData


def _used(template: Template, latest: list[LatestVersion]) -> dict[int, TemplateData]:
    """The versions that are started by name: the default one, and the latest one."""
    newest = [one for one in latest if one.launch_template_id == template.launch_template_id]
    both = {one.version_number: one.launch_template_data for one in newest}
    return {template.version_number: template.launch_template_data} | both


def _needs_a_session(data: TemplateData, default: MetadataDefault) -> bool | None:
    """Do instances that start so hand out metadata to a session only? None where neither the template nor the region says."""
    own = data.metadata_options or Metadata()
    endpoint, tokens = own.http_endpoint or default.http_endpoint, own.http_tokens or default.http_tokens
    if endpoint == "disabled" or default.http_tokens_enforced == "enabled":
        return True
    return None if tokens is None else tokens == "required"


@check(effort="low")
def launch_templates_need_a_session(
    template: Template, latest: list[LatestVersion], defaults: MetadataDefaults
) -> Verdict:
    """Instances that start from a launch template, in its default or latest version, need a session token for their metadata.

    Why: an instance that was mended by hand comes back as its template says.
    Fix: aws ec2 create-launch-template-version … MetadataOptions={HttpTokens=required}, and make it the default.
    """
    default = defaults.account_level or MetadataDefault()
    asked = {number: _needs_a_session(data, default) for number, data in sorted(_used(template, latest).items())}
    loose = [str(number) for number, needs in asked.items() if needs is False]
    silent = [str(number) for number, needs in asked.items() if needs is None]
    if loose:
        return Fails(f"version {', '.join(loose)} of {template.launch_template_name} does without a session token")
    if silent:
        return CannotTell(f"version {', '.join(silent)} leaves it to the image, and the region has no default")
    return Holds(f"version {', '.join(map(str, asked))} needs a session token")


@check(effort="low")
def launch_templates_give_no_public_address(template: Template, latest: list[LatestVersion]) -> Verdict:
    """Launch templates, in their default and latest version, give instances no public IPv4 address.

    Why: each instance that a group starts stands on the internet, in whatever subnet it is.
    Fix: aws ec2 create-launch-template-version … AssociatePublicIpAddress=false, and make it the default.
    """
    used = sorted(_used(template, latest).items())
    said = {number: [one.associate_public_ip_address for one in data.network_interfaces] for number, data in used}
    public = [str(number) for number, given in said.items() if True in given]
    if public:
        return Fails(f"version {', '.join(public)} of {template.launch_template_name} gives a public address")
    if all(given and given[0] is False for given in said.values()):
        return Holds(f"version {', '.join(map(str, said))} gives none")
    return NotApplicable("it leaves that to the subnet")
