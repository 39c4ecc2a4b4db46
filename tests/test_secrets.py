"""Secrets stay where they are: 200 of them planted in an account, and none in any file, log or report of ours."""

import base64
import gzip
import json
import random
import string
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from scanner.evidence.plain import MASK, masked, plain
from tests.broken import Fault
from tests.command import patient, run
from tests.emulator import ACCOUNT, HOME, Emulator
from tests.proxy import Proxy, Rule

EACH = 20
IMAGE = "ami-12c6146b"


@dataclass
class Planted:
    """Makes secrets and remembers them. `opaque` ones look like nothing; the others look like what they are."""

    chance: random.Random = field(default_factory=lambda: random.Random(4711))  # noqa: S311
    all: list[str] = field(default_factory=list)

    def _some(self, letters: str, count: int) -> str:
        return "".join(self.chance.choices(letters, k=count))

    def _keep(self, secret: str) -> str:
        self.all.append(secret)
        return secret

    def opaque(self) -> str:
        return self._keep(f"hunter2-{self._some(string.ascii_letters + string.digits, 24)}")

    def key_id(self) -> str:
        return self._keep("AKIA" + self._some(string.ascii_uppercase + string.digits, 16))

    def secret_key(self) -> str:
        return self._keep("aB3/" + self._some(string.ascii_letters + string.digits + "/+", 36))

    def token(self) -> str:
        return self._keep("ghp_" + self._some(string.ascii_letters + string.digits, 36))

    def private_key(self) -> str:
        body = self._keep(self._some(string.ascii_letters + string.digits, 48))
        return f"-----BEGIN RSA PRIVATE KEY-----\n{body}\n-----END RSA PRIVATE KEY-----"

    def web_token(self) -> str:
        parts = (self._some(string.ascii_letters, 20) for _ in range(3))
        return self._keep(f"eyJ{next(parts)}.eyJ{next(parts)}.{next(parts)}")

    def recognizable(self, number: int) -> str:
        return (self.key_id, self.secret_key, self.token, self.private_key, self.web_token)[number % 5]()


def plant(aws: Emulator) -> list[str]:
    """Secrets in eleven kinds of places, twenty each."""
    planted = Planted()
    ec2, iam, kms, s3 = (aws.client(service) for service in ("ec2", "iam", "kms", "s3"))
    ecs, functions, stacks, ssm, builds = (
        aws.client(service) for service in ("ecs", "lambda", "cloudformation", "ssm", "codebuild")
    )
    ecs.create_cluster(clusterName="c")
    role = iam.create_role(RoleName="r", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    s3.create_bucket(Bucket="artifacts")
    for number in range(EACH):
        ec2.run_instances(
            ImageId=IMAGE, MinCount=1, MaxCount=1, UserData=f"#!/bin/sh\nexport PASSWORD={planted.opaque()}\n"
        )
        functions.create_function(
            FunctionName=f"f{number}",
            Runtime="python3.13",
            Role=role,
            Handler="a.b",
            Code={"ZipFile": b"x"},
            Environment={"Variables": {"DB_PASSWORD": planted.opaque()}},
        )
        ecs.register_task_definition(
            family=f"t{number}",
            containerDefinitions=[
                {"name": "c", "image": "i", "memory": 64, "environment": [{"name": "TOKEN", "value": planted.opaque()}]}
            ],
        )
        secret = planted.opaque()
        stacks.create_stack(
            StackName=f"s{number}",
            TemplateBody=json.dumps(
                {
                    "Parameters": {"Password": {"Type": "String"}},
                    "Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {}}},
                    "Outputs": {"Password": {"Value": {"Ref": "Password"}}},
                }
            ),
            Parameters=[{"ParameterKey": "Password", "ParameterValue": secret}],
        )
        ssm.put_parameter(Name=f"/p{number}", Type="String", Value=planted.opaque())
        builds.create_project(
            name=f"project{number}",
            source={"type": "S3", "location": "artifacts/x"},
            artifacts={"type": "NO_ARTIFACTS"},
            environment={
                "type": "LINUX_CONTAINER",
                "image": "i",
                "computeType": "BUILD_GENERAL1_SMALL",
                "environmentVariables": [{"name": "TOKEN", "value": planted.opaque()}],
            },
            serviceRole=role,
        )
        # What is evidence, and so is kept, with what looks like a credential in it.
        key = kms.create_key(
            Description=f"made with {planted.recognizable(number)}",
            Tags=[{"TagKey": "made-by", "TagValue": "somebody"}],
        )["KeyMetadata"]["KeyId"]
        kms.put_key_policy(KeyId=key, PolicyName="default", Policy=allowing("kms:*", planted.key_id()))
        iam.create_policy(PolicyName=f"p{number}", PolicyDocument=allowing("s3:Get*", planted.recognizable(number)))
        s3.create_bucket(Bucket=f"b{number}-bucket")
        s3.put_bucket_policy(
            Bucket=f"b{number}-bucket",
            Policy=allowing("s3:GetObject", planted.recognizable(number), f"arn:aws:s3:::b{number}-bucket/*"),
        )
        tag = planted.recognizable(number).replace("\n", " ")[:250]
        s3.put_bucket_tagging(Bucket=f"b{number}-bucket", Tagging={"TagSet": [{"Key": "owner", "Value": tag}]})
    return planted.all


def allowing(action: str, value: str, resource: str = "*") -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": action,
        "Resource": resource,
        "Condition": {"StringEquals": {"aws:userid": value}},
    }
    if action.startswith("s3:Get*"):
        del statement["Principal"]
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "AKIAOURSCANNERSKEYID",
    "AWS_SECRET_ACCESS_KEY": "ourScannersVerySecretAccessKey0000000000",
    "AWS_SESSION_TOKEN": "ourScannersSessionToken111111111111111111111111",
}


def texts(folder: Path) -> Iterator[tuple[str, str]]:
    """Every file below a folder, unpacked."""
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            yield str(path), (gzip.decompress(content) if path.suffix == ".gz" else content).decode("utf-8")


def forms(secret: str) -> set[str]:
    """A secret as it is, and as it stands in base64 at each of the three offsets."""
    coded = {base64.b64encode(b" " * shift + secret.encode())[4:-4].decode() for shift in range(3)}
    return {secret, *coded}


def leaks(secrets: list[str], where: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, form) for name, text in where for secret in secrets for form in forms(secret) if form in text]


def test_no_planted_secret_is_in_any_file_log_or_report(
    proxy: Proxy, aws: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = plant(aws)
    assert len(set(secrets)) == 11 * EACH >= 200
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    config, folder = patient(tmp_path), tmp_path / "bundle"
    said = [
        run("scan", "--config", config, "--out", folder, "--format", "json", "--log-format", "json"),
        run("evaluate", folder),
        run("diff", folder, folder),
        run("verify", folder),
    ]
    with proxy.going_wrong(Rule(Fault.REFUSED, share=0.5), seed=5):
        said.append(run("scan", "--config", config, "--out", tmp_path / "refused", "--log-format", "json"))
    review = said[0].review
    said += [run("explain", finding["id"], "--bundle", folder) for finding in review["findings"][::25]]
    where = [*texts(tmp_path), *((f"output {number}", one.out + one.err) for number, one in enumerate(said))]
    assert len(where) > 30
    assert leaks(secrets, where) == []
    assert leaks(list(CREDENTIALS.values()), where) == []
    kept = "".join(text for name, text in where if "/bundle/readings/" in name)
    assert kept.count(MASK) >= 2 * EACH, "what was masked says so"
    assert f"arn:aws:s3:::b{EACH - 1}-bucket" in kept, "the policies themselves are evidence, and kept"


@pytest.mark.parametrize("environment", [{}, {"WAFR_CONFIG": "nowhere.yaml"}])
def test_credentials_that_aws_does_not_take_are_never_shown(
    proxy: Proxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]
) -> None:
    for name, value in {**CREDENTIALS, **environment}.items():
        monkeypatch.setenv(name, value)
    how: dict[str, Any] = {} if environment else {"config": patient(tmp_path)}
    with proxy.going_wrong(Rule(Fault.SKEWED)):
        said = run("scan", *(["--config", how["config"]] if how else []), "--out", tmp_path / "bundle")
    assert said.code == (2 if environment else 4)
    assert leaks(list(CREDENTIALS.values()), [("said", said.out + said.err), *texts(tmp_path)]) == []


SECRET_KEY = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"  # the shape that AWS's documentation shows


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("AKIAIOSFODNN7EXAMPLE", MASK),
        ("key ASIAIOSFODNN7EXAMPLE, rotated", f"key {MASK}, rotated"),
        (SECRET_KEY, MASK),
        (f"secret={SECRET_KEY}", f"secret={MASK}"),
        (f"-----BEGIN EC PRIVATE KEY-----\nx\n-----END EC PRIVATE KEY----- and {HOME}", f"{MASK} and {HOME}"),
        ("-----BEGIN PRIVATE KEY-----\nno end", MASK),
        ("glpat-abcdefghijklmnopqrst", MASK),
        ("xoxb-1234567890-abc", MASK),
        # What is no secret stays, however long.
        ("AIDAIOSFODNN7EXAMPLE", "AIDAIOSFODNN7EXAMPLE"),
        ("da39a3ee5e6b4b0d3255bfef95601890afd80709", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
        ("arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole1", None),
        ("service/AWSServiceRoleForLambdaReplicator9", None),
        (f"arn:aws:kms:{HOME}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab", None),
        ("/aws/lambda/ThisIsAFunctionWithALongName42AbcD", None),
        ("MyApplicationProductionServiceRole2026Abc", None),
    ],
)
def test_what_looks_like_a_credential_is_masked_and_nothing_else(text: str, left: str | None) -> None:
    assert masked(text) == (text if left is None else left)


def test_an_access_keys_id_is_evidence_where_aws_says_that_it_is_one() -> None:
    keep = frozenset({"AccessKeyId"})
    answer = {"AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "Description": "AKIAIOSFODNN7EXAMPLE"}
    assert plain(answer, keep=keep) == {"AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "Description": MASK}
