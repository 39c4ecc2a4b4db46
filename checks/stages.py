"""What the tags of a resource say of where it belongs: to development, which may do without a second zone, or alone by design."""

from collections.abc import Iterable, Mapping

from scanner import NotApplicable, Part

KEY = "environment"
DEVELOPMENT = (
    "dev",
    "development",
    "test",
    "testing",
    "qa",
    "sandbox",
    "playground",
)  # staging is to be like production
REASON = "single-by-design"


class Tag(Part):
    """A tag in a service's own listing."""

    key: str
    value: str = ""


def tags_of(tags: Mapping[str, str] | None) -> tuple[Tag, ...]:
    """The tags of a service that gives them as a map."""
    return tuple(Tag(key=key, value=value) for key, value in (tags or {}).items())


def in_development(tags: Iterable[Tag], tag: str, stages: tuple[str, ...]) -> NotApplicable | None:
    """Does a tag declare that the resource is none of production's? Upper and lower case are the same."""
    for one in tags:
        if one.key.lower() == tag.lower() and one.value.strip().lower() in {stage.lower() for stage in stages}:
            return NotApplicable(f"the tag {one.key} says {one.value}")
    return None


def alone_by_design(tags: Iterable[Tag], tag: str) -> NotApplicable | None:
    """Does a tag give a reason why there is one only? A tag without a value gives none."""
    for one in tags:
        if one.key.lower() == tag.lower() and one.value.strip():
            return NotApplicable(f"one by design, says the tag {one.key}: {one.value}")
    return None
