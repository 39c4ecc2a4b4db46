"""Evidence: a typed view of one read of AWS."""

from datetime import datetime
from typing import Any, ClassVar

from scanner.evidence.read import Read
from scanner.evidence.shape import Part, Shape, shape_of


class Evidence(Part):
    """The fields that checks need of one answer. Declared beside the checks, with the read that brings it:

    `class KeyEntry(Evidence, read=Read("kms:ListKeys", "Keys", arn="{key_arn}"))`

    A field without a default must be in the answer: where it is missing the evidence is malformed, and unknown.
    Give a default only where AWS documents that the member may be left out.
    """

    read: ClassVar[Read]

    def __init_subclass__(cls, *, read: Read | None = None, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if read is not None:
            if read.via == "metrics" and not issubclass(cls, MetricData):
                raise TypeError(f"{cls.__name__} is read by Metric(…): make it a MetricData")
            cls.read = read

    @classmethod
    def shape(cls) -> Shape:
        """The members of the answer that this evidence keeps."""
        return shape_of(cls)

    @classmethod
    def lineage(cls) -> tuple[type["Evidence"], ...]:
        """This class, the one it is read for each of, and so on up to a listing that needs no parent."""
        chain: list[type[Evidence]] = [cls]
        while (parent := chain[-1].read.per) is not None:
            chain.append(parent)
        return tuple(chain)

    @classmethod
    def root(cls) -> type["Evidence"]:
        return cls.lineage()[-1]

    @classmethod
    def is_singleton(cls) -> bool:
        """Is there one of this per target, rather than one per resource?"""
        return not any(kind.read.arn for kind in cls.lineage())

    @classmethod
    def bearer(cls) -> type["Evidence"]:
        """The evidence, this or an ancestor, that names the resource which this is about."""
        chain = cls.lineage()
        return next((kind for kind in chain if kind.read.arn), chain[-1])


class MetricData(Evidence):
    """The points of a metric, declared with a `Metric` as its read. No points is not zero.

    `id` and `status_code` are what the engine tells the answers for many parents apart by, and the complete ones from others.
    """

    id: str
    status_code: str
    timestamps: tuple[datetime, ...]
    values: tuple[float, ...]
