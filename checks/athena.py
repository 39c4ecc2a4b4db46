"""Athena: workgroups, and who decides how the results of queries are kept."""

from scanner import Evidence, Fails, Holds, NotApplicable, Part, Read, Verdict, check


class WorkGroupName(
    Evidence,
    read=Read("athena:ListWorkGroups", "WorkGroups", arn="arn:{partition}:athena:{region}:{account}:workgroup/{name}"),
):
    """A workgroup; every region has one that is called primary."""

    name: str
    state: str


class ResultEncryption(Part):
    encryption_option: str


class ResultConfiguration(Part):
    output_location: str | None = None
    encryption_configuration: ResultEncryption | None = None


class ManagedResults(Part):
    enabled: bool


class Configuration(Part):
    result_configuration: ResultConfiguration | None = None
    managed_query_results_configuration: ManagedResults | None = None
    enforce_work_group_configuration: bool = False


class WorkGroup(
    Evidence,
    read=Read(
        "athena:GetWorkGroup", "WorkGroup", per=WorkGroupName, args={"WorkGroup": "name"}, when={"state": "ENABLED"}
    ),
):
    configuration: Configuration | None = None


@check(effort="low")
def workgroups_decide_how_results_are_encrypted(entry: WorkGroupName, group: WorkGroup) -> Verdict:
    """Workgroups encrypt the results of queries, and their users cannot choose otherwise.

    Why: results are copies of the data; where each client chooses, one forgets.
    Fix: aws athena update-work-group --work-group NAME … EnforceWorkGroupConfiguration=true,ResultConfigurationUpdates={…}
    """
    told = group.configuration or Configuration()
    if told.managed_query_results_configuration is not None and told.managed_query_results_configuration.enabled:
        return Holds("Athena keeps the results in its own, encrypted storage")
    results = told.result_configuration or ResultConfiguration()
    if entry.name == "primary" and results.output_location is None and results.encryption_configuration is None:
        return NotApplicable("the region's own workgroup, in which nothing is set")
    if results.encryption_configuration is None:
        return Fails("no encryption is set")
    if not told.enforce_work_group_configuration:
        return Fails(f"{results.encryption_configuration.encryption_option}, but clients may choose otherwise")
    return Holds(f"{results.encryption_configuration.encryption_option}, for every client")
