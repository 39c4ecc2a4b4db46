"""Config checks, against real clients and as tables."""

from typing import Any

import pytest

from checks.config import checks as config
from checks.config.evidence import (
    GLOBAL_TYPES,
    AccountSource,
    Aggregator,
    ChannelStatus,
    ConformancePack,
    Delivered,
    DeliveryChannel,
    Exclusion,
    Recorder,
    RecorderStatus,
    Recording,
    RecordingGroup,
    Remediation,
    Rule,
    RuleSource,
    Strategy,
)
from checks.securityhub import Standard
from fixtures.moto_states import recorder_delivered
from scanner import CannotTell, Fails, Holds, Verdict
from tests.answering import answering
from tests.emulator import ACCOUNT, Emulator

HERE = "region:us-east-1"
THERE = "region:eu-west-1"
BOTH = ("us-east-1", "eu-west-1")


def make_recorder(aws: Emulator, **group: Any) -> Any:
    client = aws.client("config")
    role = f"arn:aws:iam::{ACCOUNT}:role/config"
    client.put_configuration_recorder(
        ConfigurationRecorder={"name": "default", "roleARN": role, "recordingGroup": group}
    )
    return client


def start(client: Any) -> None:
    client.put_delivery_channel(DeliveryChannel={"name": "default", "s3BucketName": "history"})
    client.start_configuration_recorder(ConfigurationRecorderName="default")


def test_recording_is_read(aws: Emulator) -> None:
    client = make_recorder(aws, allSupported=True, includeGlobalResourceTypes=True)
    assert aws.judge("config.changes_are_recorded", regions=BOTH) == {
        HERE: ("fails", "the recorder default is stopped"),
        THERE: ("fails", "there is no recorder in this region"),
    }
    assert aws.judge("config.recorded_changes_are_delivered", regions=BOTH) == {
        HERE: ("fails", "there is no delivery channel"),
        THERE: ("not applicable", "there is no recorder in this region"),
    }
    start(client)
    assert aws.judge("config.recorded_changes_are_delivered") == {HERE: ("holds", "delivered to history")}
    # moto's recorder never gets beyond this; AWS's says SUCCESS once its first item is recorded.
    told = "the recorder default is switched on, and its last try is PENDING"
    assert aws.judge("config.changes_are_recorded") == {HERE: ("unknown", told)}
    recorder_delivered(ACCOUNT, "us-east-1")
    assert aws.judge("config.changes_are_recorded") == {HERE: ("holds", "the recorder default is recording")}


def test_what_is_recorded_is_read(aws: Emulator) -> None:
    client = make_recorder(aws, allSupported=True, includeGlobalResourceTypes=True)
    assert aws.judge("config.all_types_are_recorded", regions=BOTH) == {
        HERE: ("holds", "the recorder default records all types, later ones too"),
        THERE: ("not applicable", "there is no recorder in this region"),
    }
    assert aws.judge("config.users_and_roles_are_recorded", regions=BOTH) == {
        f"account:{ACCOUNT}": ("fails", "every recorder that includes the global types is stopped")
    }
    start(client)
    assert aws.judge("config.users_and_roles_are_recorded", regions=BOTH) == {
        f"account:{ACCOUNT}": ("holds", "a recorder includes the global types")
    }
    make_recorder(aws, allSupported=False, resourceTypes=["AWS::EC2::Instance"])
    assert aws.judge("config.all_types_are_recorded") == {HERE: ("fails", "1 listed types only")}


def test_without_recorders_no_permission_is_recorded(aws: Emulator) -> None:
    assert aws.judge("config.users_and_roles_are_recorded", regions=BOTH) == {
        f"account:{ACCOUNT}": ("fails", "there is no recorder in any region")
    }


def status(**changes: Any) -> RecorderStatus:
    return RecorderStatus.model_validate({"name": "default", "recording": True} | changes)


@pytest.mark.parametrize(
    ("statuses", "verdict"),
    [
        ([status(last_status="SUCCESS")], Holds("the recorder default is recording")),
        ([status(last_status="Success")], Holds("the recorder default is recording")),
        ([status(last_status="SUCCESS", recording=False)], Fails("the recorder default is stopped")),
        (
            [status(last_status="FAILURE", last_error_code="AccessDenied")],
            Fails("the recorder default last said AccessDenied"),
        ),
        ([status()], Fails("the recorder default last said nothing")),
        ([status(last_status="Pending", recording=False)], Fails("the recorder default is stopped")),
        (
            [status(last_status="NotApplicable")],
            CannotTell("the recorder default is switched on, and its last try is NotApplicable"),
        ),
        ([], Fails("there is no recorder in this region")),
    ],
)
def test_changes_are_recorded(statuses: list[RecorderStatus], verdict: Verdict) -> None:
    assert config.changes_are_recorded(statuses) == verdict


def excluding(*types: str) -> RecordingGroup:
    return RecordingGroup(
        exclusion_by_resource_types=Exclusion(resource_types=types),
        recording_strategy=Strategy(use_only="EXCLUSION_BY_RESOURCE_TYPES"),
    )


ALL = Holds("the recorder default records all types, later ones too")
GLOBAL = Holds("a recorder includes the global types")
NO_GLOBAL = Fails("no recorder includes the global types")


@pytest.mark.parametrize(
    ("group", "types", "global_types"),
    [
        (RecordingGroup(all_supported=True), ALL, NO_GLOBAL),
        (RecordingGroup(all_supported=True, include_global_resource_types=True), ALL, GLOBAL),
        (RecordingGroup(resource_types=("AWS::EC2::Instance",)), Fails("1 listed types only"), NO_GLOBAL),
        (RecordingGroup(resource_types=tuple(GLOBAL_TYPES)), Fails("4 listed types only"), GLOBAL),
        # Leaving the global types out is how every region but one should do it.
        (excluding(*GLOBAL_TYPES), ALL, NO_GLOBAL),
        (excluding("AWS::EC2::Instance"), Fails("left out: AWS::EC2::Instance"), GLOBAL),
        (RecordingGroup(), Fails("0 listed types only"), NO_GLOBAL),
    ],
)
def test_which_types_are_recorded(group: RecordingGroup, types: Verdict, global_types: Verdict) -> None:
    recorders = [Recorder(name="default", recording_group=group)]
    assert config.all_types_are_recorded(recorders) == types
    assert config.users_and_roles_are_recorded(recorders, [status()]) == global_types


def test_a_recorder_that_is_stopped_records_no_permission() -> None:
    group = RecordingGroup(all_supported=True, include_global_resource_types=True)
    two = [Recorder(name="default", arn=arn, recording_group=group) for arn in ("a", None)]
    told = "a recorder that includes the global types is on or off: recorders of one name are both"
    both = [status(), status(recording=False)]
    assert config.users_and_roles_are_recorded(two, both) == CannotTell(told)
    assert config.users_and_roles_are_recorded(two[:1], [status(arn="a"), status(arn="b", recording=False)]) == GLOBAL
    stopped = Fails("every recorder that includes the global types is stopped")
    assert config.users_and_roles_are_recorded(two[:1], [status(arn="a", recording=False), status(arn="b")]) == stopped


def test_a_type_may_be_left_out_on_purpose() -> None:
    recorders = [Recorder(name="default", recording_group=excluding("AWS::EC2::NetworkInterface"))]
    assert config.all_types_are_recorded(recorders, without=("AWS::EC2::NetworkInterface",)) == ALL


def test_a_channel_without_a_bucket_delivers_nothing() -> None:
    recorders = [Recorder(name="default")]
    assert config.recorded_changes_are_delivered(recorders, [DeliveryChannel(name="default")], []) == Fails(
        "there is no delivery channel"
    )
    full = [DeliveryChannel(name="default", s3_bucket_name="history")]
    gone = Delivered(last_status="FAILURE", last_error_code="NoSuchBucket")
    failed = [ChannelStatus(name="default", config_history_delivery_info=gone)]
    told = Fails("the last delivery failed, default: NoSuchBucket")
    assert config.recorded_changes_are_delivered(recorders, full, failed) == told


def test_rules_are_read(aws: Emulator) -> None:
    client = make_recorder(aws, allSupported=True)
    client.put_config_rule(
        ConfigRule={
            "ConfigRuleName": "volumes",
            "Source": {"Owner": "AWS", "SourceIdentifier": "ENCRYPTED_VOLUMES"},
        }
    )
    blind = "1 rules are active, and no recorder is on that shows them what is there now"
    assert aws.judge("config.rules_judge_resources") == {HERE: ("unknown", blind)}
    start(client)
    assert aws.judge("config.rules_judge_resources", regions=BOTH) == {
        HERE: ("holds", "1 rules are active, 1 of them the account's own"),
        THERE: ("fails", "there is no rule"),
    }
    assert aws.judge("config.encryption_is_judged_by_a_rule", regions=BOTH) == {
        HERE: ("holds", "judged by volumes"),
        THERE: ("fails", "no managed rule about encryption is active"),
    }


ON, OFF = Recording((Recorder(name="default"),), 1), Recording((), 1)


def rule(
    state: str = "ACTIVE", identifier: str = "ENCRYPTED_VOLUMES", created_by: str | None = None, owner: str = "AWS"
) -> Rule:
    return Rule(
        config_rule_arn="a",
        config_rule_name="one",
        config_rule_state=state,
        source=RuleSource(owner=owner, source_identifier=identifier),
        created_by=created_by,
    )


def test_rules_that_are_not_active_judge_nothing() -> None:
    assert config.rules_judge_resources([rule("DELETING")], ON) == Fails("no rule is active")
    of_a_service = config.rules_judge_resources([rule(created_by="securityhub.amazonaws.com")], ON)
    assert of_a_service == Holds("1 rules are active, 0 of them the account's own")
    off = Fails("no managed rule about encryption is active")
    assert config.encryption_is_judged_by_a_rule([rule("DELETING"), rule(identifier="IAM_PASSWORD_POLICY")], ON) == off
    blind = CannotTell("one is active, and no recorder is on that shows it what is there now")
    assert config.encryption_is_judged_by_a_rule([rule()], OFF) == blind
    own = CannotTell("no managed rule about encryption is active; what one looks for is not told")
    assert config.encryption_is_judged_by_a_rule([rule(identifier="arn", owner="CUSTOM_LAMBDA")], ON) == own


def test_aggregators_are_read(aws: Emulator) -> None:
    client = aws.client("config")
    client.put_configuration_aggregator(
        ConfigurationAggregatorName="all",
        OrganizationAggregationSource={"RoleArn": f"arn:aws:iam::{ACCOUNT}:role/config", "AllAwsRegions": True},
    )
    assert aws.judge("config.aggregators") == {HERE: ("told", "aggregators: all (organization, all regions)")}
    some = AccountSource(account_ids=("1", "2"), aws_regions=("eu-west-1",))
    accounts = Aggregator(
        configuration_aggregator_arn="a", configuration_aggregator_name="two", account_aggregation_sources=(some,)
    )
    assert config.aggregators([accounts]) == "aggregators: two (2 accounts, 1 regions)"
    assert config.aggregators([]) == "aggregators: none"

    check, arn = "config.aggregators_reach_their_sources", client.describe_configuration_aggregators()
    arn = arn["ConfigurationAggregators"][0]["ConfigurationAggregatorArn"]
    assert aws.judge(check) == {arn: ("unknown", "all has gathered from nowhere yet")}

    def sources(*states: str) -> dict[str, Any]:
        rows = [
            {"SourceId": "1", "SourceType": "ACCOUNT", "AwsRegion": "eu-west-1"} | {"LastUpdateStatus": one}
            for one in states
        ]
        return {"AggregatedSourceStatusList": rows}

    for states, verdict in {
        ("SUCCEEDED", "SUCCEEDED"): ("holds", "2 sources"),
        ("SUCCEEDED", "FAILED"): ("fails", "1 of 2 sources failed: 1 in eu-west-1"),
        ("SUCCEEDED", "OUTDATED"): ("unknown", "1 of 2 sources are out of date"),
    }.items():
        with answering("config", DescribeConfigurationAggregatorSourcesStatus=sources(*states)):
            assert aws.judge(check) == {arn: verdict}


def test_facts_that_moto_cannot_answer() -> None:
    # moto lacks DescribeConformancePacks and DescribeRemediationConfigurations.
    pack = ConformancePack(conformance_pack_arn="a", conformance_pack_name="cis")
    assert config.conformance_packs([pack]) == "conformance packs: cis"
    assert config.conformance_packs([]) == "conformance packs: none"
    remedy = Remediation(config_rule_name="one", target_id="AWS-EncryptVolume", automatic=True)
    assert config.remediations([rule(), rule()], [remedy]) == "1 of 2 rules have a remediation, 1 of them automatic"
    assert config.remediations([], []) is None


def test_something_judges_controls(aws: Emulator) -> None:
    check, account = "config.something_judges_controls", f"account:{ACCOUNT}"
    assert aws.judge(check, regions=BOTH) == {
        account: ("fails", "no rule is active and no standard is ready in any region")
    }
    client = make_recorder(aws, allSupported=True)
    source = {"Owner": "AWS", "SourceIdentifier": "ENCRYPTED_VOLUMES"}
    client.put_config_rule(ConfigRule={"ConfigRuleName": "disks", "Source": source})
    blind = "1 rules are active, and no recorder is on that shows them what is there now"
    assert aws.judge(check, regions=BOTH) == {account: ("unknown", blind)}
    start(client)
    assert aws.judge(check, regions=BOTH) == {account: ("holds", "1 rules are active; standards: none")}
    # A recorder shows rules what is in its own region, which its ARN tells.
    other = next(one for one in BOTH if one != client.meta.region_name)
    elsewhere = {"arn": f"arn:aws:config:{other}:{ACCOUNT}:configuration-recorder/default/a"}
    untold = "1 rules are active, and whether a recorder is on in their region is not told"
    for named, because in ((elsewhere, blind), ({}, untold)):
        on = {"name": "default", "recording": True, **named}
        with answering("config", DescribeConfigurationRecorderStatus={"ConfigurationRecordersStatus": [on]}):
            assert aws.judge(check, regions=BOTH) == {account: ("unknown", because)}
    ready = Standard(standards_subscription_arn="a", standards_arn="x/standards/cis/v/3.0.0", standards_status="READY")
    failed = ready.model_copy(update={"standards_status": "FAILED"})
    assert config.something_judges_controls([], [], [ready]) == Holds("0 rules are active; standards: cis/v/3.0.0")
    assert isinstance(config.something_judges_controls([], [], [failed]), Fails)


def test_remediations_succeed(aws: Emulator) -> None:
    """moto lacks remediations: how they went is prepared."""
    client = make_recorder(aws, allSupported=True)
    source = {"Owner": "AWS", "SourceIdentifier": "ENCRYPTED_VOLUMES"}
    client.put_config_rule(ConfigRule={"ConfigRuleName": "disks", "Source": source})
    arn = client.describe_config_rules()["ConfigRules"][0]["ConfigRuleArn"]
    check = "config.remediations_succeed"
    none = {arn: ("not applicable", "disks has no automatic remediation")}
    assert aws.judge(check) == none

    def remedy(*, automatic: bool) -> dict[str, Any]:
        one = {"ConfigRuleName": "disks", "TargetType": "SSM_DOCUMENT", "TargetId": "AWS-Mend", "Automatic": automatic}
        return {"RemediationConfigurations": [one]}

    def runs(*states: str) -> dict[str, Any]:
        return {"RemediationExecutionStatuses": [{"State": state} for state in states]}

    with answering("config", DescribeRemediationConfigurations=remedy(automatic=False)):
        assert aws.judge(check) == none
    with answering("config", DescribeRemediationConfigurations=remedy(automatic=True)):
        assert aws.judge(check) == {arn: ("not applicable", "it has not run yet")}
        with answering("config", DescribeRemediationExecutionStatus=runs("SUCCEEDED", "FAILED")):
            assert aws.judge(check) == {arn: ("fails", "AWS-Mend failed for 1 of 2 resources")}
        with answering("config", DescribeRemediationExecutionStatus=runs("SUCCEEDED", "QUEUED")):
            assert aws.judge(check) == {arn: ("holds", "AWS-Mend mended 1 resources")}
    counts: dict[str, Any] = {
        "CompliantResourceCount": {"CappedCount": 3},
        "NonCompliantResourceCount": {"CappedCount": 25},
    }
    counts["NonCompliantResourceCount"]["CapExceeded"] = True
    pack = {"ConformancePackName": "cards", "ConformancePackArn": "arn:p", "ConformancePackId": "cards-1"}
    status = {"ConformancePackName": "cards", "ConformancePackComplianceStatus": "NON_COMPLIANT"}
    with answering(
        "config",
        GetComplianceSummaryByConfigRule={"ComplianceSummary": counts},
        DescribeConformancePacks={"ConformancePackDetails": [pack]},
        GetConformancePackComplianceSummary={"ConformancePackComplianceSummaryList": [status]},
    ):
        assert aws.judge("config.compliance") == {HERE: ("told", "rules: 3 compliant, more than 25 not")}
        told = "conformance packs: cards is NON_COMPLIANT"
        assert aws.judge("config.conformance_pack_compliance") == {HERE: ("told", told)}
