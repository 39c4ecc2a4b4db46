"""Registered domains: whether they can be carried off, and whether they last."""

from datetime import datetime, timedelta

from scanner import Evidence, Fails, Holds, Read, ScanTime, Verdict, check


class Domain(
    Evidence,
    read=Read(
        "route53domains:ListDomains",
        "Domains",
        arn="arn:{partition}:route53domains:::domain/{domain_name}",
        scope="global",  # registration answers in us-east-1 only (Route 53 Domains API reference)
    ),
):
    domain_name: str
    auto_renew: bool = False
    transfer_lock: bool = False
    expiry: datetime | None = None


@check(effort="low")
def domains_cannot_be_carried_off(domain: Domain) -> Verdict:
    """Registered domains are locked against transfer.

    Why: who moves a domain to another registrar has its mail, its certificates and its users.
    Fix: aws route53domains enable-domain-transfer-lock --domain-name NAME; some top-level domains know no lock.
    """
    return Holds("the transfer lock is on") if domain.transfer_lock else Fails("the transfer lock is off")


@check(effort="low")
def domains_last(domain: Domain, at: ScanTime, *, days: int = 60) -> Verdict:
    """Registered domains renew by themselves, or are valid for months.

    Why: with the name go the workload, its mail and everybody's trust, and somebody else may take it.
    Fix: aws route53domains enable-domain-auto-renew --domain-name NAME
    """
    if domain.auto_renew:
        return Holds("it renews by itself")
    if domain.expiry is None:
        return Fails("it does not renew by itself, and its end is not told")
    told = f"it ends on {domain.expiry:%Y-%m-%d} and does not renew by itself"
    return Holds(told) if domain.expiry - at > timedelta(days=days) else Fails(told)
