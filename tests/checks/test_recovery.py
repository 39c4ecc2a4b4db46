"""Resilience Hub, FIS, Elastic Disaster Recovery and ARC: against real clients, and as tables."""

import json
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from checks import arc, drs, fis, resiliencehub
from checks.codepipeline import Pipeline
from checks.ec2.evidence import AnyInterface
from fixtures.standins.prepared import Prepared
from scanner import CannotTell, Fails, Holds, NotApplicable, Verdict
from tests.answering import answering
from tests.checks.answers import judge_all
from tests.emulator import ACCOUNT, Emulator

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOME = f"account:{ACCOUNT}"
REGION = "region:us-east-1"


def test_applications(aws: Emulator) -> None:
    hub = aws.client("resiliencehub")
    goal = {"rtoInSecs": 3600, "rpoInSecs": 90}
    policy = hub.create_resiliency_policy(
        policyName="gold", tier="Critical", policy=dict.fromkeys(("AZ", "Hardware", "Software"), goal)
    )["policy"]["policyArn"]
    bound = hub.create_app(name="bound", policyArn=policy)["app"]["appArn"]
    loose = hub.create_app(name="loose")["app"]["appArn"]
    names = [
        "applications_have_objectives",
        "applications_meet_their_objectives",
        "applications_are_assessed",
        "applications_have_not_drifted",
        "recovery_objectives",
        "assessed_applications",
    ]
    told = judge_all(aws, "resiliencehub", names)
    assert told["applications_have_objectives"] == {
        bound: ("holds", f"the policy is {policy.rpartition('/')[2]}"),
        loose: ("fails", "loose has no resiliency policy"),
    }
    assert {verdict for verdict, _ in told["applications_meet_their_objectives"].values()} == {"unknown"}
    assert {verdict for verdict, _ in told["applications_are_assessed"].values()} == {"not applicable"}
    assert {verdict for verdict, _ in told["applications_have_not_drifted"].values()} == {"unknown"}
    each = "back within 1 hours, losing at most 90 seconds"
    assert told["recovery_objectives"] == {
        REGION: (
            "told",
            f"recovery objectives in Resilience Hub: gold: AZ {each}, Hardware {each}, Software {each}",
        )
    }
    assert "bound (NotAssessed)" in told["assessed_applications"][REGION][1]


def app(**changes: object) -> resiliencehub.App:
    fields = {"app_arn": "a", "name": "a", "creation_time": NOW - timedelta(days=300)}
    return resiliencehub.App.model_validate(fields | changes)


def test_what_was_assessed(aws: Emulator) -> None:
    """moto assesses nothing."""
    old, fresh = NOW - timedelta(days=300), NOW - timedelta(days=3)
    evaluated = {"creationTime": old, "lastAppComplianceEvaluationTime": fresh}
    states: dict[str, dict[str, Any]] = {
        "good": {**evaluated, "complianceStatus": "PolicyMet", "driftStatus": "NotDetected"},
        "bad": {**evaluated, "complianceStatus": "PolicyBreached", "driftStatus": "Detected"},
        "stale": {
            "creationTime": old,
            "lastAppComplianceEvaluationTime": NOW - timedelta(days=91),
            "complianceStatus": "ChangesDetected",
            "driftStatus": "NotChecked",
        },
        "never": {"creationTime": old, "complianceStatus": "NotAssessed"},
        "new": {"creationTime": fresh, "complianceStatus": "NotAssessed"},
    }
    prefix = f"arn:aws:resiliencehub:us-east-1:{ACCOUNT}:app/"
    apps = [{"appArn": prefix + name, "name": name, **told} for name, told in states.items()]
    unassessed = ("unknown", "the status is NotAssessed")
    silent = ("unknown", "the status is not told")
    recent = ("holds", "assessed on 2026-11-20")
    judged = {
        "applications_meet_their_objectives": {
            "good": ("holds", "the policy was met on 2026-11-20"),
            "bad": ("fails", "the policy was breached on 2026-11-20"),
            "stale": ("unknown", "the status is ChangesDetected"),
            "never": unassessed,
            "new": unassessed,
        },
        "applications_are_assessed": {
            "good": recent,
            "bad": recent,
            "stale": ("fails", "assessed on 2026-08-24"),
            "never": ("fails", "never assessed"),
            "new": ("not applicable", "the application is there since 2026-11-20"),
        },
        "applications_have_not_drifted": {
            "good": ("holds", "no drift was detected"),
            "bad": ("fails", "drift was detected; assessed on 2026-11-20"),
            "stale": ("unknown", "the status is NotChecked"),
            "never": silent,
            "new": silent,
        },
    }
    with answering("resiliencehub", ListApps={"appSummaries": apps}):
        assert judge_all(aws, "resiliencehub", judged, at=NOW) == {
            name: {prefix + one: said for one, said in told.items()} for name, told in judged.items()
        }


def test_experiments_that_ran_beside_pipelines_that_deploy(aws: Emulator) -> None:
    """moto runs no experiments."""
    names = ["faults_are_injected", "resilience_is_tested_with_deployments"]
    trust = {"Effect": "Allow", "Principal": {"Service": "codepipeline.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = aws.client("iam").create_role(RoleName="p", AssumeRolePolicyDocument=json.dumps({"Statement": [trust]}))
    kinds = {
        "source": {"category": "Source", "owner": "AWS", "provider": "S3", "version": "1"},
        "deploy": {"category": "Deploy", "owner": "AWS", "provider": "ECS", "version": "1"},
    }

    def pipeline_(name: str) -> None:
        stages = [{"name": one, "actions": [{"name": one, "actionTypeId": kind}]} for one, kind in kinds.items()]
        store = {"type": "S3", "location": "artifacts"}
        body = {"name": name, "roleArn": role["Role"]["Arn"], "artifactStore": store, "stages": stages, "version": 1}
        aws.client("codepipeline").create_pipeline(pipeline=body)

    pipeline_("p")
    ran = {"id": "EXP1", "state": {"status": "completed"}, "creationTime": NOW}
    real, preview = ({"experimentOptions": {"actionsMode": mode}} for mode in ("run-all", "skip-all"))
    for told, faults, beside in (
        (
            [ran | preview],
            ("fails", "none of 1 experiments injected a fault to its end: completed"),
            ("fails", "1 pipelines deploy, and nothing tests resilience in them or beside them"),
        ),
        (
            [ran | preview, ran | real],
            ("holds", "1 experiments ran, the last on 2026-11-23"),
            ("holds", "an experiment of FIS ran on 2026-11-23"),
        ),
    ):
        with answering("fis", ListExperiments={"experiments": told}):
            assert judge_all(aws, "fis", names, at=NOW) == {names[0]: {HOME: faults}, names[1]: {HOME: beside}}


def test_experiments(aws: Emulator) -> None:
    """moto runs no experiments and lists none."""
    check = "fis.faults_are_injected"
    nothing = ("not applicable", "no region has a network interface: there is nothing to break")
    assert aws.judge(check) == {HOME: nothing}
    ec2 = aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    ec2.create_network_interface(SubnetId=subnet)
    assert aws.judge(check) == {HOME: ("fails", "no template, and no experiment in the past 120 days")}
    common: dict[str, Any] = {
        "description": "d",
        "actions": {"wait": {"actionId": "aws:fis:wait", "parameters": {"duration": "PT1M"}}},
        "roleArn": f"arn:aws:iam::{ACCOUNT}:role/fis",
    }
    alarm = {
        "source": "aws:cloudwatch:alarm",
        "value": f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:errors",
    }
    client = aws.client("fis")
    guarded = client.create_experiment_template(**common, clientToken="1", stopConditions=[alarm])
    bare = client.create_experiment_template(**common, clientToken="2", stopConditions=[{"source": "none"}])
    assert aws.judge("fis.experiments_stop_at_an_alarm") == {
        guarded["experimentTemplate"]["arn"]: ("holds", "an alarm stops it"),
        bare["experimentTemplate"]["arn"]: ("fails", f"no alarm stops {bare['experimentTemplate']['id']}"),
    }
    kept = "2 templates, and none ran in 120 days; what ran before is not kept"
    assert aws.judge(check) == {HOME: ("unknown", kept)}


def pipeline(name: str, *actions: str) -> Pipeline:
    kind = {"category": "Deploy", "owner": "AWS", "provider": "ECS"}
    stages = [{"name": "s", "actions": [{"name": action, "action_type_id": kind} for action in actions]}]
    return Pipeline.model_validate({"name": name, "role_arn": "r", "stages": stages}, strict=False)


def experiment(**changes: object) -> fis.Experiment:
    fields = {"id": "E", "state": {"status": "completed"}, "creation_time": NOW} | changes
    return fis.Experiment.model_validate(fields, strict=False)


RUN = experiment(experiment_options={"actions_mode": "run-all"})
STOPPED = experiment(experiment_options={"actions_mode": "run-all"}, state={"status": "stopped"})
PREVIEW = experiment(experiment_options={"actions_mode": "skip-all"})
BROKEN = experiment(experiment_options={"actions_mode": "run-all"}, state={"status": "failed"})
SOME = [AnyInterface(network_interface_id="eni-1")]


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        ([RUN, STOPPED, PREVIEW], Holds("2 experiments ran, the last on 2026-11-23")),
        (
            [PREVIEW, BROKEN, experiment()],
            Fails("none of 3 experiments injected a fault to its end: completed, failed"),
        ),
    ],
)
def test_previews_inject_nothing(found: list[fis.Experiment], verdict: Verdict) -> None:
    assert fis.faults_are_injected([], found, SOME) == verdict


def test_experiments_are_counted() -> None:
    assert fis.experiments([], []) is None
    assert fis.experiments([], [RUN, PREVIEW]) == "FIS: 0 templates, 1 experiments ran, the last on 2026-11-23"


@pytest.mark.parametrize(
    ("pipelines", "experiments", "apps", "verdict"),
    [
        ([], [RUN], [], NotApplicable("no pipeline of CodePipeline deploys")),
        (
            [pipeline("p", "Deploy")],
            [experiment()],
            [app()],
            Fails("1 pipelines deploy, and nothing tests resilience in them or beside them"),
        ),
        ([pipeline("p", "Deploy", "ChaosTest")], [], [], Holds("by their names: p: ChaosTest")),
        ([pipeline("p", "Deploy")], [RUN], [], Holds("an experiment of FIS ran on 2026-11-23")),
        (
            [pipeline("p", "Deploy")],
            [],
            [app(assessment_schedule="Daily")],
            Holds("Resilience Hub assesses a every day"),
        ),
    ],
)
def test_resilience_is_tested_with_deployments(
    pipelines: list[Pipeline], experiments: list[fis.Experiment], apps: list[resiliencehub.App], verdict: Verdict
) -> None:
    assert fis.resilience_is_tested_with_deployments(pipelines, experiments, apps) == verdict


def server(name: str, **info: Any) -> dict[str, Any]:
    cycle = info.pop("lifeCycle", {"addedToServiceDateTime": "2025-01-01T00:00:00Z"})
    arn = f"arn:aws:drs:us-east-1:{ACCOUNT}:source-server/{name}"
    return {"sourceServerID": name, "arn": arn, "dataReplicationInfo": info, "lifeCycle": cycle}


def launched(status: str, when: str) -> dict[str, Any]:
    return {"lastLaunch": {"initiated": {"apiCallDateTime": when, "type": "DRILL"}, "status": status}}


def test_servers_under_recovery(aws: Emulator) -> None:
    names = ["source_servers_replicate", "recovery_was_drilled", "servers_under_recovery"]
    assert judge_all(aws, "drs", names[:1])["source_servers_replicate"] == {
        REGION: ("not applicable", "there is none: drs:DescribeSourceServers listed nothing")
    }
    items = [
        server("s-1", dataReplicationState="CONTINUOUS", lifeCycle=launched("TERMINATED", "2026-10-01T00:00:00Z")),
        server("s-2", dataReplicationState="STALLED", lifeCycle=launched("FAILED", "2026-10-01T00:00:00Z")),
        server("s-3", dataReplicationState="BACKLOG", lagDuration="P0DT3H10M"),
        server("s-4", lifeCycle=launched("LAUNCHED", "2025-10-01T00:00:00Z")),
        server(
            "s-5",
            dataReplicationState="INITIAL_SYNC",
            lifeCycle={"addedToServiceDateTime": "2026-11-01T00:00:00Z"},
        ),
    ]
    with answering("drs", DescribeSourceServers={"items": items}):
        told = judge_all(aws, "drs", names, at=NOW)
    arns = [one["arn"] for one in items]
    assert told["source_servers_replicate"] == dict(
        zip(
            arns,
            [
                ("holds", "replication is CONTINUOUS"),
                ("fails", "replication is STALLED"),
                ("fails", "replication is BACKLOG, 3:10:00 behind"),
                ("unknown", "no state of replication is told"),
                ("not applicable", "replication is INITIAL_SYNC"),
            ],
            strict=True,
        )
    )
    assert told["recovery_was_drilled"] == dict(
        zip(
            arns,
            [
                ("holds", "drill on 2026-10-01: TERMINATED"),
                ("fails", "drill on 2026-10-01: FAILED"),
                ("fails", "never launched"),
                ("fails", "drill on 2025-10-01: LAUNCHED"),
                ("not applicable", "the server is there since 2026-11-01"),
            ],
            strict=True,
        )
    )
    assert told["servers_under_recovery"][REGION] == (
        "told",
        "servers under Elastic Disaster Recovery: 1 BACKLOG, 1 CONTINUOUS, 1 INITIAL_SYNC, 1 STALLED, 1 not told",
    )


def test_a_backlog_of_unknown_length_is_not_judged() -> None:
    for lag, verdict in (
        (None, CannotTell("replication is BACKLOG; how far it is behind is not told")),
        ("P0DT0H20M5S", Holds("replication is BACKLOG, 0:20:05 behind")),
    ):
        info = {"data_replication_state": "BACKLOG", "lag_duration": lag}
        one = drs.SourceServer.model_validate({"source_server_id": "s", "arn": "a", "data_replication_info": info})
        assert drs.source_servers_replicate(one) == verdict


BALANCER = f"arn:aws:elasticloadbalancing:us-east-1:{ACCOUNT}:loadbalancer/app/front/1"


def shift(outcome: str | None, day: int) -> dict[str, Any]:
    kept = {"practiceRunOutcome": outcome} if outcome else {}
    return {
        "zonalShiftId": "z",
        "resourceIdentifier": BALANCER,
        "awayFrom": "use1-az1",
        "expiryTime": NOW,
        "startTime": NOW - timedelta(days=day),
        "status": "EXPIRED",
        "comment": "c",
        **kept,
    }


def test_zonal_shifts(aws: Emulator) -> None:
    names = ["practice_runs_succeed", "zonal_shifts"]
    assert judge_all(aws, "arc", names) == {
        "practice_runs_succeed": {REGION: ("not applicable", "no practice runs are set up")},
        "zonal_shifts": {},
    }
    item = {
        "arn": BALANCER,
        "availabilityZones": ["use1-az1"],
        "zonalAutoshiftStatus": "ENABLED",
        "practiceRunStatus": "ENABLED",
    }
    shown = "1 of 1 resources that can be moved out of a zone do so by themselves (zonal autoshift)"
    for shifts, verdict, since in (
        ([], ("unknown", "no practice run of 1 resources has ended"), ""),
        (
            [shift("FAILED", 9), shift("SUCCEEDED", 2)],
            ("holds", "the last practice run succeeded for each of 1 resources"),
            "",
        ),
        (
            [shift("SUCCEEDED", 9), shift("CAPACITY_CHECK_FAILED", 2), shift("INTERRUPTED", 1), shift(None, 4)],
            ("fails", "loadbalancer/app/front/1: CAPACITY_CHECK_FAILED on 2026-11-21"),
            "; last shifted by hand on 2026-11-19",
        ),
    ):
        with answering("arc-zonal-shift", ListManagedResources={"items": [item]}, ListZonalShifts={"items": shifts}):
            assert judge_all(aws, "arc", names) == {
                "practice_runs_succeed": {REGION: verdict},
                "zonal_shifts": {REGION: ("told", shown + since)},
            }


PLAN = f"arn:aws:arc-region-switch::{ACCOUNT}:plan/move:abc"
PANEL = f"arn:aws:route53-recovery-control::{ACCOUNT}:controlpanel/p"
GUARDED, EMPTY = f"{PANEL}1", f"{PANEL}2"
READY = f"arn:aws:route53-recovery-readiness::{ACCOUNT}:readiness-check/one"


def test_switching_regions(aws: Emulator) -> None:
    """Each is kept in one region of AWS's: the stand-ins answer there alone."""
    plan = {
        "arn": PLAN,
        "owner": ACCOUNT,
        "name": "move",
        "regions": ["us-east-1", "us-west-2"],
        "recoveryApproach": "activePassive",
        "recoveryTimeObjectiveMinutes": 30,
    }
    panels = [
        {"ControlPanelArn": PANEL, "Name": "front", "RoutingControlCount": 2},
        {"ControlPanelArn": GUARDED, "Name": "back", "RoutingControlCount": 2},
        {"ControlPanelArn": EMPTY, "Name": "default", "RoutingControlCount": 0},
    ]
    names = [
        "plans_to_switch_regions_would_work",
        "routing_controls_have_safety_rules",
        "recovery_sites_are_ready",
        "recovery_by_data_plane",
    ]
    switches = [plan, {**plan, "arn": f"{PLAN}2", "name": "stuck"}]
    evaluations = {
        PLAN: {"planArn": PLAN, "evaluationState": "passed", "lastEvaluationTime": NOW},
        f"{PLAN}2": {"planArn": f"{PLAN}2", "evaluationState": "actionRequired", "lastEvaluationTime": NOW},
    }
    readiness = {"one": "NOT_READY", "two": "READY"}
    checks = [
        {"ReadinessCheckArn": READY.replace("one", name), "ReadinessCheckName": name, "ResourceSet": "set"}
        for name in readiness
    ]
    rule = {
        "ControlPanelArn": GUARDED,
        "SafetyRuleArn": f"{GUARDED}/safetyrule/r",
        "Name": "one stays on",
        "AssertedControls": [f"{GUARDED}/routingcontrol/c"],
        "RuleConfig": {"Inverted": False, "Threshold": 1, "Type": "ATLEAST"},
        "Status": "DEPLOYED",
        "WaitPeriodMs": 5000,
    }
    guarding = {"SafetyRules": [{"ASSERTION": rule}]}
    control, ready = "route53-recovery-control-config", "route53-recovery-readiness"
    answers_of: list[tuple[str, str, dict[str, Any], dict[str, str]]] = [
        ("arc-region-switch", "ListPlans", {"plans": switches}, {}),
        *(("arc-region-switch", "GetPlanEvaluationStatus", one, {"planArn": arn}) for arn, one in evaluations.items()),
        (control, "ListControlPanels", {"ControlPanels": panels}, {}),
        (control, "ListSafetyRules", guarding, {"ControlPanelArn": GUARDED}),
        (ready, "ListReadinessChecks", {"ReadinessChecks": checks}, {}),
        *(
            (ready, "GetReadinessCheckStatus", {"Readiness": one, "Resources": []}, {"ReadinessCheckName": name})
            for name, one in readiness.items()
        ),
    ]
    with ExitStack() as stack:
        for service, operation, answer, of in answers_of:
            region = "us-east-1" if service == "arc-region-switch" else "us-west-2"
            only = Prepared(source="a row of this test", answer=answer, regions=(region,), when=of)
            stack.enter_context(answering(service, **{operation: only}))
        assert judge_all(aws, "arc", names, at=NOW) == {
            "plans_to_switch_regions_would_work": {
                PLAN: ("holds", "passed on 2026-11-23"),
                f"{PLAN}2": ("fails", "stuck needs action before it can run"),
            },
            "routing_controls_have_safety_rules": {
                PANEL: ("fails", "no safety rule on front"),
                GUARDED: ("holds", "1 safety rules"),
                EMPTY: ("not applicable", "the panel has no routing controls"),
            },
            "recovery_sites_are_ready": {
                READY: ("fails", "one is not ready"),
                READY.replace("one", "two"): ("holds", "two is ready"),
            },
            "recovery_by_data_plane": {
                HOME: (
                    "told",
                    "plans to switch regions: move (activePassive, us-east-1, us-west-2, within 30 minutes), "
                    "stuck (activePassive, us-east-1, us-west-2, within 30 minutes); 4 routing controls",
                )
            },
        }


def evaluated(state: str | None, days: int) -> arc.Evaluation:
    return arc.Evaluation(evaluation_state=state, last_evaluation_time=NOW - timedelta(days=days))


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        (evaluated("passed", 30), CannotTell("last evaluated on 2026-10-24")),
        (evaluated("pendingEvaluation", 0), CannotTell("the evaluation is pendingEvaluation")),
        (evaluated(None, 0), CannotTell("the evaluation is not told")),
    ],
)
def test_plans_that_were_evaluated(found: arc.Evaluation, verdict: Verdict) -> None:
    plan = arc.SwitchPlan(arn=PLAN, name="move", regions=("a", "b"), recovery_approach="activeActive")
    assert arc.plans_to_switch_regions_would_work(plan, found, NOW) == verdict


@pytest.mark.parametrize(
    ("readiness", "verdict"),
    [
        ("NOT_AUTHORIZED", CannotTell("the readiness is NOT_AUTHORIZED")),
        (None, CannotTell("the readiness is not told")),
    ],
)
def test_recovery_sites(readiness: str | None, verdict: Verdict) -> None:
    one = arc.ReadinessCheck(readiness_check_arn=READY, readiness_check_name="one")
    assert arc.recovery_sites_are_ready(one, arc.Readiness(readiness=readiness)) == verdict
