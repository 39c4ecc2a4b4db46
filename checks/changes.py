"""Who changes what: the newest events of CloudTrail's history that are no reads, and what the root user called.

The history keeps management events of 90 days for each region, whether there is a trail or not. A long one is read only in part;
what is said of it then names how far back that goes.
"""

import re
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from checks.cloudtrail.evidence import Trail
from scanner import (
    CannotTell,
    Evidence,
    Fails,
    FromJson,
    Holds,
    NotApplicable,
    Part,
    Read,
    ScanTime,
    Verdict,
    check,
    fact,
)

DAYS = 90  # as long as the history keeps (CloudTrail API reference, LookupEvents)

# Calls that change resources. Starting and stopping sessions, queries and uploads is none.
_CHANGE = re.compile(
    r"^(?:Add|Allocate|Apply|Associate|Attach|Authorize|Change|Copy|Create|Delete|Deregister|Detach|Disable|Disassociate|Enable"
    r"|Import|Modify|Move|Publish|Put|Reboot|Register|Release|Remove|Replace|Reset|Restore|Revoke|Run|Schedule|Set|StartDB|StartInst"
    r"|StopDB|StopInst|Tag|Terminate|Untag|Update|Upgrade)(?=[A-Z]|$)|^(?:Start|Stop)Instances$"
)
# Calls of those names that change nothing of a workload: heartbeats of agents, a person's own second factor, work with findings,
# queries, pictures of metrics, grants that services take and give back.
_NOTHING = re.compile(
    r"^(?:UpdateInstanceInformation|UpdateInstanceAssociationStatus|PutInventory|PutComplianceItems|PutConfigurePackageResult"
    r"|CreateLogStream|PutLogEvents|CreateGrant|\w*MFADevice|ChangePassword|\w+Findings?|\w+FindingsFeedback|\w*OpsItem\w*"
    r"|PutDashboard|DeleteDashboards|\w*QueryDefinition|\w*NamedQuery|CreateUpload\w*|CreateSession|CreateDataChannel"
    r"|CreateControlChannel|CreateNetworkInterface|DeleteNetworkInterface|\w*Case|\w+ToCase|CreateChangeSet)$"
)
# Calls that bring out new software; Lambda's names end in the version of its API.
_SOFTWARE = re.compile(
    r"^(?:lambda:UpdateFunctionCode\w*|ecs:(?:UpdateService|RegisterTaskDefinition)|elasticbeanstalk:UpdateEnvironment"
    r"|apprunner:(?:StartDeployment|UpdateService)|codedeploy:CreateDeployment)$"
)
# Services in which people work that are no part of a workload, by the first part of the event's source.
_ASIDE = frozenset(
    {
        *(
            "signin",
            "sts",
            "cloudshell",
            "console-control",
            "ssmmessages",
            "ec2messages",
            "sso-oidc",
            "q",
            "codewhisperer",
        ),
        *("support", "health", "trustedadvisor", "wellarchitected", "notifications", "ssm-incidents", "ssm-contacts"),
        *(
            "ce",
            "budgets",
            "billing",
            "payments",
            "tax",
            "invoicing",
            "freetier",
            "cost-optimization-hub",
            "bcm-data-exports",
        ),
        *("identitystore", "sso-directory", "resource-explorer-2", "artifact", "auditmanager"),
    }
)
# Services that deploy: what they do in somebody's name stands in a template or a pipeline. So does what these calls start.
_DEPLOYERS = frozenset(
    {"cloudformation", "codepipeline", "codedeploy", "codebuild", "servicecatalog", "cloudcontrolapi"}
)
_DEPLOYMENT = re.compile(
    r"^(?:(?:Create|Update|Delete)Stack(?:Set|Instances)?|ExecuteChangeSet|StartPipelineExecution|CreateDeployment"
    r"|(?:Provision|Terminate)(?:Provisioned)?Product|UpdateProvisionedProduct|(?:Create|Update|Delete)Resource)$"
)
_RESTORE = re.compile(r"^Restore(?:DB|Table|FromClusterSnapshot|Cluster|Snapshot)\w*$|^StartRestoreJob$")
_NO_RESTORE = frozenset({"RestoreSnapshotFromRecycleBin", "RestoreSnapshotTier"})
_PEOPLE = frozenset({"IAMUser", "AssumedRole", "Root", "SAMLUser", "FederatedUser", "IdentityCenterUser"})
_SIGN_IN = "signin.amazonaws.com"  # older consoles call through it


class Issuer(Part):
    user_name: str | None = None


class Session(Part):
    session_issuer: Issuer | None = None
    assumed_root: str | bool | None = None


class Identity(Part):
    type: str | None = None
    user_name: str | None = None
    invoked_by: str | None = None
    session_context: Session | None = None


class Record(Part):
    """What is kept of an event's record; members that do not apply to an event are left out ("CloudTrail record contents")."""

    event_type: str | None = None
    error_code: str | None = None
    user_agent: str | None = None  # the kind of program, as `scanner.collect.reports` tells it
    session_credential_from_console: str | bool | None = None
    user_identity: Identity = Identity()


class Event(Part):
    event_name: str
    event_source: str
    event_time: datetime
    read_only: str | None = None
    username: str | None = None
    cloud_trail_event: FromJson[Record]

    @property
    def service(self) -> str:
        return self.event_source.partition(".")[0]

    @property
    def who(self) -> str:
        return self.username or self.cloud_trail_event.user_identity.user_name or "nobody named"

    @property
    def is_change(self) -> bool:
        record = self.cloud_trail_event
        return (
            record.error_code is None
            and record.event_type in ("AwsApiCall", "AwsConsoleAction")
            and self.service not in _ASIDE
            and (self.is_deployment or _CHANGE.match(self.event_name) is not None)
            and not _NOTHING.match(self.event_name)
        )

    @property
    def is_deployment(self) -> bool:
        return self.service in _DEPLOYERS and _DEPLOYMENT.match(self.event_name) is not None

    @property
    def way(self) -> str:
        """How the change was made: `tool`, `aws` (a service by itself), `hand` (a person in the console) or `other`."""
        record, identity = self.cloud_trail_event, self.cloud_trail_event.user_identity
        invoker = (identity.invoked_by or "").partition(".")[0]
        issuer = identity.session_context.session_issuer if identity.session_context else None
        if invoker in _DEPLOYERS or self.is_deployment or record.user_agent == "iac":
            return "tool"
        if identity.invoked_by not in (None, _SIGN_IN) or identity.type not in _PEOPLE:
            return "aws"
        if issuer is not None and (issuer.user_name or "").startswith("AWSServiceRoleFor"):
            return "aws"
        console = str(record.session_credential_from_console).lower() == "true"
        if console or record.user_agent in ("console", "cloudshell"):
            return "hand"
        return "aws" if record.user_agent == "service" else "other"


class History(
    Evidence,
    read=Read(
        "cloudtrail:LookupEvents",
        fixed={
            "LookupAttributes": [{"AttributeKey": "ReadOnly", "AttributeValue": "false"}],
            "StartTime": f"{{days_ago:{DAYS}}}",
            "EndTime": "{at}",
        },
        via="event_history",
    ),
):
    """The newest events that are no reads. `next_token` is there if there are more."""

    events: tuple[Event, ...]
    next_token: str | None = None

    @property
    def since(self) -> str:
        """How far back this goes, in words."""
        if self.next_token is None:
            return f"in the past {DAYS} days"
        back = f", back to {self.oldest:%Y-%m-%d}" if self.oldest else ""
        return f"among the newest {len(self.events)} events{back}"

    @property
    def oldest(self) -> datetime | None:
        return min((one.event_time for one in self.events), default=None)

    @property
    def changes(self) -> list[Event]:
        """Changes that somebody decided on: not what AWS did by itself."""
        return [one for one in self.events if one.is_change and one.way != "aws"]

    @property
    def restores(self) -> list[Event]:
        return [one for one in self.events if _is_restore(one)]


class RootHistory(
    Evidence,
    read=Read(
        "cloudtrail:LookupEvents",
        fixed={
            "LookupAttributes": [{"AttributeKey": "Username", "AttributeValue": "root"}],
            "StartTime": f"{{days_ago:{DAYS}}}",
            "EndTime": "{at}",
        },
        via="event_history",
    ),
):
    """The newest events of users called root, reads too."""

    events: tuple[Event, ...]
    next_token: str | None = None


def _is_restore(event: Event) -> bool:
    known = event.service in ("rds", "dynamodb", "redshift", "backup", "fsx", "elasticache", "docdb")
    name = event.event_name
    return (
        known and bool(_RESTORE.match(name)) and name not in _NO_RESTORE and event.cloud_trail_event.error_code is None
    )


def _most(names: Iterable[str], limit: int = 3) -> str:
    counts = sorted(Counter(names).items(), key=lambda item: (-item[1], item[0]))
    more = f" and {len(counts) - limit} more" if len(counts) > limit else ""
    return ", ".join(f"{name} {count}" for name, count in counts[:limit]) + more


@check(effort="high")
def few_changes_are_made_by_hand(
    history: History,
    trails: list[Trail],
    at: ScanTime,
    *,
    percent: int = 20,
    fewest: int = 10,
    fewest_days: int = 14,
) -> Verdict:
    """Few changes of resources are made by hand in the console; most come through stacks, pipelines and tools.

    Why: what somebody clicked has no review, no test before it and no way back, and the next deployment may undo it.
    Fix: bring the resources into stacks or a tool, deploy through a pipeline, and let people read in production and not write.
    """
    changes = history.changes
    if not changes:
        told = f"no change is on record {history.since}"
        return NotApplicable(told) if history.next_token is None else CannotTell(told)
    if len(changes) < fewest:
        return CannotTell(f"{len(changes)} changes {history.since} are too few to tell")
    by_hand = [one for one in changes if one.way == "hand"]
    by_tools = sum(one.way == "tool" for one in changes)
    told = f"{len(by_hand)} of {len(changes)} {history.since}"
    if 100 * len(by_hand) > percent * len(changes):
        lacking = "no rollback path" if trails else "no audit trail and no rollback path"
        what = _most(one.service for one in by_hand)
        who = _most(one.who for one in by_hand)
        return Fails(f"changes made by hand in the console, with {lacking}: {told} ({what}; by {who})")
    cut = history.oldest if history.next_token is not None else None
    if cut is not None and at - cut < timedelta(days=fewest_days):
        return CannotTell(f"{told} were made by hand, and that is too short a time to tell")
    if not by_tools or 100 * len(by_hand) > percent * (len(by_hand) + by_tools):
        return CannotTell(
            f"{told} were made by hand and {by_tools} by tools; of the rest it cannot be told what made them"
        )
    return Holds(f"{told} were made by hand in the console")


@check(effort="high")
def tools_make_changes_where_people_do(history: History, *, fewest: int = 10) -> Verdict:
    """Where people make changes in the console, stacks, tools or roles of machines made some too.

    Why: if every change is somebody's click, nothing builds or deploys, and nothing could do it again.
    Fix: describe the resources in templates and let a pipeline deploy them.
    """
    changes = history.changes
    by_hand = [one for one in changes if one.way == "hand"]
    rest = len(changes) - len(by_hand)
    if len(by_hand) < fewest:
        return NotApplicable(f"{len(by_hand)} changes were made by hand {history.since}")
    if rest:
        return Holds(f"{rest} of {len(changes)} changes were not made by hand {history.since}")
    if history.next_token is not None:
        return CannotTell(
            f"all {len(by_hand)} changes {history.since}, were made by hand; before that it cannot be told"
        )
    return Fails(
        f"all {len(by_hand)} changes {history.since} were made by hand ({_most(one.service for one in by_hand)})"
    )


@check(effort="high")
def software_is_deployed_by_tools(history: History, *, percent: int = 20, fewest: int = 3) -> Verdict:
    """Few new versions of functions, containers and environments are brought out by hand in the console.

    Why: software that somebody uploads has passed no test on its way, and nobody can say which version runs.
    Fix: let a pipeline build, test and deploy it, and take the permission for that from people.
    """
    versions = [one for one in history.changes if _SOFTWARE.match(f"{one.service}:{one.event_name}")]
    if len(versions) < fewest:
        told = f"{len(versions)} new versions of software are on record {history.since}"
        return CannotTell(f"{told}, too few to tell") if versions else NotApplicable(told)
    by_hand = [one for one in versions if one.way == "hand"]
    told = f"{len(by_hand)} of {len(versions)} new versions {history.since} were brought out by hand in the console"
    if 100 * len(by_hand) > percent * len(versions):
        return Fails(f"{told} ({_most(one.service for one in by_hand)}; by {_most(one.who for one in by_hand)})")
    by_tools = sum(one.way == "tool" for one in versions)
    if 100 * by_tools < (100 - percent) * len(versions):
        return CannotTell(f"{told}, and {by_tools} by tools; of the rest it cannot be told what made them")
    return Holds(told)


@check(effort="medium")
def the_root_user_makes_no_calls(history: RootHistory) -> Verdict:
    """Nobody worked as the root user in the days that the event history keeps.

    Why: what root does has no name behind it, and no policy of the account holds it back.
    Fix: give the people who did a role with the permissions that they need, and keep root for what only root can do.
    """
    calls = [one for one in history.events if _is_root_itself(one)]
    if calls:
        last = max(one.event_time for one in calls)
        more = " or more" if history.next_token else ""
        names = _most(one.event_name for one in calls)
        return Fails(f"{len(calls)}{more} calls in {DAYS} days, the last on {last:%Y-%m-%d}: {names}")
    if history.next_token is not None:
        return CannotTell("the history of users called root is too long to be read")
    return Holds(f"no call by the root user is on record in {DAYS} days")


def _is_root_itself(event: Event) -> bool:
    """Not a service that acts for the root user, and not a session that the organization's management took (AssumeRoot)."""
    record, identity = event.cloud_trail_event, event.cloud_trail_event.user_identity
    session = identity.session_context
    taken = session is not None and str(session.assumed_root).lower() == "true"
    itself = identity.type == "Root" and identity.invoked_by in (None, _SIGN_IN)
    return itself and not taken and record.event_type != "AwsServiceEvent"


@fact
def who_makes_changes(history: History) -> str | None:
    """How many changes came from people in the console, from stacks and tools, and from other roles and users."""
    changes = history.changes
    if not changes:
        return None
    ways = Counter(one.way for one in changes)
    return (
        f"changes {history.since}: {ways['hand']} by hand in the console, {ways['tool']} by stacks, pipelines and tools, "
        f"{ways['other']} by other roles and users"
    )


@fact
def changes_by_hand(history: History) -> str | None:
    """Which services people changed in the console, and who did."""
    by_hand = [one for one in history.changes if one.way == "hand"]
    if not by_hand:
        return None
    services, people = _most((one.service for one in by_hand), 8), _most((one.who for one in by_hand), 8)
    return f"changed by hand in the console {history.since}: {services}; by {people}"


@fact
def restores(history: History) -> str | None:
    """Which restores were started, as the event history shows them."""
    found = history.restores
    if not found:
        return None
    last = max(one.event_time for one in found)
    names = _most((one.event_name for one in found), 5)
    return f"restores started {history.since}: {names}; the last on {last:%Y-%m-%d}"
