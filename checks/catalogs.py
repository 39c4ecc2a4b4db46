"""Service Catalog and its applications: what is offered as a standard, and what belongs together; and code reviews by CodeGuru."""

from scanner import Evidence, Read, fact


class Portfolio(Evidence, read=Read("servicecatalog:ListPortfolios", "PortfolioDetails")):
    display_name: str
    provider_name: str | None = None


class Application(Evidence, read=Read("servicecatalog-appregistry:ListApplications", "applications")):
    name: str


class Review(
    Evidence,
    read=Read("codeguru-reviewer:ListRepositoryAssociations", "RepositoryAssociationSummaries"),
):
    name: str
    state: str


@fact
def portfolios(found: list[Portfolio]) -> str | None:
    """Which portfolios of approved products there are."""
    names = sorted(one.display_name for one in found)
    return f"portfolios of products: {', '.join(names[:10])}" if names else None


@fact
def applications(found: list[Application]) -> str | None:
    """Which applications are registered, with what belongs to them."""
    names = sorted(one.name for one in found)
    return f"registered applications: {', '.join(names[:10])}" if names else None


@fact
def reviewed_repositories(found: list[Review]) -> str | None:
    """Which repositories CodeGuru reviews."""
    names = sorted(one.name for one in found if one.state == "Associated")
    return f"CodeGuru reviews: {', '.join(names[:10])}" if names else None
