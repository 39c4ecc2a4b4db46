"""Accepted risks: what an owner and somebody else agreed to live with, for how long. Accepted is never met.

accepted:
  - practice: SEC05-BP02              # a label or a choice id; `check`, or both, do as well
    check: ec2.admin_ports_are_closed_to_the_world
    resource: arn:aws:ec2:*:*:security-group/sg-0a*   # a glob; left out, every resource
    owner: ada@example.com
    approver: emil@example.com        # somebody else than the owner
    ticket: RISK-12
    reason: The bastion is replaced by Session Manager in January.
    accepted: 2026-11-20
    expires: 2027-01-31               # at most 365 days later
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from ruamel.yaml import YAML

from scanner.config import ConfigError
from scanner.judge.answer import Answer, Stance
from scanner.judge.catalogue import Catalogue
from scanner.judge.discover import Library
from scanner.judge.finding import Finding, Stand
from scanner.judge.mapping import MappingError, read_yaml
from scanner.review.document import AcceptedEntry

LONGEST = timedelta(days=365)
_KEY = "accepted"


class AcceptedRisk(BaseModel):
    """One rule of `accepted-risks.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, str_min_length=1)

    practice: str | None = None
    check: str | None = None
    resource: str = "*"
    owner: str
    approver: str
    ticket: str
    reason: str
    accepted: date
    expires: date

    @model_validator(mode="after")
    def _is_an_agreement(self) -> "AcceptedRisk":
        if not self.practice and not self.check:
            raise ValueError("name a practice, a check, or both")
        if self.owner.casefold() == self.approver.casefold():
            raise ValueError("the approver has to be somebody else than the owner")
        if self.expires <= self.accepted:
            raise ValueError("it has to expire after the day on which it was accepted")
        if self.expires - self.accepted > LONGEST:
            raise ValueError(f"it may last {LONGEST.days} days at most")
        return self

    def covers(self, finding: Finding, practices: Iterable[Answer]) -> bool:
        """Is a failing finding what this rule is about? `practices` are the answers that the finding decides."""
        return (
            self.check in (None, finding.check)
            and fnmatchcase(finding.resource, self.resource)
            and (self.practice is None or any(self.practice in (a.label, a.choice) for a in practices))
        )


def load_accepted(path: Path, catalogue: Catalogue, library: Library) -> tuple[AcceptedRisk, ...]:
    """The rules of a file. ConfigError with the line where one is wrong, or names what does not exist."""
    try:
        plain = read_yaml(path)
        lined = YAML(typ="rt", pure=True).load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}.") from None
    except MappingError as error:
        raise ConfigError(str(error)) from None
    if plain is None:
        return ()
    if not isinstance(plain, dict) or set(plain) != {_KEY} or not isinstance(plain[_KEY], list | None):
        raise ConfigError(f"{path}: accepted risks are a list under `{_KEY}:`.")
    labels = {choice.label for _, choice in catalogue.choices.values()} | set(catalogue.choices)
    rules = []
    for number, content in enumerate(plain[_KEY] or ()):
        where = f"{path}, line {_line(lined, number)}"
        try:
            rule = AcceptedRisk.model_validate(content)
        except ValidationError as error:
            raise ConfigError(f"{_line_of_field(path, lined, number, error)}: {_told(error)}.") from None
        if rule.practice is not None and rule.practice not in labels:
            raise ConfigError(f"{where}: the lens has no practice {rule.practice!r}.")
        if rule.check is not None and rule.check not in library.checks:
            raise ConfigError(f"{where}: there is no check {rule.check!r}. `wafr checks list` shows all.")
        rules.append(rule)
    return tuple(rules)


def _line(lined: Any, number: int) -> int:
    return int(lined[_KEY].lc.item(number)[0]) + 1


def _line_of_field(path: Path, lined: Any, number: int, error: ValidationError) -> str:
    """Where the first thing that is wrong stands: the field's own line where it has one, else that of the rule."""
    field = error.errors(include_url=False)[0]["loc"]
    rule = lined[_KEY][number]
    at = getattr(rule, "lc", None)
    if field and at is not None and field[0] in rule:
        return f"{path}, line {int(at.key(field[0])[0]) + 1}"
    return f"{path}, line {_line(lined, number)}"


def _told(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    name = ".".join(str(part) for part in first["loc"])
    message = first["msg"].removeprefix("Value error, ")
    return f"{name}: {message}" if name else message


def apply_accepted(
    rules: Sequence[AcceptedRisk], findings: Iterable[Finding], answers: Sequence[Answer], at: datetime
) -> tuple[AcceptedEntry, ...]:
    """What each rule covers at the time of the scan: active, expired, or about nothing that fails."""
    deciding: dict[str, list[Answer]] = {}
    for answer in answers:
        for name in answer.findings:
            deciding.setdefault(name, []).append(answer)
    failing = [finding for finding in findings if finding.verdict is Stand.FAILS]
    return tuple(_entry(rule, failing, deciding, at.date()) for rule in rules)


def _entry(
    rule: AcceptedRisk, failing: Iterable[Finding], deciding: dict[str, list[Answer]], today: date
) -> AcceptedEntry:
    covered = tuple(f.id for f in failing if rule.covers(f, deciding.get(f.id, ())))
    status = "matches nothing" if not covered else "expired" if rule.expires < today else "active"
    return AcceptedEntry.model_validate(
        {
            "practice": rule.practice or "",
            "check": rule.check or "",
            **rule.model_dump(include={"resource", "owner", "approver", "ticket", "reason"}),
            "accepted": rule.accepted.isoformat(),
            "expires": rule.expires.isoformat(),
            "status": status,
            "findings": covered,
        }
    )


def accepted_choices(
    entries: Iterable[AcceptedEntry], answers: Iterable[Answer], findings: Iterable[Finding]
) -> Iterator[str]:
    """Refuted choices of which every failing finding is under a rule that is active. They stay refuted."""
    covered = {(entry.practice, name) for entry in entries if entry.status == "active" for name in entry.findings}
    failing = {finding.id for finding in findings if finding.verdict is Stand.FAILS}
    for answer in answers:
        if answer.stance is Stance.REFUTED and all(
            {("", name), (answer.label, name), (answer.choice, name)} & covered
            for name in answer.findings
            if name in failing
        ):
            yield answer.choice
