"""Fields that AWS fills in a way of its own."""

import pytest
from pydantic import BaseModel, ValidationError

from scanner import LastPart, Policy, PolicyInText

DOCUMENT = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"a:B","Resource":"x/*"}]}'


class Answer(BaseModel):
    policy: PolicyInText = None


@pytest.mark.parametrize("text", [DOCUMENT, DOCUMENT.replace('"', '\\"').replace("/", "\\/")])
def test_an_escaped_policy_is_the_policy(text: str) -> None:
    assert Answer(policy=text).policy == Policy.model_validate(DOCUMENT)


def test_an_empty_text_is_no_policy() -> None:
    assert Answer(policy="").policy is None


@pytest.mark.parametrize("text", ['{\\"Version\\":\\"2012', "{\\", '{\\"a"}'])
def test_half_a_policy_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        Answer(policy=text)


class Zone(BaseModel):
    id: LastPart


@pytest.mark.parametrize("text", ["/hostedzone/Z1", "Z1"])
def test_an_id_without_its_kind(text: str) -> None:
    assert Zone(id=text).id == "Z1"
