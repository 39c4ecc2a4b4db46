"""Fault Injection Service: experiments, when the last one ran, and what stops one that goes wrong.

FIS keeps experiments for 120 days after they ended (user guide, "Quotas"): what ran before is not seen.
"""

import re
from datetime import datetime

from checks.codepipeline import Pipeline
from checks.ec2.evidence import AnyInterface
from checks.resiliencehub import App
from scanner import AllRegions, CannotTell, Evidence, Fails, Holds, NotApplicable, Part, Read, Verdict, check, fact

KEPT_DAYS = 120
_TESTS = re.compile(r"(?i)chaos|fault|\bfis\b|resilien|fail-?over|game-?day|gremlin|litmus")


class Template(Evidence, read=Read("fis:ListExperimentTemplates", "experimentTemplates", arn="{arn}")):
    id: str
    arn: str
    last_update_time: datetime | None = None


class StopCondition(Part):
    source: str


class Body(Evidence, read=Read("fis:GetExperimentTemplate", "experimentTemplate", per=Template, args={"id": "id"})):
    stop_conditions: tuple[StopCondition, ...]


class State(Part):
    status: str


class Options(Part):
    actions_mode: str | None = None


class Experiment(Evidence, read=Read("fis:ListExperiments", "experiments")):
    """An experiment of the past 120 days."""

    id: str
    state: State
    creation_time: datetime
    experiment_options: Options | None = None

    @property
    def injected(self) -> bool:
        """Did it do something? A preview of targets skips all actions (`skip-all`). A stopped one did, until it was stopped."""
        mode = self.experiment_options.actions_mode if self.experiment_options else None
        return mode == "run-all" and self.state.status in ("completed", "stopped")


def _last(experiments: list[Experiment]) -> datetime | None:
    return max((one.creation_time for one in experiments if one.injected), default=None)


@check(effort="high")
def faults_are_injected(
    templates: AllRegions[Template], experiments: AllRegions[Experiment], interfaces: AllRegions[AnyInterface]
) -> Verdict:
    """An experiment of the Fault Injection Service ran in the past 120 days.

    Why: what was never broken on purpose is first broken at night.
    Fix: aws fis create-experiment-template, from a scenario such as the loss of power in a zone; declare another chaos tool.
    """
    last = _last(experiments)
    if last is not None:
        ran = sum(one.injected for one in experiments)
        return Holds(f"{ran} experiments ran, the last on {last:%Y-%m-%d}")
    if experiments:
        states = sorted({one.state.status for one in experiments})
        return Fails(f"none of {len(experiments)} experiments injected a fault to its end: {', '.join(states)}")
    if not interfaces:
        return NotApplicable("no region has a network interface: there is nothing to break")
    if templates:
        return CannotTell(f"{len(templates)} templates, and none ran in {KEPT_DAYS} days; what ran before is not kept")
    return Fails(f"no template, and no experiment in the past {KEPT_DAYS} days")


@check(effort="low")
def experiments_stop_at_an_alarm(template: Template, body: Body) -> Verdict:
    """Templates of experiments name an alarm that stops the experiment.

    Why: an experiment that hurts more than was thought has to end by itself.
    Fix: aws fis update-experiment-template --id ID --stop-conditions source=aws:cloudwatch:alarm,value=ALARM
    """
    if any(one.source == "aws:cloudwatch:alarm" for one in body.stop_conditions):
        return Holds("an alarm stops it")
    return Fails(f"no alarm stops {template.id}")


@check(effort="medium")
def resilience_is_tested_with_deployments(
    pipelines: AllRegions[Pipeline], experiments: AllRegions[Experiment], apps: AllRegions[App]
) -> Verdict:
    """Where pipelines deploy, one of them tests resilience, or experiments or daily assessments do beside them.

    Why: a release that cannot lose a zone any more is found before production only by a test of just that.
    Fix: add a stage to the pipeline that starts an experiment of FIS, or assesses the application in Resilience Hub.
    """
    deploying = [one for one in pipelines if one.of("Deploy")]
    if not deploying:
        return NotApplicable("no pipeline of CodePipeline deploys")
    testing = sorted(
        {f"{one.name}: {action.name}" for one in deploying for action in one.actions if _TESTS.search(action.name)}
    )
    if testing:
        return Holds(f"by their names: {', '.join(testing[:3])}")
    last = _last(experiments)
    if last is not None:
        return Holds(f"an experiment of FIS ran on {last:%Y-%m-%d}")
    daily = sorted(one.name for one in apps if one.assessment_schedule == "Daily")
    if daily:
        return Holds(f"Resilience Hub assesses {', '.join(daily[:3])} every day")
    return Fails(f"{len(deploying)} pipelines deploy, and nothing tests resilience in them or beside them")


@fact
def experiments(templates: list[Template], found: list[Experiment]) -> str | None:
    """How many templates of experiments there are, and which experiments ran in the past 120 days."""
    if not templates and not found:
        return None
    last = _last(found)
    ran = sum(one.injected for one in found)
    return f"FIS: {len(templates)} templates, {ran} experiments ran{f', the last on {last:%Y-%m-%d}' if last else ''}"
