"""Who may call functions, what they may do, and what is told to them in the open."""

from checks.lambda_.evidence import AliasPolicy, Function, FunctionPolicy, FunctionUrl, Signing
from checks.names import secret_names
from scanner import Fails, Holds, NotApplicable, Statement, Target, Verdict, binds, check, fact, lets_everyone


@check(effort="low")
def functions_are_not_public(policy: FunctionPolicy | None, of_aliases: list[AliasPolicy], here: Target) -> Verdict:
    """No policy of a function or of its aliases lets everyone call it.

    Why: whoever finds the function's name runs it, with the rights of its role and on this account's bill.
    Fix: aws lambda remove-permission --function-name NAME --statement-id SID, or bind it to a source ARN and account.
    """
    policies = ([] if policy is None else [policy.policy]) + [one.policy for one in of_aliases]
    for one in policies:
        found = lets_everyone(one, here.account)
        if found:
            return Fails(f"the policy is open: {found[0]}")
        if anybody := [statement.sid or "without a name" for statement in one.statements if _any_bucket(statement)]:
            return Fails(
                f"events of anybody's bucket may call it: statement {anybody[0]!r} names no account and no bucket"
            )
    return Holds("the policy lets in nobody in general" if policies else "the function has no policy")


def _any_bucket(statement: Statement) -> bool:
    """Does it let S3 in, whosesoever bucket sends the event? Security Hub takes that for public, too (control Lambda.1)."""
    s3 = any(name.kind == "Service" and name.value == "s3.amazonaws.com" for name in statement.principals)
    return statement.effect == "Allow" and s3 and not any(binds(one) for one in statement.conditions)


@check(effort="medium")
def function_urls_ask_who_calls(
    function: Function, urls: list[FunctionUrl], *, public_by_design: tuple[str, ...] = ()
) -> Verdict:
    """Function URLs take only requests that are signed with AWS credentials.

    Why: a URL without authentication is an open door to the internet, with no WAF and no throttle of its own in front.
    Fix: aws lambda update-function-url-config --function-name NAME --auth-type AWS_IAM
    """
    if not urls:
        return NotApplicable("the function has no URL")
    if function.function_name in public_by_design:
        return NotApplicable("the settings say that the URL is public by design")
    kinds = sorted({one.auth_type for one in urls})
    if all(one.auth_type == "AWS_IAM" for one in urls):
        return Holds("the authentication type is AWS_IAM")
    return Fails(f"the authentication type is {', '.join(kinds)}")


@check(effort="medium")
def variables_are_not_named_like_secrets(function: Function) -> Verdict:
    """No function has an environment variable that is named like a secret.

    Why: everybody who may look at the function's configuration reads its variables.
    Fix: keep the value in Secrets Manager, and give the function the secret's name: DB_SECRET_ARN, not DB_PASSWORD.
    """
    names = function.environment.variables if function.environment else ()
    if not names:
        return NotApplicable("the function has no environment variables")
    found = secret_names(names)
    if found:
        return Fails(f"named like secrets: {', '.join(found)}")
    return Holds(f"none of {len(names)} variables is named like a secret")


@check(effort="medium")
def functions_have_roles_of_their_own(functions: list[Function]) -> Verdict:
    """Functions do not share roles.

    Why: a shared role has the rights of all who share it.
    Fix: a role for each function, with what it alone needs.
    """
    if not functions:
        return NotApplicable("there are no functions")
    own = [one for one in functions if not one.is_replica]  # a replica of Lambda@Edge has its master's role
    if not own:
        return NotApplicable("there are only replicas of Lambda@Edge")
    users: dict[str, list[str]] = {}
    for function in own:
        users.setdefault(function.role, []).append(function.function_name)
    shared = {role: names for role, names in users.items() if len(names) > 1}
    if not shared:
        return Holds(f"{len(own)} functions, each with its own role")
    role, names = max(shared.items(), key=lambda item: (len(item[1]), item[0]))
    return Fails(f"{len(names)} functions share {role.rpartition('/')[2]}: {', '.join(sorted(names)[:5])}")


@check(effort="medium")
def code_is_signed(function: Function, configs: list[Signing]) -> Verdict:
    """Functions take only code that a trusted publisher signed.

    Why: without a signature, whoever may update the function decides alone what runs with its role.
    Fix: aws lambda create-code-signing-config with Enforce, then put-function-code-signing-config
    """
    if function.package_type != "Zip":
        return NotApplicable("Lambda checks signatures of zip archives, and this is a container image")
    if function.is_replica:
        return NotApplicable("a replica of Lambda@Edge is as its master is")
    if not configs:
        return Fails("no code signing configuration")
    policies = sorted({one.code_signing_policies.untrusted_artifact_on_deployment for one in configs})
    told = f"unsigned code: {', '.join(policies)}"
    return Holds(told) if policies == ["Enforce"] else Fails(told)


@fact
def layers_from_elsewhere(functions: list[Function], here: Target) -> str | None:
    """From which other accounts functions take layers."""
    accounts: dict[str, set[str]] = {}
    for function in functions:
        for layer in function.layers:
            account = layer.arn.split(":")[4]
            if account != here.account:
                accounts.setdefault(account, set()).add(function.function_name)
    told = ", ".join(f"{account} ({len(names)} functions)" for account, names in sorted(accounts.items()))
    return f"layers come from other accounts: {told}" if told else None
