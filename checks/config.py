"""Config: whether changes of resources are recorded, and judged by rules."""

from typing import Any

from checks.securityhub import Standard
from scanner import AllRegions, Evidence, Fails, Holds, NotApplicable, Part, Read, Verdict, check, fact

# What Config calls the global resource types; they are recorded in any one region (Config API reference, RecordingGroup).
GLOBAL_TYPES = frozenset({"AWS::IAM::User", "AWS::IAM::Group", "AWS::IAM::Role", "AWS::IAM::Policy"})
# Managed rules that look for data without encryption at rest.
_ENCRYPTION_RULES = frozenset(
    {
        "DYNAMODB_TABLE_ENCRYPTED_KMS",
        "EC2_EBS_ENCRYPTION_BY_DEFAULT",
        "EFS_ENCRYPTED_CHECK",
        "ENCRYPTED_VOLUMES",
        "RDS_SNAPSHOT_ENCRYPTED",
        "RDS_STORAGE_ENCRYPTED",
        "REDSHIFT_CLUSTER_CONFIGURATION_CHECK",
        "S3_BUCKET_SERVER_SIDE_ENCRYPTION_ENABLED",
        "S3_DEFAULT_ENCRYPTION_KMS",
        "SNS_ENCRYPTED_KMS",
    }
)


class Exclusion(Part):
    resource_types: tuple[str, ...] = ()


class Strategy(Part):
    use_only: str | None = None


class RecordingGroup(Part):
    all_supported: bool = False
    include_global_resource_types: bool = False
    resource_types: tuple[str, ...] = ()
    exclusion_by_resource_types: Exclusion | None = None
    recording_strategy: Strategy | None = None

    @property
    def _excludes(self) -> bool:
        return self.recording_strategy is not None and self.recording_strategy.use_only == "EXCLUSION_BY_RESOURCE_TYPES"

    @property
    def left_out(self) -> frozenset[str] | None:
        """The types that an exclusion leaves out, the global ones not counted; None where only listed types are recorded."""
        if self._excludes:
            excluded = self.exclusion_by_resource_types.resource_types if self.exclusion_by_resource_types else ()
            return frozenset(excluded) - GLOBAL_TYPES
        return frozenset() if self.all_supported else None

    @property
    def includes_global_types(self) -> bool:
        if self._excludes:
            excluded = self.exclusion_by_resource_types.resource_types if self.exclusion_by_resource_types else ()
            return not GLOBAL_TYPES & set(excluded)
        if self.all_supported:
            return self.include_global_resource_types
        return set(self.resource_types) >= GLOBAL_TYPES


class Recorder(Evidence, read=Read("config:DescribeConfigurationRecorders", "ConfigurationRecorders")):
    """The account's own recorder. Service-linked ones are not listed without being asked for."""

    name: str
    recording_group: RecordingGroup = RecordingGroup()


class RecorderStatus(Evidence, read=Read("config:DescribeConfigurationRecorderStatus", "ConfigurationRecordersStatus")):
    name: str
    recording: bool
    last_status: str | None = None
    last_error_code: str | None = None


class DeliveryChannel(Evidence, read=Read("config:DescribeDeliveryChannels", "DeliveryChannels")):
    name: str
    s3_bucket_name: str | None = None


class RuleSource(Part):
    owner: str
    source_identifier: str | None = None


class Rule(Evidence, read=Read("config:DescribeConfigRules", "ConfigRules", arn="{config_rule_arn}")):
    config_rule_arn: str
    config_rule_name: str
    config_rule_state: str = ""
    source: RuleSource
    created_by: str | None = None


class Remediation(
    Evidence,
    read=Read(
        "config:DescribeRemediationConfigurations",
        "RemediationConfigurations",
        per=Rule,
        args={"ConfigRuleNames": "config_rule_name"},
        batch=25,
        match="config_rule_name",
        omitted_if_empty=True,
    ),
):
    config_rule_name: str
    target_id: str
    automatic: bool = False


class RemediationRun(
    Evidence,
    read=Read(
        "config:DescribeRemediationExecutionStatus",
        "RemediationExecutionStatuses",
        per=Remediation,
        args={"ConfigRuleName": "config_rule_name"},
        when={"automatic": True},
    ),
):
    """How the last remediation of a resource went."""

    state: str


class Count(Part):
    capped_count: int = 0
    cap_exceeded: bool = False

    def __str__(self) -> str:
        return f"more than {self.capped_count}" if self.cap_exceeded else str(self.capped_count)


class Compliance(Evidence, read=Read("config:GetComplianceSummaryByConfigRule", "ComplianceSummary", per=Recorder)):
    """Asked for only where something is recorded: without a recorder no rule judges."""

    compliant_resource_count: Count = Count()
    non_compliant_resource_count: Count = Count()


class ConformancePack(
    Evidence,
    read=Read("config:DescribeConformancePacks", "ConformancePackDetails", arn="{conformance_pack_arn}"),
):
    conformance_pack_arn: str
    conformance_pack_name: str


class PackCompliance(
    Evidence,
    read=Read(
        "config:GetConformancePackComplianceSummary",
        "ConformancePackComplianceSummaryList",
        per=ConformancePack,
        args={"ConformancePackNames": "conformance_pack_name"},
        batch=5,
        match="conformance_pack_name",
        omitted_if_empty=True,
    ),
):
    conformance_pack_name: str
    conformance_pack_compliance_status: str


class Aggregator(
    Evidence,
    read=Read(
        "config:DescribeConfigurationAggregators", "ConfigurationAggregators", arn="{configuration_aggregator_arn}"
    ),
):
    configuration_aggregator_arn: str
    configuration_aggregator_name: str
    organization_aggregation_source: dict[str, Any] | None = None


NO_RECORDER = NotApplicable("there is no recorder in this region")


@check(effort="low")
def changes_are_recorded(statuses: list[RecorderStatus]) -> Verdict:
    """Config records changes of resources in the region, and its last try succeeded.

    Why: "what did this look like before?" is the first question of an investigation and of an audit.
    Fix: aws configservice put-configuration-recorder …, put-delivery-channel …, start-configuration-recorder …
    """
    for status in statuses:
        if status.recording and (status.last_status or "").upper() == "SUCCESS":
            return Holds(f"the recorder {status.name} is recording")
    told = [
        f"the recorder {one.name} is stopped"
        if not one.recording
        else f"the recorder {one.name} last said {one.last_error_code or one.last_status or 'nothing'}"
        for one in statuses
    ]
    return Fails("; ".join(told) or "there is no recorder in this region")


@check(effort="low")
def all_types_are_recorded(recorders: list[Recorder], *, without: tuple[str, ...] = ()) -> Verdict:
    """The recorder records every type of resource that Config knows.

    Why: a list of types is out of date with the next service that a team tries.
    Fix: aws configservice put-configuration-recorder with recordingGroup={"allSupported": true}
    """
    if not recorders:
        return NO_RECORDER
    told = []
    for recorder in recorders:
        left_out = recorder.recording_group.left_out
        if left_out is not None and left_out <= set(without):
            return Holds(f"the recorder {recorder.name} records all types, later ones too")
        told.append(
            f"{len(recorder.recording_group.resource_types)} listed types only"
            if left_out is None
            else f"left out: {', '.join(sorted(left_out - set(without)))}"
        )
    return Fails("; ".join(told))


@check(effort="low")
def users_and_roles_are_recorded(recorders: AllRegions[Recorder]) -> Verdict:
    """In one region at least, the recorder includes IAM's users, groups, roles and policies.

    Why: changes of permissions are the ones that an intruder makes first.
    Fix: put-configuration-recorder with "includeGlobalResourceTypes": true, in one region only: each further one costs twice.
    """
    if any(recorder.recording_group.includes_global_types for recorder in recorders):
        return Holds("a recorder includes the global types")
    return Fails("no recorder includes the global types" if recorders else "there is no recorder in any region")


@check(effort="low")
def recorded_changes_are_delivered(recorders: list[Recorder], channels: list[DeliveryChannel]) -> Verdict:
    """What the recorder sees is delivered to a bucket.

    Why: without a channel the history is not kept where the organization keeps its evidence.
    Fix: aws configservice put-delivery-channel --delivery-channel name=default,s3BucketName=BUCKET
    """
    if not recorders:
        return NO_RECORDER
    buckets = sorted(channel.s3_bucket_name for channel in channels if channel.s3_bucket_name)
    return Holds(f"delivered to {', '.join(buckets)}") if buckets else Fails("there is no delivery channel")


@check(effort="medium")
def rules_judge_resources(rules: list[Rule]) -> Verdict:
    """Config rules judge the region's resources.

    Why: a record that nobody compares with what should be is an archive, not a control.
    Fix: deploy a conformance pack, or enable a Security Hub standard, which brings its own rules.
    """
    active = [rule for rule in rules if rule.config_rule_state in ("ACTIVE", "EVALUATING")]
    if not active:
        return Fails("no rule is active" if rules else "there is no rule")
    own = sum(rule.created_by is None for rule in active)
    return Holds(f"{len(active)} rules are active, {own} of them the account's own")


@check(effort="medium")
def something_judges_controls(rules: AllRegions[Rule], standards: AllRegions[Standard]) -> Verdict:
    """In some region Config rules or a standard of Security Hub judge resources.

    Why: an objective against which nothing is measured is a wish.
    Fix: aws securityhub batch-enable-standards, or deploy a conformance pack with the objectives that apply.
    """
    active = sum(rule.config_rule_state in ("ACTIVE", "EVALUATING") for rule in rules)
    ready = sorted({one.name for one in standards if one.standards_status == "READY"})
    if ready or active:
        return Holds(f"{active} rules are active; standards: {', '.join(ready) or 'none'}")
    return Fails("no rule is active and no standard is ready in any region")


@check(effort="low")
def encryption_is_judged_by_a_rule(rules: list[Rule]) -> Verdict:
    """A Config rule looks for data stores that are not encrypted.

    Why: what was encrypted on the day of the review need not be tomorrow.
    Fix: aws configservice put-config-rule with the managed rules ENCRYPTED_VOLUMES and RDS_STORAGE_ENCRYPTED
    """
    found = sorted(
        rule.config_rule_name
        for rule in rules
        if rule.source.source_identifier in _ENCRYPTION_RULES and rule.config_rule_state in ("ACTIVE", "EVALUATING")
    )
    return Holds(f"judged by {', '.join(found[:5])}") if found else Fails("no managed rule about encryption is active")


@check(effort="medium")
def remediations_succeed(rule: Rule, remedies: list[Remediation], runs: list[RemediationRun]) -> Verdict:
    """Automatic remediations of Config rules succeed.

    Why: a remediation that fails is believed in all the same.
    Fix: aws configservice describe-remediation-execution-status names the step that failed; mend its document or role.
    """
    automatic = sorted({remedy.target_id for remedy in remedies if remedy.automatic})
    if not automatic:
        return NotApplicable(f"{rule.config_rule_name} has no automatic remediation")
    name = ", ".join(automatic)
    failed = sum(run.state == "FAILED" for run in runs)
    if failed:
        return Fails(f"{name} failed for {failed} of {len(runs)} resources")
    worked = sum(run.state == "SUCCEEDED" for run in runs)
    return Holds(f"{name} mended {worked} resources") if worked else NotApplicable("it has not run yet")


@fact
def compliance(rules: list[Rule], found: list[Compliance]) -> str | None:
    """How many rules find all resources as they should be."""
    if not rules or not found:
        return None
    return f"rules: {found[0].compliant_resource_count} compliant, {found[0].non_compliant_resource_count} not"


@fact
def conformance_pack_compliance(packs: list[PackCompliance]) -> str | None:
    """Which conformance packs find everything as it should be."""
    told = sorted(f"{one.conformance_pack_name} is {one.conformance_pack_compliance_status}" for one in packs)
    return f"conformance packs: {', '.join(told[:10])}" if told else None


@fact
def conformance_packs(packs: list[ConformancePack]) -> str:
    """Which conformance packs are deployed."""
    return f"conformance packs: {', '.join(sorted(pack.conformance_pack_name for pack in packs)[:10]) or 'none'}"


@fact
def aggregators(found: list[Aggregator]) -> str:
    """Which aggregators gather the state of other accounts and regions here."""
    told = sorted(
        f"{one.configuration_aggregator_name} ({'organization' if one.organization_aggregation_source else 'accounts'})"
        for one in found
    )
    return f"aggregators: {', '.join(told) or 'none'}"


@fact
def remediations(rules: list[Rule], remedies: list[Remediation]) -> str | None:
    """Which rules have a remediation, and how many of them start it by themselves."""
    if not rules:
        return None
    automatic = sum(remedy.automatic for remedy in remedies)
    return f"{len(remedies)} of {len(rules)} rules have a remediation, {automatic} of them automatic"
