"""Small services around security: what they say of an account that has nothing of them, and of one that has. moto lacks
nearly all of them: the answers are prepared."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from checks import controltower
from checks.controltower import ControlDrift, ControlStatus, EnabledControl, LandingZone
from scanner import CannotTell, Fails, Holds, Verdict
from tests.answering import answering, refused
from tests.checks.answers import judge_all
from tests.emulator import ACCOUNT, Emulator

REGION, ALL = "region:us-east-1", f"account:{ACCOUNT}"
DAY = "2026-01-05T08:00:00Z"


@pytest.mark.parametrize(
    "fact",
    [
        "artifact.agreements",
        "auditmanager.assessments",
        "controltower.controls",
        "detective.behaviour_graphs",
        "fms.policies",
        "resource_explorer_2.indexes",
        "rolesanywhere.profiles",
        "security_ir.membership",
        "securitylake.data_lakes",
        "signer.signing_profiles",
        "support.advice_on_security",
        "wellarchitected.own_lenses",
        "wellarchitected.reviews",
    ],
)
def test_nothing_is_told_where_nothing_is(aws: Emulator, fact: str) -> None:
    assert aws.judge(fact) == {}


def told(aws: Emulator, fact: str, service: str, **answers: Any) -> str:
    with answering(service, **answers):
        (verdict, words), *others = aws.judge(fact).values()
    assert (verdict, others) == ("told", [])
    return words


def test_facts(aws: Emulator) -> None:
    agreement = {"arn": "arn:aws:artifact:::customer-agreement/a", "name": "Health data", "state": "ACTIVE"}
    ended = {**agreement, "arn": "arn:aws:artifact:::customer-agreement/b", "state": "CUSTOMER_TERMINATED"}
    assert told(
        aws, "artifact.agreements", "artifact", ListCustomerAgreements={"customerAgreements": [agreement, ended]}
    ) == ("agreements with AWS in force: Health data")
    assert told(
        aws,
        "auditmanager.assessments",
        "auditmanager",
        GetAccountStatus={"status": "ACTIVE"},
        ListAssessments={"assessmentMetadata": [{"name": "cards", "complianceType": "PCI-DSS", "status": "ACTIVE"}]},
    ) == ("assessments in Audit Manager: cards (PCI-DSS, ACTIVE)")
    assert told(
        aws,
        "detective.behaviour_graphs",
        "detective",
        ListGraphs={"GraphList": [{"Arn": "arn:aws:detective:us-east-1:1:graph:a", "CreatedTime": DAY}]},
        ListMembers={"MemberDetails": [{"AccountId": "222222222222", "Status": "ENABLED"}]},
    ) == ("Detective has kept a behaviour graph here since 2026-01-05, with 1 member accounts")
    policy = {
        "PolicyArn": "arn:p",
        "PolicyId": POLICY,
        "PolicyName": "web",
        "SecurityServiceType": "WAFV2",
        "RemediationEnabled": True,
    }
    assert told(aws, "fms.policies", "fms", ListPolicies={"PolicyList": [policy]}) == (
        "policies of Firewall Manager: web (WAFV2, mends by itself)"
    )
    index = {"Region": "eu-west-1", "Arn": "arn:i", "Type": "AGGREGATOR"}
    assert told(aws, "resource_explorer_2.indexes", "resource-explorer-2", ListIndexes={"Indexes": [index]}) == (
        "1 regions are indexed; all can be searched from eu-west-1"
    )
    lake = {"dataLakeArn": "arn:l", "region": "us-east-1", "createStatus": "COMPLETED"}
    assert told(aws, "securitylake.data_lakes", "securitylake", ListDataLakes={"dataLakes": [lake]}) == (
        "Security Lake: us-east-1 (COMPLETED, kept for ever)"
    )
    profile = {"arn": "arn:s", "profileName": "builds", "platformId": "AWSLambda-SHA384-ECDSA", "status": "Active"}
    assert told(aws, "signer.signing_profiles", "signer", ListSigningProfiles={"profiles": [profile]}) == (
        "signing profiles: builds (AWSLambda-SHA384-ECDSA)"
    )


POLICY = "1b9e1c9a-0000-4000-8000-000000000000"


def kept(*accounts: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    found = [
        {"PolicyId": POLICY, "MemberAccount": name, "EvaluationResults": [how] if how else []} for name, how in accounts
    ]
    return {"PolicyComplianceStatusList": found}


GOOD = {"ComplianceStatus": "COMPLIANT", "ViolatorCount": 0, "EvaluationLimitExceeded": False}
BAD = {"ComplianceStatus": "NON_COMPLIANT", "ViolatorCount": 3, "EvaluationLimitExceeded": False}


def test_policies_of_firewall_manager(aws: Emulator) -> None:
    names = ["policies_mend_by_themselves", "policies_are_kept"]
    nothing = {"region:us-east-1": "not applicable"}
    assert [aws.verdicts(f"fms.{name}") for name in names] == [nothing, nothing]
    policy = {"PolicyArn": "arn:p", "PolicyId": POLICY, "PolicyName": "web", "SecurityServiceType": "WAFV2"}
    with answering("fms", ListPolicies={"PolicyList": [policy | {"RemediationEnabled": True}]}):
        with answering("fms", ListComplianceStatus=kept(("1", GOOD), ("2", BAD))):
            assert judge_all(aws, "fms", names) == {
                "policies_mend_by_themselves": {"arn:p": ("holds", "automatic remediation of web (WAFV2) is on")},
                "policies_are_kept": {"arn:p": ("fails", "web is not kept by 2 (3 resources)")},
            }
        silent = ("unknown", "Firewall Manager has judged 0 of 0 accounts by web")
        assert aws.judge("fms.policies_are_kept") == {"arn:p": silent}
        with answering("fms", ListComplianceStatus=kept(("1", GOOD), ("2", {}))):
            silent = ("unknown", "Firewall Manager has judged 1 of 2 accounts by web")
            assert aws.judge("fms.policies_are_kept") == {"arn:p": silent}
        with answering("fms", ListComplianceStatus=kept(("1", GOOD), ("2", GOOD))):
            assert aws.judge("fms.policies_are_kept") == {"arn:p": ("holds", "2 accounts keep web")}
    other = policy | {"PolicyStatus": "OUT_OF_ADMIN_SCOPE", "RemediationEnabled": False}
    with answering("fms", ListPolicies={"PolicyList": [other]}):
        apart = {"arn:p": ("not applicable", "web is another administrator's")}
        assert judge_all(aws, "fms", names) == dict.fromkeys(names, apart)
    with answering("fms", ListPolicies={"PolicyList": [policy]}):
        off = ("fails", "automatic remediation of web (WAFV2) is off")
        assert aws.judge("fms.policies_mend_by_themselves") == {"arn:p": off}


def test_a_missing_permission_is_not_an_absence(aws: Emulator) -> None:
    plain = refused("AccessDeniedException", "User: x is not authorized to perform: fms:ListPolicies", 403)
    with answering("fms", ListPolicies=plain):
        assert set(aws.verdicts("fms.policies").values()) == {"unknown"}


def test_control_tower(aws: Emulator) -> None:
    zone, control = (
        "arn:aws:controltower:us-east-1:1:landingzone/a",
        "arn:aws:controltower:us-east-1:1:enabledcontrol/b",
    )
    body = {"version": "3.3", "status": "ACTIVE", "latestAvailableVersion": "4.0", "driftStatus": {"status": "DRIFTED"}}
    enabled = {
        "arn": control,
        "controlIdentifier": "arn:aws:controltower:us-east-1::control/AWS-GR_ENCRYPTED_VOLUMES",
        "targetIdentifier": "arn:aws:organizations::1:ou/o-1/ou-1",
        "statusSummary": {"status": "SUCCEEDED"},
        "driftStatusSummary": {"driftStatus": "IN_SYNC"},
    }
    with answering(
        "controltower",
        ListLandingZones={"landingZones": [{"arn": zone}]},
        GetLandingZone={"landingZone": {**body, "manifest": {}}},
        ListEnabledControls={"enabledControls": [enabled]},
    ):
        assert aws.judge("controltower.the_landing_zone_has_not_drifted") == {zone: ("fails", "version 3.3 is DRIFTED")}
        assert aws.judge("controltower.the_landing_zone_is_up_to_date") == {
            zone: ("fails", "version 3.3, the latest is 4.0")
        }
        words = "AWS-GR_ENCRYPTED_VOLUMES is SUCCEEDED, its drift IN_SYNC"
        assert aws.judge("controltower.controls_stand") == {control: ("holds", words)}
        assert aws.judge("controltower.controls") == {
            REGION: ("told", "1 controls are enabled on 1 organizational units")
        }


def test_landing_zones_side_by_side(aws: Emulator) -> None:
    zone, arn = "arn:aws:controltower:us-east-1:1:landingzone/a", "arn:aws:controltower:us-east-1:1:enabledcontrol/"
    body = {"version": "4.0", "status": "ACTIVE", "latestAvailableVersion": "4.0", "driftStatus": {"status": "IN_SYNC"}}
    enabled = [
        {
            "arn": arn + name,
            "controlIdentifier": f"arn:aws:controltower:us-east-1::control/{name}",
            "targetIdentifier": "arn:aws:organizations::1:ou/o-1/ou-1",
            "statusSummary": {"status": status},
            "driftStatusSummary": {"driftStatus": drift},
        }
        for name, status, drift in (
            ("good", "SUCCEEDED", "IN_SYNC"),
            ("unwatched", "SUCCEEDED", "NOT_CHECKING"),
            ("drifted", "SUCCEEDED", "DRIFTED"),
            ("failed", "FAILED", "IN_SYNC"),
        )
    ]
    names = ["the_landing_zone_has_not_drifted", "the_landing_zone_is_up_to_date", "controls_stand"]
    with answering(
        "controltower",
        ListLandingZones={"landingZones": [{"arn": zone}]},
        GetLandingZone={"landingZone": {**body, "manifest": {}}},
        ListEnabledControls={"enabledControls": enabled},
    ):
        assert judge_all(aws, "controltower", names) == {
            "the_landing_zone_has_not_drifted": {zone: ("holds", "version 4.0 is IN_SYNC")},
            "the_landing_zone_is_up_to_date": {zone: ("holds", "version 4.0, the latest is 4.0")},
            "controls_stand": {
                f"{arn}good": ("holds", "good is SUCCEEDED, its drift IN_SYNC"),
                f"{arn}unwatched": ("holds", "unwatched is SUCCEEDED, its drift NOT_CHECKING"),
                f"{arn}drifted": ("fails", "drifted is SUCCEEDED, its drift DRIFTED"),
                f"{arn}failed": ("fails", "failed is FAILED, its drift IN_SYNC"),
            },
        }


def control(status: str, drift: str) -> EnabledControl:
    return EnabledControl(
        arn="a",
        control_identifier="x/c",
        status_summary=ControlStatus(status=status),
        drift_status_summary=ControlDrift(drift_status=drift),
    )


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (control("SUCCEEDED", "UNKNOWN"), CannotTell("c is SUCCEEDED, its drift UNKNOWN")),
        (control("UNDER_CHANGE", "DRIFTED"), CannotTell("c is UNDER_CHANGE, its drift DRIFTED")),
    ],
)
def test_controls_stand(one: EnabledControl, verdict: Verdict) -> None:
    assert controltower.controls_stand(one) == verdict


def test_landing_zones() -> None:
    new = LandingZone(version="4.0", status="FAILED")
    assert controltower.the_landing_zone_has_not_drifted(new) == Fails("the landing zone is FAILED")
    assert controltower.the_landing_zone_is_up_to_date(new) == CannotTell("the latest version is not told")
    sound = LandingZone.model_validate(
        {"version": "4.0", "status": "ACTIVE", "latest_available_version": "4.0", "drift_status": {"status": "IN_SYNC"}}
    )
    assert controltower.the_landing_zone_has_not_drifted(sound) == Holds("version 4.0 is IN_SYNC")
    changing = sound.model_copy(update={"status": "PROCESSING"})
    assert controltower.the_landing_zone_has_not_drifted(changing) == CannotTell("the landing zone is PROCESSING")
    untold = LandingZone(version="4.0", status="ACTIVE")
    assert controltower.the_landing_zone_has_not_drifted(untold) == CannotTell("version 4.0 is not told")
    assert controltower.the_landing_zone_is_up_to_date(sound) == Holds("version 4.0, the latest is 4.0")


def test_roles_anywhere(aws: Emulator) -> None:
    def profile(name: str, **more: Any) -> dict[str, Any]:
        return {"profileArn": f"arn:{name}", "name": name, "enabled": True, "roleArns": ["arn:r"], **more}

    profiles = [profile("default"), profile("day", durationSeconds=43200), profile("off", enabled=False)]
    with answering("rolesanywhere", ListProfiles={"profiles": profiles}):
        assert aws.judge("rolesanywhere.sessions_are_short") == {
            "arn:default": ("holds", "an hour, the default"),
            "arn:day": ("fails", "43200 seconds"),
            "arn:off": ("not applicable", "the profile is disabled"),
        }
        assert aws.judge("rolesanywhere.profiles") == {
            REGION: ("told", "machines outside AWS take 1 roles through the profiles: day, default")
        }


def test_security_incident_response(aws: Emulator) -> None:
    check, service = "security_ir.the_response_team_is_named", "security-ir"
    none = {REGION: ("not applicable", "the account has no active membership that it can see")}
    assert aws.judge(check) == none
    with answering(service, ListMemberships=refused("SecurityIncidentResponseNotActiveException")):
        assert aws.judge(check) == none
    person = {"name": "A", "jobTitle": "Lead", "email": "a@example.com"}
    detail = {"membershipId": "m-1234567890", "incidentResponseTeam": [person]}
    active = {"items": [{"membershipId": "m-1234567890", "membershipStatus": "Active"}]}
    with answering(service, ListMemberships=active, GetMembership=detail):
        assert aws.judge(check) == {REGION: ("fails", "1 people are named")}
    both = {
        **detail,
        "incidentResponseTeam": [person, person],
        "optInFeatures": [{"featureName": "Triage", "isEnabled": True}],
    }
    with answering(service, ListMemberships=active, GetMembership=both):
        assert aws.judge(check) == {REGION: ("holds", "2 people are named")}
        words = "memberships in AWS Security Incident Response: Active; AWS sorts findings: yes"
        assert aws.judge("security_ir.membership") == {REGION: ("told", words)}


def test_shield(aws: Emulator) -> None:
    check = "shield.the_response_team_knows_whom_to_call"
    assert aws.judge(check) == {ALL: ("not applicable", "Shield Advanced is INACTIVE")}
    balancer = f"arn:aws:elasticloadbalancing:us-east-1:{ACCOUNT}:loadbalancer/app/x/1"
    aws.client("shield").create_subscription()
    aws.client("shield").create_protection(Name="front", ResourceArn=balancer)
    with answering("shield", GetSubscriptionState={"SubscriptionState": "ACTIVE"}):
        # With a subscription there is an answer, and so the error means something else: it is not an absence.
        assert aws.verdicts(check) == {ALL: "unknown"}
        with answering("shield", DescribeEmergencyContactSettings={"EmergencyContactList": []}):
            assert aws.judge(check) == {ALL: ("fails", "no contact is set")}
        one = {"EmailAddress": "soc@example.com"}
        with answering("shield", DescribeEmergencyContactSettings={"EmergencyContactList": [one]}):
            assert aws.judge(check) == {ALL: ("holds", "1 contacts are set")}
        (verdict,) = aws.judge("shield.protections_watch_health").values()
        assert verdict == ("fails", f"no health check watches {balancer}")
        words = "Shield Advanced protects 1 resources, 0 of them against application attacks by itself"
        assert aws.judge("shield.protections") == {ALL: ("told", words)}
        zone, address = "arn:aws:route53:::hostedzone/Z1", f"arn:aws:ec2:us-east-1:{ACCOUNT}:eip-allocation/eipalloc-1"
        arn = f"arn:aws:shield::{ACCOUNT}:protection/"
        watched = {"Id": "a", "Name": "a", "ResourceArn": address, "HealthCheckIds": ["1"], "ProtectionArn": f"{arn}a"}
        of_zone = {"Id": "z", "Name": "z", "ResourceArn": zone, "ProtectionArn": f"{arn}z"}
        with answering("shield", ListProtections={"Protections": [watched, of_zone]}):
            assert aws.judge("shield.protections_watch_health") == {
                f"{arn}a": ("holds", f"1 health checks watch {address}"),
                f"{arn}z": ("not applicable", f"Shield watches no health of the hosted zone {zone}"),
            }


def test_support(aws: Emulator) -> None:
    check = "support.aws_answers_urgent_cases"
    assert aws.judge(check) == {ALL: ("fails", "the plan is Basic or Developer")}
    assert aws.judge("support.support_plan") == {ALL: ("told", "support plan: Basic or Developer")}
    planned = "support.production_has_a_support_plan"
    assert aws.judge(planned) == {ALL: ("not applicable", "no tag names production")}
    aws.client("sqs").create_queue(QueueName="orders", tags={"Environment": "Production"})
    told = "1 resources are tagged production, and the plan is Basic or Developer"
    assert aws.judge(planned) == {ALL: ("fails", told)}
    levels = {"severityLevels": [{"code": code, "name": code} for code in ("low", "normal", "high", "urgent")]}
    checks = aws.client("support").describe_trusted_advisor_checks(language="en")["checks"]
    secure = next(one for one in checks if one["category"] == "security")
    summary = {
        "checkId": secure["id"],
        "timestamp": DAY,
        "status": "error",
        "resourcesSummary": {
            "resourcesProcessed": 1,
            "resourcesFlagged": 1,
            "resourcesIgnored": 0,
            "resourcesSuppressed": 0,
        },
        "categorySpecificSummary": {},
    }
    with answering(
        "support",
        DescribeSeverityLevels=levels,
        DescribeTrustedAdvisorCheckSummaries={"summaries": [summary]},
    ):
        assert aws.judge(check) == {ALL: ("holds", "cases may be high, low, normal, urgent")}
        assert aws.judge(planned) == {ALL: ("holds", "cases may be high, low, normal, urgent")}
        words = f"Trusted Advisor: 1 error; in error: {secure['name']}"
        assert aws.judge("support.advice_on_security") == {ALL: ("told", words)}
        assert aws.judge("support.advice_on_limits") == {}


def test_reviews(aws: Emulator) -> None:
    client = aws.client("wellarchitected")
    made = client.create_workload(
        WorkloadName="shop",
        Description="a shop",
        Environment="PRODUCTION",
        AwsRegions=["us-east-1"],
        ReviewOwner="owner",
        Lenses=["wellarchitected"],
        ClientRequestToken="x" * 40,
    )
    (words,) = aws.judge("wellarchitected.reviews").values()
    assert words[1].startswith("the review of shop was last changed on 20")
    assert words[1].endswith(" and has no milestones")
    client.create_milestone(WorkloadId=made["WorkloadId"], MilestoneName="first", ClientRequestToken="y" * 40)
    (words,) = aws.judge("wellarchitected.reviews").values()
    assert " and has 1 milestones, the last of 20" in words[1]
    assert set(aws.verdicts("wellarchitected.reviews_are_recent").values()) == {"holds"}
    late = datetime.now(UTC) + timedelta(days=366)
    (verdict,) = aws.judge("wellarchitected.reviews_are_recent", at=late).values()
    assert verdict[0] == "fails"
    assert verdict[1].startswith("shop was last worked on on 20")
