"""The closing report of a re-review, as Markdown: how many issues closed, with a line of proof for each failure."""

from collections.abc import Iterator, Sequence

from scanner.review.diff import Proof, QuestionChange, verdict
from scanner.review.document import Review
from scanner.review.text import markdown


def closing_markdown(old: Review, new: Review, changes: Sequence[QuestionChange]) -> str:
    """The whole report."""
    return "\n".join(_lines(old, new, changes)) + "\n"


def _lines(old: Review, new: Review, changes: Sequence[QuestionChange]) -> Iterator[str]:
    yield f"# Re-review of {markdown(new.workload or 'the workload')}: {verdict(changes)}"
    yield ""
    yield "| | first review | re-review |\n|---|---|---|"
    yield f"| evidence of | {old.scan.at} | {new.scan.at} |"
    yield f"| evidence root | `{old.bundle.evidence_root}` | `{new.bundle.evidence_root}` |"
    yield f"| read as | {markdown(old.scan.caller)} | {markdown(new.scan.caller)} |"
    yield f"| high-risk issues | {len(old.high_risks)} | {len(new.high_risks)} |"
    for one in changes:
        yield f"\n## {one.number} {markdown(one.title)}: {one.change}\n"
        yield from (f"- {_proof(proof)}" for proof in one.proofs)
        yield from (f"- {markdown(reason, 600)}" for reason in one.because)
    yield "\nA line is proof where it says *closed*: the digest is that of AWS's answer in the re-review's bundle, which"
    yield "`wafr verify` checks and `wafr explain` shows."


def _proof(proof: Proof) -> str:
    digests = " ".join(f"`{digest[:16]}`" for digest in proof.evidence[:3]) or "no evidence"
    return (
        f"*{proof.change}* {proof.label} {markdown(proof.resource)} (`{proof.check}`): "
        f"was: {markdown(proof.was, 300)}; now: {markdown(proof.now, 300)}; {digests}"
    )
