"""App Runner: services, what is told to them in the open, and who reaches them."""

from checks.names import secret_names
from scanner import CannotTell, Evidence, Fails, Holds, Keys, Part, Read, Verdict, check, fact


class ServiceEntry(Evidence, read=Read("apprunner:ListServices", "ServiceSummaryList")):
    service_arn: str


class ImageConfiguration(Part):
    runtime_environment_variables: Keys = ()


class CodeConfigurationValues(Part):
    runtime_environment_variables: Keys = ()


class CodeConfiguration(Part):
    configuration_source: str
    code_configuration_values: CodeConfigurationValues | None = None


class ImageRepository(Part):
    image_configuration: ImageConfiguration | None = None


class CodeRepository(Part):
    code_configuration: CodeConfiguration | None = None


class Source(Part):
    image_repository: ImageRepository | None = None
    code_repository: CodeRepository | None = None


class Ingress(Part):
    is_publicly_accessible: bool = True


class Network(Part):
    ingress_configuration: Ingress | None = None


class Observability(Part):
    observability_enabled: bool = False


class Service(
    Evidence,
    read=Read(
        "apprunner:DescribeService",
        "Service",
        per=ServiceEntry,
        args={"ServiceArn": "service_arn"},
        arn="{service_arn}",
    ),
):
    service_arn: str
    service_name: str
    source_configuration: Source
    network_configuration: Network
    observability_configuration: Observability | None = None

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of its plain variables."""
        image, code = self.source_configuration.image_repository, self.source_configuration.code_repository
        of_image = image.image_configuration if image else None
        of_code = code.code_configuration.code_configuration_values if code and code.code_configuration else None
        return (of_image.runtime_environment_variables if of_image else ()) + (
            of_code.runtime_environment_variables if of_code else ()
        )

    @property
    def told_by_repository(self) -> bool:
        """Do its variables stand in a file of its repository, which is not read?"""
        code = self.source_configuration.code_repository
        return bool(code and code.code_configuration and code.code_configuration.configuration_source == "REPOSITORY")

    @property
    def is_public(self) -> bool:
        ingress = self.network_configuration.ingress_configuration
        return ingress is None or ingress.is_publicly_accessible


@check(effort="low")
def secrets_are_not_in_plain_variables(service: Service) -> Verdict:
    """No App Runner service has a plain variable that is named like a secret.

    Why: everybody who may look at the service reads its variables.
    Fix: aws apprunner update-service, with RuntimeEnvironmentSecrets instead of RuntimeEnvironmentVariables
    """
    if service.told_by_repository:
        return CannotTell("its variables stand in its repository")
    found = secret_names(service.variables)
    return Fails(f"named like secrets: {', '.join(found)}") if found else Holds("no plain variable is named so")


@check(effort="low")
def requests_are_traced(service: Service) -> Verdict:
    """App Runner services record traces.

    Why: without traces a slow or failing dependency has to be guessed.
    Fix: aws apprunner update-service --service-arn ARN --observability-configuration ObservabilityEnabled=true,…
    """
    on = service.observability_configuration is not None and service.observability_configuration.observability_enabled
    return Holds("tracing is on") if on else Fails("tracing is off")


@fact
def services(found: list[Service]) -> str | None:
    """Which App Runner services there are, and which of them the internet reaches."""
    told = sorted(f"{one.service_name} ({'public' if one.is_public else 'private'})" for one in found)
    return f"App Runner services: {', '.join(told[:20])}" if told else None
