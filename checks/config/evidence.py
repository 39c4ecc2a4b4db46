"""What AWS Config says of its recorders, their deliveries, rules, remediations, conformance packs and aggregators."""

from dataclasses import dataclass

from scanner import Evidence, Part, Read, derived

# What Config calls the global resource types; they are recorded in any one region (Config API reference, RecordingGroup).
GLOBAL_TYPES = frozenset({"AWS::IAM::User", "AWS::IAM::Group", "AWS::IAM::Role", "AWS::IAM::Policy"})


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
    arn: str | None = None
    recording_group: RecordingGroup = RecordingGroup()


class RecorderStatus(Evidence, read=Read("config:DescribeConfigurationRecorderStatus", "ConfigurationRecordersStatus")):
    name: str
    arn: str | None = None
    recording: bool
    last_status: str | None = None
    last_error_code: str | None = None


@dataclass(frozen=True)
class Recording:
    """The recorders of a region that are switched on, and how many there are."""

    on: tuple[Recorder, ...]
    count: int


@derived
def recording(recorders: list[Recorder], statuses: list[RecorderStatus]) -> Recording:
    """Recorders that are switched on; what is listed and stopped records nothing."""
    running = {one.name for one in statuses if one.recording}
    return Recording(tuple(one for one in recorders if one.name in running), len(recorders))


class DeliveryChannel(Evidence, read=Read("config:DescribeDeliveryChannels", "DeliveryChannels")):
    name: str
    s3_bucket_name: str | None = None


class Delivered(Part):
    last_status: str | None = None
    last_error_code: str | None = None


class ChannelStatus(Evidence, read=Read("config:DescribeDeliveryChannelStatus", "DeliveryChannelsStatus")):
    """How the last delivery of the history and of a snapshot went."""

    name: str
    config_history_delivery_info: Delivered = Delivered()
    config_snapshot_delivery_info: Delivered = Delivered()

    @property
    def error(self) -> str:
        infos = (self.config_history_delivery_info, self.config_snapshot_delivery_info)
        return next(
            (one.last_error_code or "Failure" for one in infos if (one.last_status or "").upper() == "FAILURE"), ""
        )


class RuleSource(Part):
    owner: str
    source_identifier: str | None = None


class Rule(Evidence, read=Read("config:DescribeConfigRules", "ConfigRules", arn="{config_rule_arn}")):
    config_rule_arn: str
    config_rule_name: str
    config_rule_state: str = ""
    source: RuleSource
    created_by: str | None = None

    @property
    def active(self) -> bool:
        return self.config_rule_state in ("ACTIVE", "EVALUATING")


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


class OrganizationSource(Part):
    all_aws_regions: bool = False
    aws_regions: tuple[str, ...] = ()


class AccountSource(Part):
    account_ids: tuple[str, ...]
    all_aws_regions: bool = False
    aws_regions: tuple[str, ...] = ()


def _regions(source: OrganizationSource | AccountSource) -> str:
    return "all regions" if source.all_aws_regions else f"{len(source.aws_regions)} regions"


class Aggregator(
    Evidence,
    read=Read(
        "config:DescribeConfigurationAggregators", "ConfigurationAggregators", arn="{configuration_aggregator_arn}"
    ),
):
    configuration_aggregator_arn: str
    configuration_aggregator_name: str
    organization_aggregation_source: OrganizationSource | None = None
    account_aggregation_sources: tuple[AccountSource, ...] = ()

    def __str__(self) -> str:
        if (whole := self.organization_aggregation_source) is not None:
            return f"{self.configuration_aggregator_name} (organization, {_regions(whole)})"
        accounts = {account for one in self.account_aggregation_sources for account in one.account_ids}
        where = " and ".join(sorted({_regions(one) for one in self.account_aggregation_sources}))
        return f"{self.configuration_aggregator_name} ({len(accounts)} accounts{', ' if where else ''}{where})"


class SourceStatus(
    Evidence,
    read=Read(
        "config:DescribeConfigurationAggregatorSourcesStatus",
        "AggregatedSourceStatusList",
        per=Aggregator,
        args={"ConfigurationAggregatorName": "configuration_aggregator_name"},
    ),
):
    """How the last gathering from an account and region went."""

    source_id: str
    aws_region: str | None = None
    last_update_status: str
    last_error_code: str | None = None
