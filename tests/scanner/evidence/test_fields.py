"""Fields that AWS fills in a way of its own."""

import pytest
from pydantic import BaseModel, ValidationError

from scanner import Policy, PolicyInText

DOCUMENT = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"a:B","Resource":"x/*"}]}'


class Answer(BaseModel):
    policy: PolicyInText = None


@pytest.mark.parametrize("text", [DOCUMENT, DOCUMENT.replace('"', '\\"').replace("/", "\\/")])
def test_an_escaped_policy_is_the_policy(text: str) -> None:
    assert Answer(policy=text).policy == Policy.model_validate(DOCUMENT)  # type: ignore[arg-type]  # what AWS sends


def test_an_empty_text_is_no_policy() -> None:
    assert Answer(policy="").policy is None  # type: ignore[arg-type]  # what AWS sends


@pytest.mark.parametrize("text", ['{\\"Version\\":\\"2012', "{\\", '{\\"a"}'])
def test_half_a_policy_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        Answer(policy=text)  # type: ignore[arg-type]  # what AWS sends
