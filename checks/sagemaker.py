"""SageMaker: notebooks, domains and endpoints."""

from scanner import CannotTell, Evidence, Fails, Holds, NotApplicable, Part, Read, Verdict, check


class NotebookEntry(
    Evidence, read=Read("sagemaker:ListNotebookInstances", "NotebookInstances", arn="{notebook_instance_arn}")
):
    notebook_instance_arn: str
    notebook_instance_name: str


class MetadataService(Part):
    minimum_instance_metadata_service_version: str


class Notebook(
    Evidence,
    read=Read(
        "sagemaker:DescribeNotebookInstance",
        per=NotebookEntry,
        args={"NotebookInstanceName": "notebook_instance_name"},
    ),
):
    subnet_id: str | None = None
    kms_key_id: str | None = None
    direct_internet_access: str | None = None
    root_access: str | None = None
    instance_metadata_service_configuration: MetadataService | None = None


class DomainEntry(Evidence, read=Read("sagemaker:ListDomains", "Domains", arn="{domain_arn}")):
    domain_arn: str
    domain_id: str


class Domain(Evidence, read=Read("sagemaker:DescribeDomain", per=DomainEntry, args={"DomainId": "domain_id"})):
    app_network_access_type: str | None = None
    kms_key_id: str | None = None


class EndpointEntry(Evidence, read=Read("sagemaker:ListEndpoints", "Endpoints", arn="{endpoint_arn}")):
    endpoint_arn: str
    endpoint_name: str


class Serverless(Part):
    max_concurrency: int | None = None


class Variant(Part):
    variant_name: str
    current_instance_count: int | None = None
    current_serverless_config: Serverless | None = None


class Endpoint(
    Evidence, read=Read("sagemaker:DescribeEndpoint", per=EndpointEntry, args={"EndpointName": "endpoint_name"})
):
    production_variants: tuple[Variant, ...] = ()
    endpoint_status: str


@check(effort="medium")
def notebooks_have_no_direct_internet_access(notebook: Notebook) -> Verdict:
    """Notebooks reach the internet through the VPC only, if at all.

    Why: past the VPC no firewall, flow log or endpoint policy sees what a notebook sends out.
    Fix: make the notebook anew in a subnet with --direct-internet-access Disabled
    """
    told = notebook.direct_internet_access or "not told"
    if told == "Disabled":
        return Holds(f"inside {notebook.subnet_id or 'a VPC'}")
    return Fails(f"direct internet access is {told}")


@check(effort="low")
def notebook_users_are_not_root(notebook: Notebook) -> Verdict:
    """Users of notebooks are not root there.

    Why: root on the machine can do whatever the notebook's role may do, and leave no trace.
    Fix: aws sagemaker update-notebook-instance --notebook-instance-name NAME --root-access Disabled
    """
    told = notebook.root_access or "not told"
    return Holds("root access is Disabled") if told == "Disabled" else Fails(f"root access is {told}")


@check(effort="medium")
def notebooks_are_encrypted_under_an_own_key(notebook: Notebook) -> Verdict:
    """Volumes of notebooks are encrypted under a KMS key that was chosen.

    Why: its policy decides who reads the data that people copied there.
    Fix: make the notebook anew with --kms-key-id KEY
    """
    return Holds(f"under {notebook.kms_key_id}") if notebook.kms_key_id else Fails("no KMS key was chosen")


@check(effort="low")
def notebooks_need_a_session(notebook: Notebook) -> Verdict:
    """Notebooks give their credentials to sessions of the metadata service only (IMDSv2).

    Why: version 1 hands a role's credentials to any program that can be made to fetch a URL.
    Fix: aws sagemaker update-notebook-instance … MinimumInstanceMetadataServiceVersion=2
    """
    told = notebook.instance_metadata_service_configuration
    version = told.minimum_instance_metadata_service_version if told else "1"
    return Holds("version 2 is required") if version == "2" else Fails(f"version {version} is accepted")


@check(effort="medium")
def domains_stay_in_the_network(domain: Domain) -> Verdict:
    """Studio domains send their traffic through the VPC only.

    Why: past the VPC no firewall, flow log or endpoint policy sees what leaves.
    Fix: aws sagemaker update-domain --domain-id ID --app-network-access-type VpcOnly
    """
    told = domain.app_network_access_type or "PublicInternetOnly"  # its default (API reference)
    return Holds("VpcOnly") if told == "VpcOnly" else Fails(f"the access type is {told}")


@check(effort="medium")
def endpoints_have_two_instances(endpoint: Endpoint) -> Verdict:
    """Endpoints have at least two instances of every variant, so that they are spread over zones.

    Why: a single instance takes the predictions with it when its machine or zone goes.
    Fix: aws sagemaker update-endpoint-weights-and-capacities … DesiredInstanceCount=2
    """
    if endpoint.endpoint_status in ("OutOfService", "Creating", "Deleting", "Failed"):
        return NotApplicable(f"the endpoint is {endpoint.endpoint_status}")
    if endpoint.endpoint_status not in ("InService", "SystemUpdating"):  # maintenance changes no counts (API reference)
        return CannotTell(f"the endpoint is {endpoint.endpoint_status}")
    counted = [one for one in endpoint.production_variants if one.current_serverless_config is None]
    if not counted:
        return NotApplicable("the endpoint has no instances of its own")
    single = sorted(one.variant_name for one in counted if (one.current_instance_count or 0) < 2)
    return Fails(f"fewer than two instances: {', '.join(single)}") if single else Holds("two instances or more")
