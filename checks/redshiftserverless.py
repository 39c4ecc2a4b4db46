"""Redshift Serverless: workgroups and namespaces. All are encrypted, and over three zones, by their nature."""

from scanner import CannotTell, Evidence, Fails, Holds, Part, Read, Verdict, check


class Setting(Part):
    parameter_key: str
    parameter_value: str | None = None


class Workgroup(Evidence, read=Read("redshift-serverless:ListWorkgroups", "workgroups", arn="{workgroup_arn}")):
    workgroup_arn: str
    workgroup_name: str
    publicly_accessible: bool
    enhanced_vpc_routing: bool = False
    config_parameters: tuple[Setting, ...] = ()


class Namespace(Evidence, read=Read("redshift-serverless:ListNamespaces", "namespaces", arn="{namespace_arn}")):
    namespace_arn: str
    namespace_name: str
    admin_password_secret_arn: str | None = None
    log_exports: tuple[str, ...] = ()


@check(effort="low")
def workgroups_are_not_public(workgroup: Workgroup) -> Verdict:
    """No workgroup has an address that the internet can reach.

    Why: then a password is all that stands before the warehouse.
    Fix: aws redshift-serverless update-workgroup --workgroup-name NAME --no-publicly-accessible
    """
    return Fails("publicly accessible") if workgroup.publicly_accessible else Holds("not publicly accessible")


@check(effort="medium")
def connections_must_use_tls(workgroup: Workgroup) -> Verdict:
    """Workgroups refuse connections without TLS.

    Why: a client that falls back to plain text sends its password and all data in the open.
    Fix: aws redshift-serverless update-workgroup … --config-parameters parameterKey=require_ssl,parameterValue=true
    """
    told = {one.parameter_key: one.parameter_value for one in workgroup.config_parameters}.get("require_ssl")
    if told is None:
        return CannotTell("require_ssl is not told")
    return Holds("require_ssl is true") if told.lower() == "true" else Fails(f"require_ssl is {told}")


@check(effort="low")
def traffic_stays_in_the_network(workgroup: Workgroup) -> Verdict:
    """Workgroups load and unload data through their own VPC.

    Why: else COPY and UNLOAD pass by every flow log, endpoint policy and firewall.
    Fix: aws redshift-serverless update-workgroup --workgroup-name NAME --enhanced-vpc-routing
    """
    return (
        Holds("enhanced VPC routing is on") if workgroup.enhanced_vpc_routing else Fails("enhanced VPC routing is off")
    )


@check(effort="low")
def activity_is_logged(namespace: Namespace) -> Verdict:
    """Namespaces export the logs of connections and of users.

    Why: without the logs nobody can tell who read what after a password leaked.
    Fix: aws redshift-serverless update-namespace --namespace-name NAME --log-exports connectionlog userlog
    """
    lacking = sorted({"connectionlog", "userlog"} - set(namespace.log_exports))
    return Fails(f"not exported: {', '.join(lacking)}") if lacking else Holds("connectionlog and userlog are exported")


@check(effort="low")
def admin_passwords_are_managed(namespace: Namespace) -> Verdict:
    """Secrets Manager keeps the administrators' passwords of namespaces.

    Why: a password that Redshift makes and rotates is never seen, mailed or left in a template.
    Fix: aws redshift-serverless update-namespace --namespace-name NAME --manage-admin-password
    """
    if namespace.admin_password_secret_arn:
        return Holds("Secrets Manager keeps and rotates it")
    return Fails("the administrator's password is kept elsewhere")
