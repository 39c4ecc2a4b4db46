"""Data that a role may read without its being named: any bucket's, any secret's, what any key protects."""

from collections.abc import Mapping
from dataclasses import dataclass

from checks.access.evidence import Role
from checks.iam.statements import some
from scanner import Fails, Holds, NotApplicable, Verdict, check, derived
from scanner.access.asking import Asker
from scanner.access.inventory import Account, Asset, NotSeen
from scanner.access.request import Outcome
from scanner.access.ways import ADMINISTRATOR

# Names that nobody has. Whoever may read these may read everything of the kind.
_UNHEARD_OF: Mapping[str, tuple[str, str]] = {
    "objects of any bucket": ("s3:GetObject", "arn:{partition}:s3:::wafr-nobody-has-this/any"),
    "any secret": (
        "secretsmanager:GetSecretValue",
        "arn:{partition}:secretsmanager:us-east-1:{account}:secret:wafr-nobody-has-this",
    ),
    "any parameter": ("ssm:GetParameter", "arn:{partition}:ssm:us-east-1:{account}:parameter/wafr-nobody-has-this"),
    "any table": ("dynamodb:GetItem", "arn:{partition}:dynamodb:us-east-1:{account}:table/wafr-nobody-has-this"),
}
_SERVICE_KEPT = ("/aws-service-role/", "/aws-reserved/")


@dataclass(frozen=True)
class Reading:
    """What a role reads without its being named. `administrator`: everything anyway."""

    arn: str
    anything: tuple[str, ...]
    administrator: bool


@derived
def reading(role: Role, account: Account) -> Reading | NotSeen:
    """The kinds of data of which a role may read any. It is not known where its policies were not all seen."""
    identity = account.by_arn[role.arn]
    asker = Asker(account)

    def outcome(action: str, arn: str) -> Outcome | NotSeen:
        name = arn.format(partition=account.partition, account=account.id)
        asset = Asset(name, owner=account.id, values=account.resource_values)
        for _, _, decision in asker.allowed(action, [identity], [asset]):
            return NotSeen(decision.doubts[0].reason) if decision.doubts else decision.outcome
        return Outcome.IMPLICIT_DENY

    found = {kind: outcome(*asked) for kind, asked in _UNHEARD_OF.items()}
    if unseen := next((one for one in found.values() if isinstance(one, NotSeen)), None):
        return unseen
    every = [outcome(action, arn) for action, arn in ADMINISTRATOR]
    anything = tuple(kind for kind, one in found.items() if one is Outcome.ALLOW)
    return Reading(role.arn, anything, all(one is Outcome.ALLOW for one in every))


@check(effort="medium")
def roles_name_the_data_they_read(found: Reading) -> Verdict:
    """Roles read only data that their policies name: no bucket, secret, parameter or table "whichever it is".

    Why: what is stored tomorrow can then be read by everything that runs today.
    Fix: name the buckets, secrets, parameters and tables in Resource, or bind the statement to a tag of the resource.
    """
    if any(part in found.arn for part in _SERVICE_KEPT):
        return NotApplicable("kept by its service or by IAM Identity Center")
    if found.administrator:
        return NotApplicable("an administrator; which roles may be that is judged elsewhere")
    if found.anything:
        return Fails(f"may read {some(found.anything)}")
    return Holds("nothing is readable without being named")
