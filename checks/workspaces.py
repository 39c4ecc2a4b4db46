"""WorkSpaces: desktops and the encryption of their volumes."""

from scanner import Evidence, Fails, Holds, NotApplicable, Read, Verdict, check


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
