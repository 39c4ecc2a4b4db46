"""Checks of volumes, snapshots and images."""

from checks.ec2.evidence import (
    AllowedImages,
    AnyInterface,
    EbsDefault,
    Image,
    ImageBlock,
    Instance,
    PublicSnapshot,
    Snapshot,
    SnapshotBlock,
    Volume,
)
from scanner import Evidence, Fails, Holds, NotApplicable, Part, Read, Verdict, check, fact


class StorageInfo(Part):
    encryption_support: str


class InstanceStores(
    Evidence,
    read=Read(
        "ec2:DescribeInstanceTypes",
        "InstanceTypes",
        per=Instance,
        args={"InstanceTypes": "instance_type"},
        batch=100,
        match="instance_type",
    ),
):
    """An instance's type, as far as the disks of its host are concerned; none are told where it has none (API reference)."""

    instance_type: str
    instance_storage_info: StorageInfo | None = None


@check(effort="medium")
def volumes_are_encrypted(volume: Volume) -> Verdict:
    """EBS volumes are encrypted.

    Why: encryption makes a disk or a copy of it worthless without the key.
    Fix: copy a snapshot of it with --encrypted, make a volume of the copy and swap.
    """
    return Holds("encrypted") if volume.encrypted else Fails("the volume is not encrypted")


@check(effort="low")
def volumes_are_encrypted_by_default(
    default: EbsDefault, interfaces: list[AnyInterface], volumes: list[Volume], snapshots: list[Snapshot]
) -> Verdict:
    """New EBS volumes of the region are encrypted whoever makes them.

    Why: a default cannot be forgotten.
    Fix: aws ec2 enable-ebs-encryption-by-default
    """
    if default.ebs_encryption_by_default:
        return Holds("encryption by default is on")
    told = "encryption by default is off"
    if not interfaces and not volumes and not snapshots:
        return NotApplicable(f"{told}, and the region has no network interface, volume or snapshot")
    return Fails(told)


@check(effort="high")
def instance_stores_are_encrypted(instance: Instance, kind: InstanceStores) -> Verdict:
    """Instances are of types whose instance stores EC2 encrypts.

    Why: the disks of the host hold swap, caches and scratch files, and no key guards them in the oldest generations.
    Fix: move to a current generation of the same family, all of whose instance stores are encrypted.
    """
    stores = kind.instance_storage_info
    if stores is None:
        return NotApplicable(f"a {instance.instance_type} has no disks of its host")
    if stores.encryption_support == "required":
        return Holds(f"the disks of the host of a {instance.instance_type} are encrypted")
    return Fails(f"the disks of the host of a {instance.instance_type} are not encrypted")


@check(effort="low")
def volumes_are_attached(volume: Volume) -> Verdict:
    """EBS volumes are attached to an instance.

    Why: a volume that nothing uses is paid for, and its data is watched by nobody.
    Fix: take a snapshot where the data may be needed, then aws ec2 delete-volume --volume-id ID
    """
    if volume.state == "available":
        return Fails(f"{volume.size} GiB are unattached")
    return Holds("it is in-use") if volume.state == "in-use" else NotApplicable(f"the volume is {volume.state}")


@check(effort="low")
def volumes_are_of_the_current_generation(volume: Volume) -> Verdict:
    """EBS volumes are of the current generation: gp3, io2, st1 or sc1.

    Why: gp3 costs less than gp2 at the same size and sets its speed apart from it.
    Fix: aws ec2 modify-volume --volume-id ID --volume-type gp3
    """
    if volume.volume_type in ("gp2", "io1", "standard"):
        return Fails(f"the volume is of type {volume.volume_type}")
    return Holds(f"the volume is of type {volume.volume_type}")


@check(effort="medium")
def snapshots_are_encrypted(snapshot: Snapshot) -> Verdict:
    """EBS snapshots are encrypted.

    Why: a snapshot is a whole disk, and is the easiest copy to carry off.
    Fix: aws ec2 copy-snapshot --encrypted …, then delete the original.
    """
    return Holds("encrypted") if snapshot.encrypted else Fails("the snapshot is not encrypted")


@check(effort="low")
def snapshots_are_not_public(snapshots: list[Snapshot], public: list[PublicSnapshot], block: SnapshotBlock) -> Verdict:
    """No EBS snapshot of the account is public.

    Why: anybody with an AWS account can restore a public snapshot and read the disk.
    Fix: aws ec2 reset-snapshot-attribute --attribute createVolumePermission --snapshot-id ID
    """
    if public and block.state == "block-all-sharing":
        # They keep their attribute, and nobody outside sees them (EC2 User Guide, "Block public access for EBS snapshots").
        return Holds(f"{len(public)} are marked as public, and the region blocks all public sharing")
    if public:
        named = ", ".join(sorted(one.snapshot_id for one in public)[:5])
        return Fails(f"{len(public)} public: {named}{', …' if len(public) > 5 else ''}")
    if not snapshots:
        return NotApplicable("the account has no snapshots here")
    return Holds(f"none of {len(snapshots)} snapshots is public")


@check(effort="low")
def snapshots_cannot_become_public(
    block: SnapshotBlock, interfaces: list[AnyInterface], volumes: list[Volume], snapshots: list[Snapshot]
) -> Verdict:
    """The region blocks public sharing of EBS snapshots.

    Why: one switch for the region holds whatever somebody does by mistake.
    Fix: aws ec2 enable-snapshot-block-public-access --state block-all-sharing
    """
    if block.state in ("block-all-sharing", "block-new-sharing"):
        return Holds(f"the state is {block.state}")
    told = f"the state is {block.state}"
    if not interfaces and not volumes and not snapshots:
        return NotApplicable(f"{told}, and the region has no network interface, volume or snapshot")
    return Fails(told)


@check(effort="low")
def images_are_not_public(image: Image) -> Verdict:
    """No machine image of the account is public.

    Why: an image carries whatever was on the disk, also keys and code that nobody remembers.
    Fix: aws ec2 modify-image-attribute --image-id ID --launch-permission Remove=[{Group=all}]
    """
    return Fails("everybody may launch the image") if image.public else Holds("the image is not public")


@check(effort="low")
def images_cannot_become_public(block: ImageBlock, interfaces: list[AnyInterface], images: list[Image]) -> Verdict:
    """The region blocks public sharing of machine images.

    Why: one switch for the region holds whatever somebody does by mistake.
    Fix: aws ec2 enable-image-block-public-access --image-block-public-access-state block-new-sharing
    """
    told = f"the state is {block.image_block_public_access_state}"
    if block.image_block_public_access_state == "block-new-sharing":
        return Holds(told)
    if not interfaces and not images:
        return NotApplicable(f"{told}, and the region has no network interface or image")
    return Fails(told)


@check(effort="medium")
def images_come_from_named_owners(allowed: list[AllowedImages]) -> Verdict:
    """The region launches images of named owners only.

    Why: an image found by its name may be anybody's, with whatever they put on it.
    Fix: aws ec2 replace-image-criteria-in-allowed-images-settings …, then enable-allowed-images-settings
    """
    states = {one.state for one in allowed}
    if not states:
        return NotApplicable("the region has no network interface")
    told = f"the setting is {', '.join(sorted(states))}"
    return Holds(told) if states == {"enabled"} else Fails(told)


@fact
def disk_space(volumes: list[Volume]) -> str | None:
    """How much disk space is provisioned, by type of volume."""
    if not volumes:
        return None
    types = sorted({one.volume_type for one in volumes})
    sizes = ", ".join(f"{sum(v.size for v in volumes if v.volume_type == kind)} GiB {kind}" for kind in types)
    return f"{len(volumes)} volumes: {sizes}"
