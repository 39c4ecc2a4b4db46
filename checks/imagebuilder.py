"""Image Builder: pipelines that build machine images."""

from datetime import date, timedelta

from scanner import CannotTell, Evidence, Fails, Holds, NotApplicable, Part, Read, ScanTime, Verdict, check, fact


class Schedule(Part):
    schedule_expression: str | None = None


class Pipeline(Evidence, read=Read("imagebuilder:ListImagePipelines", "imagePipelineList", arn="{arn}")):
    name: str
    arn: str
    status: str
    schedule: Schedule | None = None
    date_last_run: str | None = None
    last_run_status: str | None = None


@check(effort="low")
def images_are_rebuilt(pipeline: Pipeline, at: ScanTime, *, days: int = 45) -> Verdict:
    """Pipelines of images are enabled, and built an image lately.

    Why: an image carries every hole that became known since it was built.
    Fix: aws imagebuilder update-image-pipeline with a schedule; start-image-pipeline-execution shows why it fails.
    """
    if pipeline.status != "ENABLED":
        return NotApplicable(f"the pipeline is {pipeline.status}")
    if not pipeline.date_last_run:
        return Fails("it never ran")
    ran = date.fromisoformat(pipeline.date_last_run[:10])
    told = f"last run on {ran}" + (f" ({pipeline.last_run_status})" if pipeline.last_run_status else "")
    if pipeline.last_run_status in ("FAILED", "CANCELLED") or at.date() - ran > timedelta(days=days):
        return Fails(told)
    # An image that was made may have been taken out of use since.
    made = pipeline.last_run_status in ("AVAILABLE", "DEPRECATED", "DELETED", "DISABLED")
    return Holds(told) if made else CannotTell(f"{told}, and whether it made an image is not told")


@fact
def image_pipelines(pipelines: list[Pipeline]) -> str | None:
    """Which pipelines build images, and when they last ran."""
    told = sorted(f"{one.name} ({one.date_last_run[:10] if one.date_last_run else 'never ran'})" for one in pipelines)
    return f"pipelines of images: {', '.join(told[:10])}" if told else None
