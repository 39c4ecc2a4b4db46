"""Cognito identity pools: who gets AWS credentials from them."""

from scanner import Evidence, Fails, Holds, Read, Verdict, check


class PoolEntry(
    Evidence,
    read=Read(
        "cognito-identity:ListIdentityPools",
        "IdentityPools",
        fixed={"MaxResults": 60},
        arn="arn:{partition}:cognito-identity:{region}:{account}:identitypool/{identity_pool_id}",
    ),
):
    identity_pool_id: str


class Pool(
    Evidence,
    read=Read("cognito-identity:DescribeIdentityPool", per=PoolEntry, args={"IdentityPoolId": "identity_pool_id"}),
):
    identity_pool_name: str
    allow_unauthenticated_identities: bool


@check(effort="medium")
def strangers_get_no_credentials(pool: Pool) -> Verdict:
    """Identity pools give AWS credentials only to people who signed in.

    Why: with guests allowed, everybody on the internet who knows the pool's id holds a role in the account.
    Fix: aws cognito-identity update-identity-pool --identity-pool-id ID --no-allow-unauthenticated-identities …
    """
    if pool.allow_unauthenticated_identities:
        return Fails(f"{pool.identity_pool_name} gives credentials to guests")
    return Holds(f"{pool.identity_pool_name} gives none to guests")
