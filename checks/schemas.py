"""EventBridge Schemas: which events have a written form."""

from scanner import Evidence, Read, fact


class Registry(Evidence, read=Read("schemas:ListRegistries", "Registries", fixed={"Scope": "LOCAL"})):
    registry_name: str


class Schema(
    Evidence, read=Read("schemas:ListSchemas", "Schemas", per=Registry, args={"RegistryName": "registry_name"})
):
    schema_name: str
    version_count: int = 0


@fact
def schemas_by_registry(registries: list[Registry], schemas: list[Schema]) -> str | None:
    """How many schemas of events the account's own registries hold, and how many have changed since."""
    if not registries:
        return None
    changed = sum(one.version_count > 1 for one in schemas)
    names = ", ".join(sorted(one.registry_name for one in registries)[:5])
    return f"{len(schemas)} schemas of events in {names}; {changed} have more than one version"
