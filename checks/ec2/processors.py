"""Instances as the quotas of EC2 count them: by their vCPUs."""

from checks.ec2.evidence import State
from scanner import Evidence, Part, Read

STANDARD = "L-1216C47A"  # "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances", counted in vCPUs
_FAMILIES = frozenset("acdhimrtz")
# Accelerators, Macs and HPC have quotas of their own ("Amazon EC2 quotas").
_OTHERS = ("dl", "hpc", "inf", "mac", "trn")


class Cores(Part):
    core_count: int
    threads_per_core: int

    @property
    def vcpus(self) -> int:
        return self.core_count * self.threads_per_core


class Place(Part):
    availability_zone: str | None = None
    tenancy: str | None = None


class RunningInstance(
    Evidence,
    read=Read(
        "ec2:DescribeInstances",
        "Reservations[].Instances[]",
        fixed={"Filters": [{"Name": "instance-state-name", "Values": ["pending", "running", "stopping", "stopped"]}]},
    ),
):
    """An instance, as far as quotas count it."""

    instance_type: str
    state: State
    instance_lifecycle: str | None = None
    cpu_options: Cores | None = None
    placement: Place | None = None

    @property
    def counts(self) -> bool:
        """Does it run on demand, in a family of the standard quota?"""
        family = self.instance_type.partition(".")[0]
        standard = family[:1] in _FAMILIES and not family.startswith(_OTHERS)
        hosted = self.placement is not None and self.placement.tenancy == "host"  # counted by the host's quota
        running = self.state.name in ("pending", "running")
        return running and self.instance_lifecycle is None and standard and not hosted


def standard_vcpus(instances: list[RunningInstance]) -> int | None:
    """What counts against the standard quota; None where an instance does not say its vCPUs."""
    counting = [one.cpu_options for one in instances if one.counts]
    known = [one.vcpus for one in counting if one is not None]
    return sum(known) if len(known) == len(counting) else None
