"""Checks over several services, each of which fails only where nothing of the kind is found: what makes a practice decidable."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from checks.autoscaling import Group, Refresh
from checks.backup.evidence import PlanBody
from checks.dynamodb import TimeToLive
from checks.ec2 import groups
from checks.ec2.evidence import Instance
from checks.ec2.rules import SecurityGroup
from checks.events import Rule
from checks.guardduty import Detector
from checks.iam import emergency, use
from checks.iam.evidence import Role, ServiceCredential, ServiceUse, User, WorkingRole
from checks.imagebuilder import Pipeline
from checks.inspector2 import Scans
from checks.logs import Alarm, LogGroup
from checks.organizations import Organization
from checks.s3 import ends
from checks.s3.evidence import Bucket, Lifecycle
from checks.ssm import protection
from checks.ssm.patching import UNTOLD, PatchingAssociation, PatchingTask
from checks.trail_alarms.evidence import MetricFilter
from scanner import CannotTell, Fails, Holds, NotApplicable, Verdict
from tests.checks.answers import answering, judge_all
from tests.emulator import ACCOUNT, Emulator

NOW = datetime(2026, 11, 23, tzinfo=UTC)
HERE = "region:us-east-1"
GLOBAL = f"account:{ACCOUNT}"


def read(kind: Any, **fields: Any) -> Any:
    """Evidence as it is read from an answer: through JSON."""
    return kind.model_validate_json(json.dumps(fields))


def role(name: str, path: str = "/", **principal: str) -> Role:
    statement = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": principal or {"Service": "ec2.amazonaws.com"},
    }
    document = {"Version": "2012-10-17", "Statement": [statement]}
    fields = {
        "arn": f"arn:aws:iam::1:role/{name}",
        "path": path,
        "role_name": name,
        "create_date": "2024-01-01T00:00:00Z",
    }
    return read(Role, **fields, assume_role_policy_document=document)  # type: ignore[no-any-return]


def user(name: str) -> User:
    return User(arn=f"arn:aws:iam::1:user/{name}", user_name=name)


ROOT_FILTER = read(
    MetricFilter,
    filter_name="root",
    filter_pattern='{ $.userIdentity.type = "Root" && $.eventType != "AwsServiceEvent" }',
    log_group_name="trail",
    metric_transformations=[{"metric_name": "root", "metric_namespace": "own"}],
)
OTHER_FILTER = ROOT_FILTER.model_copy(update={"filter_pattern": "could not read /root"})
HEARD = Alarm(alarm_name="alarm", namespace="own", metric_name="root", actions_enabled=True, alarm_actions=("topic",))
SILENT = HEARD.model_copy(update={"alarm_actions": ()})


def rule(state: str = "ENABLED", kind: str = "Root") -> Rule:
    pattern = {"source": ["aws.signin"], "detail": {"userIdentity": {"type": [kind]}}}
    return Rule(name="rule", arn="rule", state=state, event_bus_name="default", event_pattern=json.dumps(pattern))


ALONE = Fails("no role or user is named for emergencies, and nothing tells of use of the root user")
ELSEWHERE = "nothing by its name; the organization may keep its emergency access in another account"
BY_ALARM = Holds("use of the root user is told by alarm")
ORGANIZATION = Organization(id="o", feature_set="ALL", master_account_id="1")


@pytest.mark.parametrize(
    ("roles", "users", "filters", "alarms", "rules", "organizations", "verdict"),
    [
        ([], [], [], [], [], [], ALONE),
        ([role("Break-Glass")], [], [], [], [], [], Holds("by their names kept for emergencies: Break-Glass")),
        ([], [user("emergency-1")], [], [], [], [], Holds("by their names kept for emergencies: emergency-1")),
        ([], [], [ROOT_FILTER], [HEARD], [], [], BY_ALARM),
        ([], [], [ROOT_FILTER], [SILENT], [], [], ALONE),
        ([], [], [ROOT_FILTER], [], [], [], ALONE),
        ([], [], [OTHER_FILTER], [HEARD], [], [], ALONE),
        ([], [], [], [], [rule()], [], Holds("use of the root user is told by rule")),
        ([], [], [], [], [rule(state="DISABLED")], [], ALONE),
        ([], [], [], [], [rule(kind="IAMUser")], [], ALONE),
        ([role("app")], [user("anna")], [], [], [], [ORGANIZATION], CannotTell(ELSEWHERE)),
    ],
)
def test_emergency_access(
    roles: list[Role],
    users: list[User],
    filters: list[MetricFilter],
    alarms: list[Alarm],
    rules: list[Rule],
    organizations: list[Organization],
    verdict: Verdict,
) -> None:
    assert emergency.emergency_access_is_prepared(roles, users, filters, alarms, rules, organizations) == verdict


NOBODY = Fails("no role lets a person in: responders would have to work as IAM users or as root")
SAML = {"Federated": "arn:aws:iam::1:saml-provider/idp"}


@pytest.mark.parametrize(
    ("roles", "verdict"),
    [
        ([], NOBODY),
        ([role("app")], NOBODY),
        ([role("ci", Federated="arn:aws:iam::1:oidc-provider/token.actions.githubusercontent.com")], NOBODY),
        ([role("AWSServiceRoleForX", "/aws-service-role/x/", AWS="1")], NOBODY),
        ([role("people", **SAML)], Holds("1 roles can be taken; made for responders by their names: none")),
        (
            [
                role("incident-response", AWS="arn:aws:iam::2:root"),
                role("AWSReservedSSO_x", "/aws-reserved/x/", **SAML),
            ],
            Holds("2 roles can be taken; made for responders by their names: incident-response"),
        ),
    ],
)
def test_responders_can_take_a_role(roles: list[Role], verdict: Verdict) -> None:
    assert emergency.responders_can_take_a_role(roles) == verdict


def test_emergency_access_is_read(aws: Emulator) -> None:
    checks = ("emergency_access_is_prepared", "responders_can_take_a_role")
    none = {"emergency_access_is_prepared": ALONE, "responders_can_take_a_role": NOBODY}
    assert judge_all(aws, "iam", checks) == {name: {GLOBAL: ("fails", one.because)} for name, one in none.items()}
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    aws.client("iam").create_role(RoleName="break-glass", AssumeRolePolicyDocument=document)
    assert judge_all(aws, "iam", checks) == {
        "emergency_access_is_prepared": {GLOBAL: ("holds", "by their names kept for emergencies: break-glass")},
        "responders_can_take_a_role": {
            GLOBAL: ("holds", "1 roles can be taken; made for responders by their names: break-glass")
        },
    }


OLD = WorkingRole(arn="r", role_name="r", create_date=datetime(2024, 1, 1, tzinfo=UTC))


def service(name: str, days: int | None) -> ServiceUse:
    return ServiceUse(service_namespace=name, last_authenticated=None if days is None else NOW - timedelta(days=days))


@pytest.mark.parametrize(
    ("made", "services", "verdict"),
    [
        (OLD, [], NotApplicable("its permissions reach no service")),
        (OLD, [service("s3", 90), service("sqs", None)], Holds("1 of 2 services were used within 90 days")),
        (OLD, [service("s3", 91), service("sqs", 1), service("ec2", None)],
         Fails("1 of 3 services were used within 90 days; unused: ec2, s3")),
        (OLD.model_copy(update={"create_date": datetime(2026, 11, 1, tzinfo=UTC)}), [service("s3", None)],
         NotApplicable("made on 2026-11-01, too young to tell")),
    ],
)  # fmt: skip
def test_roles_use_what_they_may(made: WorkingRole, services: list[ServiceUse], verdict: Verdict) -> None:
    assert use.roles_use_what_they_may(made, services, NOW) == verdict


def credential(status: str, days: int) -> ServiceCredential:
    return ServiceCredential(
        user_name="anna",
        service_name="bedrock.amazonaws.com",
        service_specific_credential_id="ACCA",
        status=status,
        create_date=NOW - timedelta(days=days),
    )


@pytest.mark.parametrize(
    ("status", "days", "active", "young"),
    [
        ("Active", 90, Fails, Holds),
        ("Active", 91, Fails, Fails),
        ("Inactive", 91, Holds, NotApplicable),
        ("Expired", 91, Holds, NotApplicable),
    ],
)
def test_credentials_of_services(status: str, days: int, active: type, young: type) -> None:
    one = credential(status, days)
    assert isinstance(use.no_credential_of_a_service_is_active(one), active)
    assert isinstance(use.credentials_of_services_are_young(one, NOW), young)


LATER = datetime.now(UTC) + timedelta(days=100)  # moto makes roles now, and a role has to be old enough to tell
REPORT = {
    "JobStatus": "COMPLETED",
    "JobCreationDate": "2026-11-23T00:00:00Z",
    "JobCompletionDate": "2026-11-23T00:00:00Z",
}


def role_in_use(aws: Emulator) -> str:
    """A role that somebody took, beside one that nobody took."""
    trust = json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": "*"}]}
    )
    arns = [
        aws.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        for name in ("app", "idle")
    ]
    key = aws.client("sts").assume_role(RoleArn=arns[0], RoleSessionName="session")["Credentials"]
    boto3.client(
        "sqs",
        region_name="us-east-1",
        endpoint_url=aws.url,
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
        aws_session_token=key["SessionToken"],
    ).list_queues()
    return str(arns[0])


def test_use_of_permissions_and_credentials_of_services_are_read(aws: Emulator) -> None:
    arn = role_in_use(aws)
    first: dict[str, Any] = {
        **REPORT,
        "ServicesLastAccessed": [
            {
                "ServiceName": "S3",
                "ServiceNamespace": "s3",
                "LastAuthenticated": (LATER - timedelta(days=3)).isoformat(),
            },
            {"ServiceName": "EC2", "ServiceNamespace": "ec2"},
        ],
        "IsTruncated": True,
        "Marker": "more",
    }
    rest = {**REPORT, "ServicesLastAccessed": [{"ServiceName": "SQS", "ServiceNamespace": "sqs"}], "IsTruncated": False}
    held: dict[str, Any] = {
        "UserName": "anna",
        "ServiceName": "codecommit.amazonaws.com",
        "ServiceUserName": "anna-at-1",
        "ServiceSpecificCredentialId": "ACCA",
        "Status": "Active",
        "CreateDate": "2026-01-01T00:00:00Z",
    }
    off = {**held, "ServiceSpecificCredentialId": "ACCB", "Status": "Inactive"}
    young = {**held, "ServiceSpecificCredentialId": "ACCC", "CreateDate": (LATER - timedelta(days=9)).isoformat()}
    names = (
        "roles_use_what_they_may",
        "services_used_by_roles",
        "no_credential_of_a_service_is_active",
        "credentials_of_services_are_young",
    )
    with (
        answering("iam", {"GetServiceLastAccessedDetails": first}),
        answering("iam", {"GetServiceLastAccessedDetails": rest}, when={"Marker": "more"}),
        answering("iam", {"ListServiceSpecificCredentials": {"ServiceSpecificCredentials": [held, off, young]}}),
    ):
        found = judge_all(aws, "iam", names, at=LATER)
    key = f"arn:aws:iam::{ACCOUNT}:user/anna/"
    assert found == {
        "roles_use_what_they_may": {arn: ("fails", "1 of 3 services were used within 90 days; unused: ec2, sqs")},
        "services_used_by_roles": {
            GLOBAL: ("told", "1 roles in use have used 1 of 3 services that they may use, 33 %")
        },
        "no_credential_of_a_service_is_active": {
            key + "ACCA": ("fails", "the credential for codecommit.amazonaws.com is Active"),
            key + "ACCB": ("holds", "the credential for codecommit.amazonaws.com is Inactive"),
            key + "ACCC": ("fails", "the credential for codecommit.amazonaws.com is Active"),
        },
        "credentials_of_services_are_young": {
            key + "ACCA": ("fails", "the credential for codecommit.amazonaws.com is of 2026-01-01"),
            key + "ACCB": ("not applicable", "the credential is Inactive"),
            key + "ACCC": (
                "holds",
                f"the credential for codecommit.amazonaws.com is of {LATER - timedelta(days=9):%Y-%m-%d}",
            ),
        },
    }
    only_s3 = {**first, "ServicesLastAccessed": first["ServicesLastAccessed"][:1], "IsTruncated": False}
    with answering("iam", {"GetServiceLastAccessedDetails": {k: v for k, v in only_s3.items() if k != "Marker"}}):
        assert aws.judge("iam.roles_use_what_they_may", at=LATER) == {
            arn: ("holds", "1 of 1 services were used within 90 days")
        }


def test_a_report_that_failed_is_unknown(aws: Emulator) -> None:
    arn = role_in_use(aws)
    failed = {**REPORT, "JobStatus": "FAILED", "ServicesLastAccessed": []}
    with answering("iam", {"GetServiceLastAccessedDetails": failed}):
        assert aws.verdicts("iam.roles_use_what_they_may", at=LATER) == {arn: "unknown"}


INSTANCE = read(
    Instance,
    instance_id="i-1",
    instance_type="m7g.large",
    state={"name": "running"},
    launch_time="2026-01-01T00:00:00Z",
    metadata_options={"http_tokens": "required", "http_endpoint": "enabled"},
    security_groups=[{"group_id": "g"}],
)
STOPPED = INSTANCE.model_copy(update={"state": INSTANCE.state.model_copy(update={"name": "stopped"})})
PATCHES = PatchingAssociation("an association runs AWS-RunPatchBaseline", "Install")
WATCHED = read(Detector, status="ENABLED", features=[{"name": "RUNTIME_MONITORING", "status": "ENABLED"}])
LOOKED = read(Scans, ec2={"status": "ENABLED"}, ecr={"status": "DISABLED"})
BUILT = read(Pipeline, name="p", arn="p", status="ENABLED", schedule={"schedule_expression": "rate(7 days)"})
NOTHING = Fails("1 instances run, and nothing patches, scans, watches or replaces them by itself")


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, NOTHING),
        ({"instances": [STOPPED]}, NotApplicable("no instance runs here")),
        ({"associations": [PATCHES]}, Holds("patches are installed on a schedule")),
        ({"associations": [PatchingAssociation("an association", "")]}, NOTHING),
        ({"tasks": [PatchingTask("a window", "Install")]}, Holds("patches are installed on a schedule")),
        ({"associations": [PatchingAssociation("an association", "Scan")]}, NOTHING),
        (
            {"associations": [PatchingAssociation("an association", UNTOLD)]},
            CannotTell("an association, and it is not told whether it installs"),
        ),
        ({"detectors": [WATCHED]}, Holds("GuardDuty watches what runs")),
        ({"detectors": [WATCHED.model_copy(update={"status": "DISABLED"})]}, NOTHING),
        ({"scans": [LOOKED]}, Holds("Inspector scans instances")),
        ({"pipelines": [BUILT]}, Holds("images are rebuilt on a schedule")),
        ({"pipelines": [BUILT.model_copy(update={"schedule": None})]}, NOTHING),
        ({"refreshes": [read(Refresh, status="Successful")]}, Holds("instances are replaced")),
    ],
)
def test_something_protects_instances(changes: dict[str, list[Any]], verdict: Verdict) -> None:
    kinds = ("instances", "associations", "tasks", "detectors", "scans", "pipelines", "groups", "refreshes")
    found: dict[str, list[Any]] = {kind: [] for kind in kinds} | {"instances": [INSTANCE]} | changes
    assert protection.something_protects_instances_by_itself(**found) == verdict


def test_what_protects_instances_is_read(aws: Emulator) -> None:
    check = "ssm.something_protects_instances_by_itself"
    assert aws.judge(check) == {HERE: ("not applicable", "no instance runs here")}
    client = aws.client("ec2")
    image = client.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    group = client.create_security_group(GroupName="db", Description="db")["GroupId"]
    inside = [{"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}]
    client.authorize_security_group_ingress(GroupId=group, IpPermissions=inside)
    started = client.run_instances(ImageId=image, MinCount=1, MaxCount=1, SecurityGroupIds=[group])["Instances"][0]
    assert aws.judge(check) == {HERE: ("fails", NOTHING.because)}
    aws.client("inspector2").enable(accountIds=[ACCOUNT], resourceTypes=["EC2"])
    assert aws.judge(check) == {HERE: ("holds", "Inspector scans instances")}
    told = f"1 of 1 running instances open the port of a database, cache or broker: {started['InstanceId']} (5432)"
    assert aws.judge("ec2.databases_on_instances") == {HERE: ("told", told)}


def test_a_wide_range_of_ports_is_no_database() -> None:
    wide = read(
        SecurityGroup,
        group_id="g",
        group_name="g",
        ip_permissions=[{"ip_protocol": "tcp", "from_port": 1024, "to_port": 65535}],
        ip_permissions_egress=[],
    )
    told = "0 of 1 running instances open the port of a database, cache or broker"
    assert groups.databases_on_instances([INSTANCE], [wide]) == told
    assert groups.databases_on_instances([STOPPED], [wide]) is None


ENDLESS = LogGroup(log_group_name="l", log_group_arn="l")
FOREVER = read(PlanBody, rules=[{"rule_name": "r", "target_backup_vault_name": "v"}])
EXPIRES = read(Lifecycle, rules=[{"status": "Enabled", "expiration": {"days": 30}}])


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({"buckets": [], "groups": [], "bodies": [], "expiries": []},
         NotApplicable("there are no buckets, log groups, tables or backup plans")),
        ({}, Fails("none of 4 buckets, log groups, tables and backup plans has a rule that ends or moves data")),
        ({"lifecycles": [EXPIRES]}, Holds("a rule ends or moves data in 1 buckets")),
        ({"groups": [ENDLESS.model_copy(update={"retention_in_days": 30})]},
         Holds("a rule ends or moves data in 1 log groups")),
        ({"expiries": [TimeToLive(time_to_live_status="ENABLED")]}, Holds("a rule ends or moves data in 1 tables")),
        ({"bodies": [read(PlanBody, rules=[{"rule_name": "r", "target_backup_vault_name": "v",
                                            "lifecycle": {"delete_after_days": 35}}])]},
         Holds("a rule ends or moves data in 1 backup plans")),
        ({"lifecycles": [read(Lifecycle, rules=[{"status": "Disabled", "expiration": {"days": 30}}])]},
         Fails("none of 4 buckets, log groups, tables and backup plans has a rule that ends or moves data")),
    ],
)  # fmt: skip
def test_some_rule_ends_or_moves_data(changes: dict[str, list[Any]], verdict: Verdict) -> None:
    found: dict[str, list[Any]] = {
        "buckets": [Bucket(name="b")],
        "lifecycles": [],
        "groups": [ENDLESS],
        "bodies": [FOREVER],
        "expiries": [TimeToLive(time_to_live_status="DISABLED")],
    }
    assert ends.some_rule_ends_or_moves_data(**(found | changes)) == verdict


def test_ends_of_data_are_read(aws: Emulator) -> None:
    check = "s3.some_rule_ends_or_moves_data"
    aws.client("s3").create_bucket(Bucket="bucket")
    aws.client("logs", "eu-west-1").create_log_group(logGroupName="l")
    none = "none of 2 buckets, log groups, tables and backup plans has a rule that ends or moves data"
    assert aws.judge(check, regions=("us-east-1", "eu-west-1")) == {GLOBAL: ("fails", none)}
    aws.client("logs", "eu-west-1").put_retention_policy(logGroupName="l", retentionInDays=30)
    told = {GLOBAL: ("holds", "a rule ends or moves data in 1 log groups")}
    assert aws.judge(check, regions=("us-east-1", "eu-west-1")) == told


def test_stack_sets_are_read(aws: Emulator) -> None:
    """moto does not tell of a set's drift."""
    check = "cloudformation.stack_sets_have_not_drifted"
    assert aws.judge(check) == {HERE: ("not applicable", "there are no stack sets")}
    template = '{"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}'
    client = aws.client("cloudformation")
    client.create_stack(StackName="one", TemplateBody=template)
    client.create_stack_set(StackSetName="baseline", TemplateBody=template)
    assert aws.judge(check) == {HERE: ("unknown", "drift was not looked for lately: baseline")}

    def told(*sets: tuple[str, int]) -> tuple[str, str]:
        summaries = [
            {
                "StackSetName": f"{status.lower()}-{days}",
                "Status": "ACTIVE",
                "PermissionModel": "SELF_MANAGED",
                "DriftStatus": status,
                "LastDriftCheckTimestamp": (NOW - timedelta(days=days)).isoformat(),
            }
            for status, days in sets
        ]
        with answering("cloudformation", {"ListStackSets": {"Summaries": summaries}}):
            return aws.judge(check, at=NOW)[HERE]

    assert told(("IN_SYNC", 90), ("IN_SYNC", 1)) == ("holds", "in sync: in_sync-1, in_sync-90")
    assert told(("IN_SYNC", 1), ("DRIFTED", 2)) == ("fails", "drifted at the last detection: drifted-2")
    # One that nobody looked at is not in sync because another is.
    assert told(("IN_SYNC", 1), ("IN_SYNC", 91)) == ("unknown", "drift was not looked for lately: in_sync-91")


def test_groups_that_end_their_instances_protect_them() -> None:
    group = read(
        Group,
        auto_scaling_group_name="g",
        auto_scaling_group_arn="g",
        min_size=1,
        max_size=1,
        desired_capacity=1,
        availability_zones=["a"],
        health_check_type="EC2",
        max_instance_lifetime=604_800,
    )
    told = protection.something_protects_instances_by_itself([INSTANCE], [], [], [], [], [], [group], [])
    assert told == Holds("instances are replaced")
