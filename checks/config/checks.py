"""Checks and facts of AWS Config: whether changes of resources are recorded, delivered, judged by rules and gathered."""

from checks.config.evidence import (
    Aggregator,
    ChannelStatus,
    Compliance,
    ConformancePack,
    DeliveryChannel,
    PackCompliance,
    Recorder,
    RecorderStatus,
    Recording,
    Remediation,
    RemediationRun,
    Rule,
    SourceStatus,
)
from checks.securityhub import Standard
from scanner import AllRegions, CannotTell, Fails, Holds, NotApplicable, Verdict, check, fact

# Managed rules that look for data without encryption at rest.
_ENCRYPTION_RULES = frozenset(
    {
        "BACKUP_RECOVERY_POINT_ENCRYPTED",
        "CLOUD_TRAIL_ENCRYPTION_ENABLED",
        "CLOUDWATCH_LOG_GROUP_ENCRYPTED",
        "DAX_ENCRYPTION_ENABLED",
        "DOCDB_CLUSTER_ENCRYPTED",
        "DYNAMODB_TABLE_ENCRYPTED_KMS",
        "EC2_EBS_ENCRYPTION_BY_DEFAULT",
        "EFS_ENCRYPTED_CHECK",
        "EKS_SECRETS_ENCRYPTED",
        "ELASTICSEARCH_ENCRYPTED_AT_REST",
        "ENCRYPTED_VOLUMES",
        "KINESIS_STREAM_ENCRYPTED",
        "NEPTUNE_CLUSTER_ENCRYPTED",
        "OPENSEARCH_ENCRYPTED_AT_REST",
        "RDS_CLUSTER_ENCRYPTED_AT_REST",
        "RDS_SNAPSHOT_ENCRYPTED",
        "RDS_STORAGE_ENCRYPTED",
        "REDSHIFT_CLUSTER_CONFIGURATION_CHECK",
        "S3_BUCKET_SERVER_SIDE_ENCRYPTION_ENABLED",
        "S3_DEFAULT_ENCRYPTION_KMS",
        "SNS_ENCRYPTED_KMS",
    }
)

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
    for status in statuses:
        # A recorder that was started just now, and one of a service's own (Config API reference, RecorderStatus).
        if status.recording and (status.last_status or "").upper() in ("PENDING", "NOTAPPLICABLE"):
            return CannotTell(f"the recorder {status.name} is switched on, and its last try is {status.last_status}")
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
def users_and_roles_are_recorded(recorders: AllRegions[Recorder], statuses: AllRegions[RecorderStatus]) -> Verdict:
    """In one region at least, a recorder that is switched on includes IAM's users, groups, roles and policies.

    Why: changes of permissions are the ones that an intruder makes first.
    Fix: put-configuration-recorder with "includeGlobalResourceTypes": true, in one region only: each further one costs twice.
    """
    including = [one for one in recorders if one.recording_group.includes_global_types]
    if not including:
        return Fails("no recorder includes the global types" if recorders else "there is no recorder in any region")
    # Recorders of several regions mostly have the same name; newer answers tell them apart by their ARN.
    states = [{own.recording for own in statuses if _is_of(own, one)} for one in including]
    if {True} in states:
        return Holds("a recorder includes the global types")
    if any(True in found for found in states):
        return CannotTell("a recorder that includes the global types is on or off: recorders of one name are both")
    return Fails("every recorder that includes the global types is stopped")


def _is_of(status: RecorderStatus, recorder: Recorder) -> bool:
    return status.arn == recorder.arn if status.arn and recorder.arn else status.name == recorder.name


@check(effort="low")
def recorded_changes_are_delivered(
    recorders: list[Recorder], channels: list[DeliveryChannel], statuses: list[ChannelStatus]
) -> Verdict:
    """What the recorder sees is delivered to a bucket.

    Why: without a channel the history is not kept where the organization keeps its evidence.
    Fix: aws configservice put-delivery-channel --delivery-channel name=default,s3BucketName=BUCKET
    """
    if not recorders:
        return NO_RECORDER
    buckets = sorted(channel.s3_bucket_name for channel in channels if channel.s3_bucket_name)
    if not buckets:
        return Fails("there is no delivery channel")
    failed = sorted(f"{one.name}: {one.error}" for one in statuses if one.error)
    return Fails(f"the last delivery failed, {failed[0]}") if failed else Holds(f"delivered to {', '.join(buckets)}")


@check(effort="medium")
def rules_judge_resources(rules: list[Rule], recording: Recording) -> Verdict:
    """Config rules judge the region's resources.

    Why: a record that nobody compares with what should be is an archive, not a control.
    Fix: deploy a conformance pack, or enable a Security Hub standard, which brings its own rules.
    """
    active = [rule for rule in rules if rule.active]
    if not active:
        return Fails("no rule is active" if rules else "there is no rule")
    if not recording.on:
        return CannotTell(f"{len(active)} rules are active, and no recorder is on that shows them what is there now")
    own = sum(rule.created_by is None for rule in active)
    return Holds(f"{len(active)} rules are active, {own} of them the account's own")


@check(effort="medium")
def something_judges_controls(
    rules: AllRegions[Rule], statuses: AllRegions[RecorderStatus], standards: AllRegions[Standard]
) -> Verdict:
    """In some region Config rules or a standard of Security Hub judge resources.

    Why: an objective against which nothing is measured is a wish.
    Fix: aws securityhub batch-enable-standards, or deploy a conformance pack with the objectives that apply.
    """
    active = [_region(rule.config_rule_arn) for rule in rules if rule.active]
    # Without a recorder in its region, a standard is INCOMPLETE and not READY (Security Hub API reference, StandardsStatusReason).
    ready = sorted({one.name for one in standards if one.standards_status == "READY"})
    recording = {_region(one.arn or "") for one in statuses if one.recording}
    if ready or recording.intersection(active) - {""}:
        return Holds(f"{len(active)} rules are active; standards: {', '.join(ready) or 'none'}")
    if active and "" in recording:
        return CannotTell(f"{len(active)} rules are active, and whether a recorder is on in their region is not told")
    if active:
        return CannotTell(f"{len(active)} rules are active, and no recorder is on that shows them what is there now")
    return Fails("no rule is active and no standard is ready in any region")


def _region(arn: str) -> str:
    """The region in an ARN; empty where there is none."""
    return (arn.split(":", 4) + [""] * 4)[3]


@check(effort="low")
def encryption_is_judged_by_a_rule(rules: list[Rule], recording: Recording) -> Verdict:
    """A Config rule looks for data stores that are not encrypted.

    Why: what was encrypted on the day of the review need not be tomorrow.
    Fix: aws configservice put-config-rule with the managed rules ENCRYPTED_VOLUMES and RDS_STORAGE_ENCRYPTED
    """
    active = [rule for rule in rules if rule.active]
    found = sorted(rule.config_rule_name for rule in active if rule.source.source_identifier in _ENCRYPTION_RULES)
    if found and not recording.on:
        return CannotTell(f"{found[0]} is active, and no recorder is on that shows it what is there now")
    if found:
        return Holds(f"judged by {', '.join(found[:5])}")
    if own := sorted(rule.config_rule_name for rule in active if rule.source.owner != "AWS"):
        return CannotTell(f"no managed rule about encryption is active; what {own[0]} looks for is not told")
    return Fails("no managed rule about encryption is active")


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


@check(effort="low")
def aggregators_reach_their_sources(aggregator: Aggregator, sources: list[SourceStatus]) -> Verdict:
    """Aggregators gather the state of every account and region that they name.

    Why: an account that refuses is missing from the overview, and nobody misses what is not on a list.
    Fix: aws configservice put-aggregation-authorization in the account that is named, or mend the aggregator's role.
    """
    failed = [one for one in sources if one.last_update_status == "FAILED"]
    if failed:
        named = ", ".join(sorted({f"{one.source_id} in {one.aws_region or 'no region'}" for one in failed})[:3])
        return Fails(f"{len(failed)} of {len(sources)} sources failed: {named}")
    if not sources:
        return CannotTell(f"{aggregator.configuration_aggregator_name} has gathered from nowhere yet")
    old = sum(one.last_update_status != "SUCCEEDED" for one in sources)
    return CannotTell(f"{old} of {len(sources)} sources are out of date") if old else Holds(f"{len(sources)} sources")


@fact
def aggregators(found: list[Aggregator]) -> str:
    """Which aggregators gather the state of other accounts and regions here."""
    return f"aggregators: {', '.join(sorted(str(one) for one in found)) or 'none'}"


@fact
def remediations(rules: list[Rule], remedies: list[Remediation]) -> str | None:
    """Which rules have a remediation, and how many of them start it by themselves."""
    if not rules:
        return None
    automatic = sum(remedy.automatic for remedy in remedies)
    return f"{len(remedies)} of {len(rules)} rules have a remediation, {automatic} of them automatic"
