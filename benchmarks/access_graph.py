"""Who can decrypt with every key, and every way to an administrator's powers, of a synthetic account, measured.

`python benchmarks/access_graph.py` prints CPU seconds and peak memory for a small and a large account, and fails where a
figure passes its limit.
"""

import resource
import sys
import time
from collections import Counter

from access_matrix import ACCOUNT, ACTION, Size, Texts, account

from scanner.access.graph import AccessGraph
from scanner.access.inventory import Account, Asset, Document, Holders, Identity, Principal, Resource, Subject
from scanner.access.who import Table
from scanner.evidence.policy import Policy

TRUST = Document(
    "trust policy",
    Policy.model_validate(
        {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
            ],
        }
    ),
)


def people(texts: Texts) -> Account:
    """The account's identities, every role for functions."""
    managed = [Document(f"managed/{place}", Policy.model_validate(text)) for place, text in enumerate(texts.managed)]
    identities = []
    for number, name in enumerate(texts.names):
        documents = [managed[place] for place in texts.attached[number]]
        documents += [Document(f"inline/{number}", Policy.model_validate(text)) for text in texts.inline[number]]
        trust = TRUST if ":role/" in name else None
        identities.append(Identity(Subject(Principal.parse(name), tuple(documents)), trust))
    return Account(ACCOUNT, "aws", tuple(identities))


def keys(texts: Texts) -> list[Resource]:
    return [
        Resource(
            Asset(arn, Document("key policy", Policy.model_validate(text)), grants, owner=ACCOUNT), ACCOUNT, "us-east-1"
        )
        for arn, text, grants in zip(texts.arns, texts.key_policies, texts.grants, strict=True)
    ]


def measure(size: Size, *, table_limit: float, graph_limit: float) -> None:
    texts = account(size)
    everybody, protected = people(texts), keys(texts)
    began = time.process_time()
    table = Table(ACTION, protected, {ACCOUNT: everybody})
    counted = Counter(len(table.certain(place)) > 0 for place in range(len(protected)))
    opened = sum(len(table.open(place)) for place in range(len(protected)))
    spent = time.process_time() - began
    print(f"{size}: all keys in {spent:.2f} s of CPU; somebody decrypts for certain: {dict(counted)}, open: {opened}")
    assert spent <= table_limit, f"{spent:.2f} s of CPU, over {table_limit}"
    began = time.process_time()
    graph = AccessGraph(everybody, Holders(()))
    ways = len(graph.escalations())
    spent = time.process_time() - began
    print(f"{size}: {graph.graph.number_of_edges()} edges, {ways} ways to everything in {spent:.2f} s of CPU")
    assert spent <= graph_limit, f"{spent:.2f} s of CPU, over {graph_limit}"


def main() -> None:
    measure(Size(125, 250, 25), table_limit=1.0, graph_limit=1.0)
    measure(Size(2500, 5000, 500), table_limit=20.0, graph_limit=20.0)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "linux" else 1024 * 1024)
    print(f"peak memory {memory:.0f} MiB")
    assert memory <= 400


if __name__ == "__main__":
    main()
