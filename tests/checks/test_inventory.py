"""What kinds of data stores exist, and that the table of them is complete and true to the mapping."""

from typing import Any

import pytest
from botocore.model import StringShape

from checks.config.evidence import Exclusion, Recorder, RecorderStatus, RecordingGroup, Strategy
from checks.inventory import everything
from checks.inventory.everything import Discovered
from checks.inventory.others import OTHERS
from checks.inventory.stores import BY_KIND, STORES, store_of
from checks.tagging import TaggedResource
from scanner import Fails, Holds, Verdict
from scanner.judge.catalogue import lens_folder, load_catalogue
from scanner.judge.discover import discover
from scanner.judge.mapping import load_mappings
from tests.checks.answers import answering, judge_all
from tests.checks.test_config import make_recorder
from tests.emulator import Emulator
from tests.models import operation

HERE = "region:us-east-1"
ITSELF = "inventory.every_data_store_is_judged"


def test_the_table_and_the_practice_name_the_same_checks() -> None:
    library = discover()
    practice = load_mappings(lens_folder(), load_catalogue(), library).of("sec_protect_data_rest_encrypt")
    named = {check for store in STORES for check in store.checks}
    assert {check for check in named if library.checks[check].role != "check"} == set()
    assert named == ({*practice.needs, *practice.covers} - {ITSELF})
    assert ITSELF in practice.covers


def test_every_kind_that_config_knows_is_in_one_table() -> None:
    kinds = operation("config:GetDiscoveredResourceCounts").service_model.shape_for("ResourceType")
    assert isinstance(kinds, StringShape)
    known = set(kinds.enum)
    assert known - OTHERS - set(BY_KIND) == set(), (
        "say in checks/inventory whether these hold data, and who judges them"
    )
    assert OTHERS & set(BY_KIND) == set()
    assert OTHERS - known == set(), "Config does not know these"


def test_a_kind_is_listed_once_and_so_is_each_form_of_its_arns() -> None:
    forms = [form for store in STORES for form in store.arns]
    assert len(BY_KIND) == len(STORES)
    assert sorted(forms) == sorted(set(forms))
    assert [form for form in forms if ":" not in form] == []
    assert [store.kind for store in STORES if store.checks and store.always] == []


@pytest.mark.parametrize(
    ("arn", "kind"),
    [
        ("arn:aws:rds:us-east-1:1:cluster:c", "AWS::RDS::DBCluster"),
        ("arn:aws:rds:us-east-1:1:cluster-snapshot:rds:c", "AWS::RDS::DBClusterSnapshot"),
        ("arn:aws:rds:us-east-1:1:db:d", "AWS::RDS::DBInstance"),
        ("arn:aws:s3:::bucket", "AWS::S3::Bucket"),
        ("arn:aws-cn:ec2:cn-north-1:1:volume/vol-1", "AWS::EC2::Volume"),
        ("arn:aws:lightsail:us-east-1:1:RelationalDatabase/x", "AWS::Lightsail::Database"),
        ("arn:aws:storagegateway:us-east-1:1:gateway/sgw-1/volume/vol-1", "AWS::StorageGateway::Gateway"),
        ("arn:aws:ec2:us-east-1:1:vpc/vpc-1", None),
        ("arn:aws:rds:us-east-1:1:pg:parameters", None),
        ("not an ARN", None),
    ],
)
def test_the_kind_of_an_arn(arn: str, kind: str | None) -> None:
    store = store_of(arn)
    assert (store.kind if store else None) == kind


def test_a_gateway_keeps_data_on_disks_that_nobody_here_judges() -> None:
    assert not BY_KIND["AWS::StorageGateway::Gateway"].is_judged


def listed(*kinds: str) -> list[Discovered]:
    return [Discovered(resource_type=kind, count=1) for kind in kinds]


def tagged(*arns: str) -> list[TaggedResource]:
    return [TaggedResource(resource_arn=arn, tags=()) for arn in arns]


ALL = Recorder(name="default", recording_group=RecordingGroup(all_supported=True))
SOME = Recorder(name="default", recording_group=RecordingGroup(resource_types=("AWS::S3::Bucket",)))


def without(*kinds: str) -> Recorder:
    group = RecordingGroup(
        exclusion_by_resource_types=Exclusion(resource_types=kinds),
        recording_strategy=Strategy(use_only="EXCLUSION_BY_RESOURCE_TYPES"),
    )
    return Recorder(name="default", recording_group=group)


BROKEN = RecorderStatus(name="default", recording=True, last_status="FAILURE", last_error_code="AccessDenied")
RUNS, STOPPED = RecorderStatus(name="default", recording=True), RecorderStatus(name="default", recording=False)
BUCKET, NETWORK, INDEX, NEW = "AWS::S3::Bucket", "AWS::EC2::VPC", "AWS::Kendra::Index", "AWS::New::Thing"
NOTHING_LISTS = "nothing lists every kind of data store here: no recorder of AWS Config runs that records all types"


@pytest.mark.parametrize(
    ("recorder", "status", "kinds", "resources", "verdict"),
    [
        (ALL, RUNS, listed(BUCKET, NETWORK), [], Holds("Config lists 2 kinds of resources, and each that holds data is judged")),
        (ALL, RUNS, listed("AWS::DynamoDB::Table"), [], Holds("Config lists 1 kinds of resources, and each that holds data is judged")),
        (ALL, RUNS, listed(BUCKET, INDEX), [], Fails(f"no check judges {INDEX}")),
        (ALL, RUNS, listed(NEW), [], Fails(f"no check judges {NEW}")),  # nobody knows whether it holds data
        (ALL, RUNS, listed(BUCKET), tagged("arn:aws:ds:r:1:directory/d"), Fails("no check judges AWS::DirectoryService::MicrosoftAD")),
        (ALL, RUNS, listed(BUCKET), tagged("arn:aws:sqs:r:1:q"), Holds("Config lists 1 kinds of resources, and each that holds data is judged")),
        (ALL, BROKEN, listed(BUCKET), [], Fails("the recorder default last failed: AccessDenied")),
        (ALL, STOPPED, listed(BUCKET), [], Fails(NOTHING_LISTS)),
        (ALL, RUNS, [], [], Fails("the recorder default has not listed anything yet")),
        (SOME, RUNS, listed(BUCKET), [], Fails(NOTHING_LISTS)),
        (SOME, RUNS, listed(INDEX), [], Fails(f"no check judges {INDEX}")),
        (without(INDEX, NETWORK, NEW), RUNS, listed(BUCKET), [], Fails(f"the recorder default leaves out {INDEX}, {NEW}")),
        # What Config leaves out and a check lists by itself is judged all the same.
        (without(BUCKET), RUNS, listed(NETWORK), [], Holds("Config lists 1 kinds of resources, and each that holds data is judged")),
    ],
)  # fmt: skip
def test_every_data_store_is_judged(
    recorder: Recorder,
    status: RecorderStatus,
    kinds: list[Discovered],
    resources: list[TaggedResource],
    verdict: Verdict,
) -> None:
    assert everything.every_data_store_is_judged([recorder], [status], kinds, resources) == verdict


def test_a_kind_of_which_there_is_none_is_not_there() -> None:
    gone = [*listed(BUCKET), Discovered(resource_type=INDEX, count=0)]
    assert isinstance(everything.every_data_store_is_judged([ALL], [RUNS], gone, []), Holds)
    assert everything.data_stores(gone, []) == "kinds of data stores: AWS::S3::Bucket (1)"


def test_without_a_recorder_there_is_no_list() -> None:
    assert everything.every_data_store_is_judged([], [], [], []) == Fails(NOTHING_LISTS)


def counted(*kinds: str) -> dict[str, Any]:
    return {"resourceCounts": [{"resourceType": kind, "count": 2} for kind in kinds]}


def test_what_config_and_the_tags_show_is_read(aws: Emulator) -> None:
    names = ("every_data_store_is_judged", "data_stores")
    nowhere = judge_all(aws, "inventory", names)
    assert nowhere == {"every_data_store_is_judged": {HERE: ("fails", NOTHING_LISTS)}, "data_stores": {}}
    config = make_recorder(aws, allSupported=True, includeGlobalResourceTypes=True)
    config.put_delivery_channel(DeliveryChannel={"name": "default", "s3BucketName": "history"})
    config.start_configuration_recorder(ConfigurationRecorderName="default")
    aws.client("sqs").create_queue(QueueName="q", tags={"owner": "me"})
    with answering("config", {"GetDiscoveredResourceCounts": counted(BUCKET, NETWORK)}):
        told = judge_all(aws, "inventory", names)
    holds = "Config lists 2 kinds of resources, and each that holds data is judged"
    stores = "kinds of data stores: AWS::S3::Bucket (2), AWS::SQS::Queue (by its tags)"
    assert told == {"every_data_store_is_judged": {HERE: ("holds", holds)}, "data_stores": {HERE: ("told", stores)}}
    # AWS gives a hundred kinds at a time.
    first = {**counted(BUCKET), "nextToken": "more"}
    with (
        answering("config", {"GetDiscoveredResourceCounts": first}),
        answering("config", {"GetDiscoveredResourceCounts": counted(INDEX)}, when={"nextToken": "more"}),
    ):
        told = judge_all(aws, "inventory", names)
    assert told["every_data_store_is_judged"] == {HERE: ("fails", f"no check judges {INDEX}")}
