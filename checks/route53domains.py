"""Registered domains: whether they can be carried off, and whether they last."""

from datetime import datetime, timedelta

from scanner import CannotTell, Evidence, Fails, Holds, NotApplicable, Read, ScanTime, Verdict, check

# What the Route 53 developer guide says of "Domain locking to prevent unauthorized transfers" on the pages of countries' domains,
# as far as it was read; no API tells it. Generic domains, of three letters and more, all know the lock.
_WITHOUT_LOCK = frozenset(["au", "ch", "de", "es", "eu", "fi", "it", "jp", "nl", "se", "uk"])
_WITH_LOCK = frozenset(["be", "ca", "co", "in", "io", "me", "tv", "us"])


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
    if domain.transfer_lock:
        return Holds("the transfer lock is on")
    ending = domain.domain_name.rstrip(".").rpartition(".")[2].lower()
    if ending in _WITHOUT_LOCK:
        return NotApplicable(f"domains in .{ending} have no transfer lock; who may ask for their code protects them")
    if len(ending) == 2 and ending not in _WITH_LOCK:
        return CannotTell(f"the transfer lock is off; whether domains in .{ending} have one is not told")
    return Fails("the transfer lock is off")


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
