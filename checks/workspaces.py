"""WorkSpaces: desktops and the encryption of their volumes, and directories, which say from where and as what users come."""

from scanner import CannotTell, Evidence, Fails, Holds, NotApplicable, Part, Read, Verdict, check


class WorkSpace(
    Evidence,
    read=Read(
        "workspaces:DescribeWorkspaces",
        "Workspaces",
        arn="arn:{partition}:workspaces:{region}:{account}:workspace/{workspace_id}",
    ),
):
    workspace_id: str
    state: str
    root_volume_encryption_enabled: bool = False
    user_volume_encryption_enabled: bool = False


class CreationProperties(Part):
    user_enabled_as_local_administrator: bool | None = None


class Directory(
    Evidence,
    read=Read(
        "workspaces:DescribeWorkspaceDirectories",
        "Directories",
        arn="arn:{partition}:workspaces:{region}:{account}:directory/{directory_id}",
    ),
):
    directory_id: str
    state: str
    workspace_creation_properties: CreationProperties | None = None


class Gates(
    Evidence,
    read=Read(
        "workspaces:DescribeWorkspaceDirectories",
        "Directories",
        arn="arn:{partition}:workspaces:{region}:{account}:directory/{directory_id}",
    ),
):
    """From which addresses the desktops of a directory can be reached: from all of them where no group is named."""

    directory_id: str
    state: str
    ip_group_ids: tuple[str, ...] = ()


@check(effort="high")
def volumes_are_encrypted(workspace: WorkSpace) -> Verdict:
    """Desktops encrypt both of their volumes.

    Why: people keep copies of what they work with on their desktops.
    Fix: make the desktop anew with both volumes encrypted; that cannot be changed later.
    """
    if workspace.state in ("TERMINATING", "TERMINATED"):
        return NotApplicable(f"the desktop is {workspace.state}")
    on = {"root": workspace.root_volume_encryption_enabled, "user": workspace.user_volume_encryption_enabled}
    off = [name for name, encrypted in on.items() if not encrypted]
    return Fails(f"not encrypted: {' and '.join(off)} volume") if off else Holds("both volumes are encrypted")


@check(effort="low")
def directories_name_addresses(directory: Gates) -> Verdict:
    """Directories of desktops say from which addresses their users may come.

    Why: else a stolen password opens a desktop, and with it the network behind it, from anywhere.
    Fix: aws workspaces create-ip-group …, then associate-ip-groups --directory-id ID --group-ids GROUP
    """
    if directory.state != "REGISTERED":
        return NotApplicable(f"the directory is {directory.state}")
    groups = directory.ip_group_ids
    return Holds(f"by {', '.join(sorted(groups))}") if groups else Fails("from every address")


@check(effort="low")
def users_are_not_administrators(directory: Directory) -> Verdict:
    """Users of desktops are not administrators there.

    Why: what an administrator clicks on runs as one, and can switch off what guards the desktop.
    Fix: aws workspaces modify-workspace-creation-properties … UserEnabledAsLocalAdministrator=false; rebuild the desktops
    """
    if directory.state != "REGISTERED":
        return NotApplicable(f"the directory is {directory.state}")
    told = directory.workspace_creation_properties
    administrators = told.user_enabled_as_local_administrator if told else None
    if administrators is None:
        return CannotTell("whether users are local administrators is not told")
    return Fails("users are local administrators") if administrators else Holds("users are no local administrators")
