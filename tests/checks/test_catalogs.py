"""Repositories, packages, images, flags and catalogs: through real clients, with prepared answers for what moto lacks."""

import json
from datetime import UTC, datetime

import pytest

from checks import codecommit, imagebuilder
from checks.imagebuilder import Pipeline
from scanner import CannotTell, Fails, NotApplicable, Verdict
from tests.checks.answers import answering, judge_all
from tests.emulator import ACCOUNT, Emulator

NOW = datetime(2026, 11, 23, tzinfo=UTC)
REGION = "region:us-east-1"
FACTS = {
    "codecommit": ("repositories",),
    "codeconnections": ("hosts_of_repositories",),
    "codeartifact": ("repositories",),
    "imagebuilder": ("image_pipelines",),
    "appconfig": ("profiles",),
    "catalogs": ("portfolios", "applications", "reviewed_repositories"),
}


@pytest.mark.parametrize("service", FACTS)
def test_where_there_is_none_nothing_is_told(aws: Emulator, service: str) -> None:
    assert judge_all(aws, service, FACTS[service]) == {key: {} for key in FACTS[service]}


def test_repositories(aws: Emulator) -> None:
    arn = f"arn:aws:codecommit:us-east-1:{ACCOUNT}:shop"
    names = ("merges_need_an_approval", "repositories")
    told = {REGION: ("told", "CodeCommit repositories: shop")}
    about = {"repositoryName": "shop", "defaultBranch": "main", "lastModifiedDate": "2026-11-01T00:00:00Z"}
    with answering(
        "codecommit",
        {
            "ListRepositories": {"repositories": [{"repositoryName": "shop"}]},
            "BatchGetRepositories": {"repositories": [about], "repositoriesNotFound": []},
        },
    ):
        bare = ("fails", "no approval rule template is associated with shop")
        found = judge_all(aws, "codecommit", names, at=NOW)
        assert found == {"merges_need_an_approval": {arn: bare}, "repositories": told}
        rule = {"approvalRuleTemplateNames": ["two-people"]}
        with answering("codecommit", {"ListAssociatedApprovalRuleTemplatesForRepository": rule}):
            assert aws.judge("codecommit.merges_need_an_approval", at=NOW) == {arn: ("holds", "rules: two-people")}


@pytest.mark.parametrize(
    ("branch", "day", "verdict"),
    [
        ("main", datetime(2026, 8, 25, tzinfo=UTC), Fails("no approval rule template is associated with shop")),
        ("main", datetime(2026, 8, 24, tzinfo=UTC), NotApplicable("last changed on 2026-08-24")),
        (None, datetime(2026, 11, 1, tzinfo=UTC), NotApplicable("the repository is empty")),
    ],
)
def test_a_repository_that_nobody_works_on_accuses_nobody(branch: str | None, day: datetime, verdict: Verdict) -> None:
    about = codecommit.Metadata(repository_name="shop", last_modified_date=day, default_branch=branch)
    shop = codecommit.Repository(repository_name="shop")
    assert codecommit.merges_need_an_approval(shop, about, [], NOW) == verdict


def test_connections(aws: Emulator) -> None:
    made = [
        {"ConnectionName": name, "ConnectionArn": f"arn:{name}", "ProviderType": "GitHub", "ConnectionStatus": status}
        for name, status in (("good", "AVAILABLE"), ("new", "PENDING"))
    ]
    with answering("codeconnections", {"ListConnections": {"Connections": made}}):
        assert judge_all(aws, "codeconnections", ("connections_are_available", "hosts_of_repositories")) == {
            "connections_are_available": {
                "arn:good": ("holds", "good is AVAILABLE"),
                "arn:new": ("fails", "new is PENDING"),
            },
            "hosts_of_repositories": {REGION: ("told", "connections to repositories at GitHub")},
        }


def test_packages(aws: Emulator) -> None:
    entry = {"name": "npm", "arn": "arn:npm", "domainName": "packages", "domainOwner": ACCOUNT}
    public = [{"externalConnectionName": "public:npmjs", "packageFormat": "npm", "status": "Available"}]
    names = ("repositories_are_not_public", "repositories")
    told = {REGION: ("told", "CodeArtifact repositories: npm (from public:npmjs)")}
    with answering(
        "codeartifact",
        {
            "ListRepositories": {"repositories": [entry]},
            "DescribeRepository": {"repository": {"name": "npm", "externalConnections": public}},
        },
    ):
        assert judge_all(aws, "codeartifact", names) == {
            "repositories_are_not_public": {"arn:npm": ("holds", "the repository has no policy")},
            "repositories": told,
        }
        statement = {"Effect": "Allow", "Principal": "*", "Action": "codeartifact:ReadFromRepository", "Resource": "*"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        with answering("codeartifact", {"GetRepositoryPermissionsPolicy": {"policy": {"document": document}}}):
            open_ = ("fails", "the policy is open: a statement lets everyone do codeartifact:ReadFromRepository")
            assert aws.judge("codeartifact.repositories_are_not_public") == {"arn:npm": open_}


def images(**changes: object) -> Pipeline:
    return Pipeline.model_validate({"name": "base", "arn": "arn:base", "status": "ENABLED"} | changes)


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (
            images(date_last_run="2026-11-01T00:00:00Z"),
            CannotTell("last run on 2026-11-01, and whether it made an image is not told"),
        ),
        (images(date_last_run="2026-09-01T00:00:00Z"), Fails("last run on 2026-09-01")),
        (images(), Fails("it never ran")),
    ],
)
def test_images_are_rebuilt(one: Pipeline, verdict: Verdict) -> None:
    assert imagebuilder.images_are_rebuilt(one, NOW) == verdict


def test_images_flags_and_catalogs(aws: Emulator) -> None:
    line = {"name": "base", "arn": "arn:base", "status": "ENABLED", "dateLastRun": "2026-11-01T00:00:00Z"}
    line["lastRunStatus"] = "AVAILABLE"
    broken = line | {"name": "broken", "arn": "arn:broken", "lastRunStatus": "FAILED"}
    off = line | {"name": "off", "arn": "arn:off", "status": "DISABLED"}
    with answering("imagebuilder", {"ListImagePipelines": {"imagePipelineList": [line, broken, off]}}):
        assert judge_all(aws, "imagebuilder", ("images_are_rebuilt", "image_pipelines"), at=NOW) == {
            "images_are_rebuilt": {
                "arn:base": ("holds", "last run on 2026-11-01 (AVAILABLE)"),
                "arn:broken": ("fails", "last run on 2026-11-01 (FAILED)"),
                "arn:off": ("not applicable", "the pipeline is DISABLED"),
            },
            "image_pipelines": {
                REGION: ("told", "pipelines of images: base (2026-11-01), broken (2026-11-01), off (2026-11-01)")
            },
        }
    client = aws.client("appconfig")
    app = client.create_application(Name="shop")["Id"]
    client.create_configuration_profile(
        ApplicationId=app, Name="flags", LocationUri="hosted", Type="AWS.AppConfig.FeatureFlags"
    )
    live = {"ApplicationId": app, "Id": "e-live", "Name": "live", "Monitors": [{"AlarmArn": "arn:alarm"}]}
    test = {"ApplicationId": app, "Id": "e-test", "Name": "test"}
    arn = f"arn:aws:appconfig:us-east-1:{ACCOUNT}:application/{app}/environment/"
    with answering(
        "appconfig",
        {"ListApplications": {"Items": [{"Id": app, "Name": "shop"}]}, "ListEnvironments": {"Items": [live, test]}},
    ):
        told = "AppConfig has 1 configurations for 1 applications: 1 of feature flags, 0 with a validator"
        assert judge_all(aws, "appconfig", ("changes_watch_alarms", "profiles")) == {
            "changes_watch_alarms": {
                f"{arn}e-live": ("holds", "1 alarms"),
                f"{arn}e-test": ("fails", "no alarm watches test"),
            },
            "profiles": {REGION: ("told", told)},
        }
    aws.client("servicecatalog").create_portfolio(DisplayName="golden", ProviderName="platform", IdempotencyToken="t")
    review = {"Name": "shop", "State": "Associated"}
    with answering("codeguru-reviewer", {"ListRepositoryAssociations": {"RepositoryAssociationSummaries": [review]}}):
        found = judge_all(aws, "catalogs", ("portfolios", "reviewed_repositories"))
    assert found == {
        "portfolios": {REGION: ("told", "portfolios of products: golden")},
        "reviewed_repositories": {REGION: ("told", "CodeGuru reviews: shop")},
    }
