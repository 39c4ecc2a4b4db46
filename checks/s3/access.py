"""Checks of who may reach a bucket, and how."""

import re
from collections.abc import Iterator

from checks.access.organization import Limits
from checks.s3.evidence import AccountBlock, Acl, Bucket, BucketBlock, BucketPolicy, Flags, Ownership, PolicyStatus
from scanner import (
    CannotTell,
    Fails,
    Holds,
    NotApplicable,
    Policy,
    Target,
    Verdict,
    admissions,
    check,
    lets_everyone,
    outside_accounts,
)
from scanner.access.inventory import Document, Level, NotSeen

# Accounts of AWS's own that write load balancers' logs ("Enable access logs", Elastic Load Balancing user guide).
_LOAD_BALANCERS = frozenset(
    [
        "127311923021",
        "033677994240",
        "027434742980",
        "797873946194",
        "098369216593",
        "754344448648",
        "589379963580",
        "718504428378",
        "383597477331",
        "600734575887",
        "114774131450",
        "783225319266",
        "582318560864",
        "985666609251",
        "054676820928",
        "156460612806",
        "652711504416",
        "635631232127",
        "009996457667",
        "897822967062",
        "076674570225",
        "507241528517",
    ]
)
_CANONICAL = re.compile(r"^[0-9a-f]{64}$")  # of an account, or of a CloudFront identity
_NOTHING = Flags()


@check(effort="low")
def account_blocks_public_access(block: AccountBlock | None) -> Verdict:
    """The account blocks public access to all its buckets.

    Why: one switch for the account holds whatever a bucket's owner does by mistake.
    Fix: aws s3control put-public-access-block --account-id ID --public-access-block-configuration (all four true)
    """
    if block is None:
        return Fails("the account has no block of public access")
    if block.off:
        return Fails(f"off: {', '.join(block.off)}")
    return Holds("all four switches are on")


@check(effort="low")
def buckets_block_public_access(account: AccountBlock | None, block: BucketBlock | None) -> Verdict:
    """All four switches against public access are on for the bucket, by its own block or by the account's.

    Why: a bucket that is closed today is opened by one wrong policy or ACL, unless something refuses it.
    Fix: aws s3api put-public-access-block --bucket NAME --public-access-block-configuration (all four true)
    """
    off = set((account or _NOTHING).off) & set((block or _NOTHING).off)
    if off:
        return Fails(f"off: {', '.join(sorted(off))}")
    return Holds("all four switches are on, for the bucket or for the account")


@check(effort="medium")
def buckets_are_not_public(
    account: AccountBlock | None,
    block: BucketBlock | None,
    status: PolicyStatus | None,
    policy: BucketPolicy | None,
    acl: Acl,
    ownership: Ownership | None,
    here: Target,
) -> Verdict:
    """Neither a policy nor an ACL opens a bucket to the public.

    Why: what a public bucket holds is found by those who look for it, within hours.
    Fix: aws s3api put-public-access-block --bucket NAME --public-access-block-configuration (all four true)
    """
    switches = [account or _NOTHING, block or _NOTHING]
    if status is not None and status.is_public and not any(one.restrict_public_buckets for one in switches):
        open_ = lets_everyone(policy.policy, here.account) if policy else ()
        return Fails(f"the policy is public: {open_[0]}" if open_ else "the policy is public")
    disabled = ownership is not None and ownership.disables_acls
    if acl.public and not disabled and not any(one.ignore_public_acls for one in switches):
        return Fails(f"the ACL is public: {', '.join(acl.public)}")
    if (status is not None and status.is_public) or acl.public:
        return Holds("what is public in the policy or ACL is blocked")
    return Holds("neither the policy nor the ACL is public")


@check(effort="medium")
def policies_name_their_users(
    policy: BucketPolicy | None,
    status: PolicyStatus | None,
    account: AccountBlock | None,
    block: BucketBlock | None,
    acl: Acl,
    here: Target,
    *,
    trusted_accounts: tuple[str, ...] = (),
) -> Verdict:
    """Bucket policies let in no other account but trusted ones.

    Why: an account that was let in once keeps the data within its reach until somebody remembers.
    Fix: remove the account from the policy, bind it with aws:PrincipalOrgID, or list it as trusted.
    """
    if policy is None:
        return NotApplicable("the bucket has no policy")
    # Under this switch a public policy lets in nobody but the owner's account and AWS services, also where it names others.
    if status is not None and status.is_public and any(one and one.restrict_public_buckets for one in (account, block)):
        return Holds("the policy is public, and public policies are confined to the account")
    outside = outside_accounts(policy.policy, here.account, {*trusted_accounts, *_LOAD_BALANCERS})
    if outside:
        return Fails(f"another account is let in: {outside[0]}")
    owner = acl.owner.id if acl.owner else None
    canonical = [
        one for one in admissions(policy.policy, here.account) if _CANONICAL.match(one.who) and one.who != owner
    ]
    if canonical:
        return CannotTell(f"whose the canonical id is cannot be read: {canonical[0]}")
    return Holds("no other account is let in")


@check(effort="low")
def only_tls_is_accepted(bucket: Bucket, policy: BucketPolicy | None, above: Limits, here: Target) -> Verdict:
    """Buckets refuse requests without TLS, by their own policy or by one of the organization's, as far as that can be read.

    Why: S3 still answers plain HTTP, where anybody on the way reads and changes what passes.
    Fix: add a Deny of s3:* for everyone to the policy where aws:SecureTransport is false, on the bucket and its objects.
    """
    arn = f"arn:{here.partition}:s3:::{bucket.name}"
    over = [*_of_the_organization(above), *([policy.policy] if policy else [])]
    left = [
        what
        for what, name in {"the bucket": arn, "its objects": f"{arn}/*"}.items()
        if not any(_tls(one, name) for one in over)
    ]
    if left and policy is None:
        return Fails("the bucket has no policy that refuses plain HTTP")
    return Fails(f"plain HTTP is not refused for {' and '.join(left)}") if left else Holds("plain HTTP is refused")


def _of_the_organization(above: Limits) -> Iterator[Policy]:
    """The resource control policies over the account that were read. One of them that denies is enough."""
    levels = () if isinstance(above.resource_control, NotSeen) else above.resource_control
    for level in levels:
        if isinstance(level, Level) and not isinstance(level.policies, NotSeen):
            yield from (one.policy for one in level.policies if isinstance(one, Document))


def _tls(policy: Policy, arn: str) -> bool:
    """Does a statement deny everyone everything on this resource where the request came without TLS?"""
    for statement in policy.statements:
        everyone = any(name.value == "*" for name in statement.principals)
        everything = any(action in ("*", "s3:*", "S3:*") for action in statement.actions)
        if statement.effect != "Deny" or not everyone or not everything or len(statement.conditions) != 1:
            continue
        condition = statement.conditions[0]
        plain = condition.key.lower() == "aws:securetransport" and [v.lower() for v in condition.values] == ["false"]
        if plain and condition.operator.lower() in ("bool", "boolifexists") and _covers(statement.resources, arn):
            return True
    return False


def _covers(resources: tuple[str, ...], arn: str) -> bool:
    """Is everything under this name among the resources? Only a star at the end counts as one."""
    return any(arn == name or (name.endswith("*") and arn.startswith(name[:-1])) for name in resources)


@check(effort="medium")
def acls_are_disabled(ownership: Ownership | None) -> Verdict:
    """Access to buckets is decided by policies alone: ACLs are disabled.

    Why: an ACL on one object among millions can open it unseen.
    Fix: aws s3api put-bucket-ownership-controls --bucket NAME … ObjectOwnership=BucketOwnerEnforced
    """
    if ownership is None:
        return Fails("no ownership is set, so ACLs count")
    if ownership.disables_acls:
        return Holds("the bucket's owner owns every object; ACLs count for nothing")
    return Fails(f"ownership is {', '.join(rule.object_ownership for rule in ownership.rules)}, so ACLs count")
