"""AWS Backup checks: against real clients, with prepared answers for what moto lacks, and as tables."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from checks.backup import audit, plans, recovery, vaults
from checks.backup.evidence import (
    AIR_GAPPED,
    Job,
    Plan,
    PlanBody,
    Protected,
    RecentRestore,
    RestoreJob,
    RestoreTestingPlan,
    Vault,
    VaultPolicy,
)
from checks.changes import History
from fixtures.standins.backend import prepare_one
from fixtures.standins.prepared import Prepared
from scanner import CannotTell, Fails, Holds, NotApplicable, Policy, Target, Verdict
from tests.checks import answers
from tests.emulator import ACCOUNT, Emulator

ARN = f"arn:aws:backup:us-east-1:{ACCOUNT}:"
HERE = Target(ACCOUNT, "us-east-1")
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
REGION = "region:us-east-1"
DISK = f"arn:aws:ec2:us-east-1:{ACCOUNT}:volume/vol-1"


@contextmanager
def answering(**operations: dict[str, Any]) -> Iterator[None]:
    forget = [
        prepare_one("backup", name, Prepared(source="a row of this test", answer=answer))
        for name, answer in operations.items()
    ]
    try:
        yield
    finally:
        for one in forget:
            one()


def make_plan(aws: Emulator, name: str, *rules: dict[str, Any]) -> str:
    client = aws.client("backup")
    body = {"BackupPlanName": name, "Rules": list(rules)}
    return str(client.create_backup_plan(BackupPlan=body)["BackupPlanArn"])


RULE = {"RuleName": "daily", "TargetBackupVaultName": "v"}


def test_a_backup_plan_runs_here(aws: Emulator) -> None:
    check = "backup.a_backup_plan_runs_here"
    assert aws.judge(check) == {REGION: ("not applicable", "the region has no disks and no databases")}
    aws.client("ec2").create_volume(AvailabilityZone="us-east-1a", Size=1)
    assert aws.judge(check) == {REGION: ("fails", "no backup plan has a rule")}
    aws.client("backup").create_backup_vault(BackupVaultName="v")
    make_plan(aws, "p", RULE)
    assert aws.judge(check) == {REGION: ("holds", "1 plans with 1 rules")}


def test_plans(aws: Emulator) -> None:
    aws.client("backup").create_backup_vault(BackupVaultName="v")
    abroad = {"DestinationBackupVaultArn": f"arn:aws:backup:eu-west-1:{ACCOUNT}:backup-vault:v"}
    near = {"DestinationBackupVaultArn": f"{ARN}backup-vault:w"}
    safe = make_plan(aws, "safe", {**RULE, "Lifecycle": {"DeleteAfterDays": 35}, "CopyActions": [abroad]})
    bare = make_plan(aws, "bare", {**RULE, "CopyActions": [near]})
    assert aws.judge("backup.recovery_points_expire") == {
        safe: ("holds", "every rule has an end"),
        bare: ("fails", "kept for ever: daily"),
    }
    assert aws.judge("backup.plans_copy_elsewhere") == {
        safe: ("holds", f"daily copies to {ACCOUNT} in eu-west-1"),
        bare: ("fails", "no rule copies to another account or region"),
    }
    check = "backup.plans_select_resources"
    assert aws.judge(check) == {
        safe: ("fails", "nothing is assigned to safe"),
        bare: ("fails", "nothing is assigned to bare"),
    }
    with answering(ListBackupSelections={"BackupSelectionsList": [{"SelectionName": "by-tag"}]}):
        assert aws.judge(check)[safe] == ("holds", "selections: by-tag")


def body(**rule: object) -> PlanBody:
    fields = {"rule_name": "daily", "target_backup_vault_name": "v"}
    return PlanBody.model_validate({"rules": [fields | rule]}, strict=False)


def copying_to(region: str, account: str) -> PlanBody:
    arn = f"arn:aws:backup:{region}:{account}:backup-vault:v"
    return body(copy_actions=[{"destination_backup_vault_arn": arn}])


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        (body(), Fails("no rule copies to another account or region")),
        (copying_to("us-east-1", ACCOUNT), Fails("no rule copies to another account or region")),
        (copying_to("us-east-1", "210987654321"), Holds("daily copies to 210987654321 in us-east-1")),
        (
            body(target_logically_air_gapped_backup_vault_arn="arn:aws:backup:…"),
            Holds("daily writes to an air-gapped vault"),
        ),
    ],
)
def test_plans_copy_elsewhere(found: PlanBody, verdict: Verdict) -> None:
    assert plans.plans_copy_elsewhere(found, HERE) == verdict


def test_a_plan_without_rules_keeps_nothing() -> None:
    assert plans.recovery_points_expire(PlanBody(rules=())) == NotApplicable("the plan has no rules")
    assert plans.recovery_points_expire(keeping(-1, 7)) == Fails("kept for ever: r0")
    copied = PlanBody.model_validate({"rules": [AFTER_COPY]}, strict=False)
    assert plans.recovery_points_expire(copied) == Holds("every rule has an end")


def test_empty_vaults_are_not_judged(aws: Emulator) -> None:
    """moto keeps no recovery points. The key is followed all the same: a lost reference would be unknown."""
    key_arn = aws.client("kms").create_key()["KeyMetadata"]["Arn"]
    aws.client("backup").create_backup_vault(BackupVaultName="v", EncryptionKeyArn=key_arn)
    empty = {f"{ARN}backup-vault:v": ("not applicable", "the vault is empty")}
    assert aws.judge("backup.vaults_are_locked") == empty
    assert aws.judge("backup.recovery_points_cannot_be_deleted") == empty
    assert aws.judge("backup.vaults_are_encrypted_under_an_own_key") == empty
    assert aws.judge("backup.recovery_points_are_encrypted") == empty
    points = [
        {"RecoveryPointArn": f"arn:{number}", "IsEncrypted": yes, "ResourceType": kind, "Status": status}
        for number, (yes, kind, status) in enumerate(
            # What has expired is there until AWS Backup, or somebody else, could delete it (developer guide).
            ((True, "EFS", "COMPLETED"), (False, "EBS", "DELETING"), (False, "RDS", "EXPIRED"))
        )
    ]
    for some, told in (
        (points[:2], ("holds", "each of 1 recovery points is encrypted")),
        (points, ("fails", "1 of 2 recovery points are not encrypted: of RDS")),
    ):
        with answering(ListRecoveryPointsByBackupVault={"RecoveryPoints": some}):
            assert aws.judge("backup.recovery_points_are_encrypted") == {f"{ARN}backup-vault:v": told}
    without = {f"{ARN}backup-vault:v": ("not applicable", "the vault has no policy")}
    assert aws.judge("backup.vault_policies_name_their_users") == without
    opened = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "backup:*"}]}'
    with answering(GetBackupVaultAccessPolicy={"Policy": opened}):
        assert aws.judge("backup.vault_policies_name_their_users") == {
            f"{ARN}backup-vault:v": ("fails", "the policy is open: a statement lets everyone do backup:*")
        }


def listed(name: str, **changes: object) -> dict[str, Any]:
    """A vault as ListBackupVaults lists it."""
    known = {"BackupVaultName": name, "BackupVaultArn": f"{ARN}backup-vault:{name}", "VaultType": "BACKUP_VAULT"}
    return {**known, "VaultState": "AVAILABLE", "Locked": False, "NumberOfRecoveryPoints": 3, **changes}


def saying(**statement: object) -> dict[str, Any]:
    document = {"Version": "2012-10-17", "Statement": [{"Resource": "*", **statement}]}
    return {"Policy": json.dumps(document)}


def test_vaults_with_something_in_them(aws: Emulator) -> None:
    kms = aws.client("kms")
    own, managed = (kms.create_key()["KeyMetadata"] for _ in "ab")
    vaults_ = [
        listed("good", EncryptionKeyArn=own["Arn"], Locked=True, LockDate=NOW, MinRetentionDays=7),
        listed("bad", EncryptionKeyArn=managed["Arn"]),
        listed("loose", Locked=True),  # in governance mode, and without a minimum
        listed("brief", EncryptionKeyArn=own["Arn"], Locked=True, MinRetentionDays=1),
        listed("denied", EncryptionKeyArn=own["Arn"]),
        listed(
            "air",
            VaultType=AIR_GAPPED,
            EncryptionKeyType="AWS_OWNED_KMS_KEY",
            Locked=True,
            MinRetentionDays=7,
            MaxRetentionDays=35,
        ),
        listed("empty", NumberOfRecoveryPoints=0),
    ]
    everyone = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "backup:CopyIntoBackupVault"}
    policies = {
        "good": saying(**everyone, Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}}),
        "bad": saying(**{**everyone, "Principal": {"AWS": "arn:aws:iam::210987654321:root"}}),
        "loose": saying(**everyone),
        "denied": saying(Effect="Deny", Principal="*", Action="backup:DeleteRecoveryPoint"),
    }
    names = [
        "vaults_are_locked",
        "locks_set_a_minimum",
        "vaults_are_encrypted_under_an_own_key",
        "recovery_points_cannot_be_deleted",
        "vault_policies_name_their_users",
    ]
    with ExitStack() as stack:
        stack.enter_context(answering(ListBackupVaults={"BackupVaultList": vaults_}))
        for name, answer in policies.items():
            of = {"BackupVaultName": name}
            stack.enter_context(answers.answering("backup", {"GetBackupVaultAccessPolicy": answer}, of))
        described = {"KeyMetadata": {**managed, "KeyManager": "AWS", "Description": "Default key … for Backup"}}
        stack.enter_context(answers.answering("kms", {"DescribeKey": described}, {"KeyId": managed["KeyId"]}))
        told = answers.judge_all(aws, "backup", names)
    by_vault = {name: {arn.rpartition(":")[2]: said for arn, said in of.items()} for name, of in told.items()}
    empty = ("not applicable", "the vault is empty")
    let_in = "a statement lets 210987654321 do backup:CopyIntoBackupVault"
    no_policy = ("not applicable", "the vault has no policy")
    own_key = ("holds", f"encrypted under {own['Arn']}")
    unlocked = ("not applicable", "the vault is not locked")
    unkept = ("fails", "neither a lock nor the vault's policy keeps them")
    owned = ("fails", "encrypted under a key that AWS owns")
    assert by_vault == {
        names[0]: {
            "good": ("holds", "the vault is locked for good from 2026-11-23"),
            "bad": ("fails", "the vault is not locked"),
            "loose": ("holds", "the vault is locked, but may be unlocked"),
            "brief": ("holds", "the vault is locked, but may be unlocked"),
            "denied": ("fails", "the vault is not locked"),
            "air": ("holds", "logically air-gapped vaults are locked"),
            "empty": empty,
        },
        names[1]: {
            "good": ("holds", "at least 7 days"),
            "bad": unlocked,
            "loose": ("fails", "the lock sets no minimum"),
            "brief": ("fails", "at least 1 days, fewer than 7"),
            "denied": unlocked,
            "air": ("holds", "at least 7 days"),
            "empty": unlocked,
        },
        names[2]: {
            "good": own_key,
            "bad": ("fails", "encrypted under the key that AWS manages for AWS Backup"),
            "loose": owned,
            "brief": own_key,
            "denied": own_key,
            "air": owned,
            "empty": empty,
        },
        names[3]: {
            "good": ("holds", "the vault is locked"),
            "bad": unkept,
            "loose": ("holds", "the vault is locked"),
            "brief": ("holds", "the vault is locked"),
            "denied": ("holds", "the vault's policy denies it"),
            "air": ("holds", "the vault is locked"),
            "empty": empty,
        },
        names[4]: {
            "good": ("holds", "nobody else is let in"),
            "bad": ("fails", f"another account is let in: {let_in}"),
            "loose": ("fails", "the policy is open: a statement lets everyone do backup:CopyIntoBackupVault"),
            "brief": no_policy,
            "denied": ("holds", "nobody else is let in"),
            "air": no_policy,
            "empty": no_policy,
        },
    }


def vault(**changes: object) -> Vault:
    fields = {"backup_vault_name": "v", "backup_vault_arn": "v", "number_of_recovery_points": 3}
    return Vault.model_validate(fields | changes)


def policy(**changes: object) -> VaultPolicy:
    deny = {"Effect": "Deny", "Principal": "*", "Action": "backup:DeleteRecoveryPoint", "Resource": "*"}
    document = {"Version": "2012-10-17", "Statement": [deny | changes]}
    return VaultPolicy(policy=Policy.model_validate(document))


UNKEPT = Fails("neither a lock nor the vault's policy keeps them")
BREAK_GLASS = {"StringNotLike": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/break-glass"}}


@pytest.mark.parametrize(
    ("one", "found", "verdict"),
    [
        (vault(), None, UNKEPT),
        (vault(locked=True), None, Holds("the vault is locked")),
        (vault(), policy(), Holds("the vault's policy denies it")),
        (vault(), policy(Condition=BREAK_GLASS), Holds("the vault's policy denies it")),
        (vault(), policy(Action="backup:StartCopyJob"), UNKEPT),
        (vault(), policy(Principal={"AWS": "210987654321"}), UNKEPT),
        (vault(), policy(Condition={"Bool": {"aws:SecureTransport": "false"}}), UNKEPT),
        (vault(), policy(Condition={"StringLike": {"aws:PrincipalArn": "*:role/dev"}}), UNKEPT),
        (vault(), policy(Condition={"StringNotLike": {"aws:PrincipalArn": "*"}}), UNKEPT),
        (vault(), policy(Action="backup:Delete*"), Holds("the vault's policy denies it")),
        (vault(), policy(Resource="arn:aws:ec2:*::snapshot/snap-1"), UNKEPT),
        (vault(), policy(Effect="Allow"), UNKEPT),
    ],
)
def test_recovery_points_cannot_be_deleted(one: Vault, found: VaultPolicy | None, verdict: Verdict) -> None:
    assert vaults.recovery_points_cannot_be_deleted(one, found) == verdict


@pytest.mark.parametrize(
    ("found", "trusted", "verdict"),
    [
        (policy(), (), Holds("nobody else is let in")),
        (
            policy(Effect="Allow", Principal={"AWS": "210987654321"}),
            (),
            Fails("another account is let in: a statement lets 210987654321 do backup:DeleteRecoveryPoint"),
        ),
        (
            policy(Effect="Allow", Principal={"AWS": "210987654321"}),
            ("210987654321",),
            Holds("nobody else is let in"),
        ),
        (
            policy(Effect="Allow", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}}),
            (),
            Holds("nobody else is let in"),
        ),
    ],
)
def test_vault_policies_name_their_users(found: VaultPolicy, trusted: tuple[str, ...], verdict: Verdict) -> None:
    assert vaults.vault_policies_name_their_users(found, HERE, trusted_accounts=trusted) == verdict


def job_done(when: str, **more: Any) -> dict[str, Any]:
    return {"RestoreJobId": "j", "Status": "COMPLETED", "CreationDate": when, "CompletionDate": when, **more}


def test_what_is_protected(aws: Emulator) -> None:
    assert aws.judge("backup.restores_are_tested") == {
        REGION: ("not applicable", "AWS Backup has no recovery points here")
    }
    assert aws.judge("backup.protected_resources") == {}
    with answering(
        ListProtectedResources={
            "Results": [{"ResourceArn": DISK, "ResourceType": "EBS", "LastBackupTime": "2026-11-20T00:00:00Z"}]
        },
        ListRestoreTestingPlans={
            "RestoreTestingPlans": [
                {
                    "RestoreTestingPlanName": "weekly",
                    "RestoreTestingPlanArn": "arn",
                    "CreationTime": "2026-01-01T00:00:00Z",
                    "ScheduleExpression": "cron(0 5 ? * 1 *)",
                }
            ]
        },
        ListBackupJobs={
            "BackupJobs": [{"ResourceArn": DISK, "State": "FAILED", "CreationDate": "2026-11-20T00:00:00Z"}]
        },
    ):
        assert aws.judge("backup.backups_are_recent", at=NOW) == {DISK: ("holds", "the last backup is of 2026-11-20")}
        assert aws.judge("backup.restores_are_tested", at=NOW) == {
            REGION: ("fails", "no restore testing plan ever ran")
        }
        assert aws.judge("backup.backup_jobs_succeed", at=NOW) == {
            REGION: ("fails", f"the last job failed for {DISK} (FAILED)")
        }
        assert aws.judge("backup.protected_resources") == {REGION: ("told", "AWS Backup has recovery points of 1 EBS")}
        told = "restore testing plans and their last run: weekly (never)"
        assert aws.judge("backup.restore_testing_plans") == {REGION: ("told", told)}
        done = job_done("2026-10-01T00:00:00Z")
        with answering(ListRestoreJobs={"RestoreJobs": [done]}):
            assert aws.judge("backup.restores_are_tested", at=NOW) == {
                REGION: ("holds", "a restore was completed on 2026-10-01")
            }


def ended(state: str, resource: str, day: int) -> dict[str, Any]:
    when = f"2026-11-{day:02}T00:00:00Z"
    return {"ResourceArn": resource, "ResourceType": "EBS", "State": state, "CreationDate": when}


def test_what_is_protected_has_young_backups_and_jobs_that_end_well(aws: Emulator) -> None:
    aws.client("backup").create_backup_vault(BackupVaultName="v")
    make_plan(aws, "p", RULE)
    young, old, never = (f"{DISK}{name}" for name in ("young", "old", "never"))
    points: list[dict[str, Any]] = [
        {"ResourceArn": young, "ResourceType": "EBS", "LastBackupTime": NOW - timedelta(days=8)},
        {"ResourceArn": old, "ResourceType": "EBS", "LastBackupTime": NOW - timedelta(days=9)},
        {"ResourceArn": never, "ResourceType": "EBS"},
    ]
    # What failed once and succeeded since is well; what runs yet says nothing.
    jobs = [ended("FAILED", young, 19), ended("COMPLETED", young, 20), ended("RUNNING", young, 22)]
    abroad = {"DestinationBackupVaultArn": f"arn:aws:backup:eu-west-1:{ACCOUNT}:backup-vault:v"}
    names = ["backups_are_recent", "backup_jobs_succeed", "copies_succeed"]
    with answering(
        ListProtectedResources={"Results": points},
        ListBackupJobs={"BackupJobs": jobs},
        ListCopyJobs={"CopyJobs": [job | abroad for job in jobs]},
    ):
        assert answers.judge_all(aws, "backup", names, at=NOW) == {
            names[0]: {
                young: ("holds", "the last backup is of 2026-11-15"),
                old: ("fails", "the last backup is of 2026-11-14"),
                never: ("fails", "no backup was completed"),
            },
            names[1]: {REGION: ("holds", "the last job succeeded for each of 1 resources")},
            names[2]: {REGION: ("holds", "the last copy succeeded for each of 1 resources and vaults")},
        }


def past(*events: dict[str, Any]) -> History:
    return History.model_validate({"events": events}, strict=False)


NOTHING = past()
RESOURCE = Protected(resource_arn=DISK, resource_type="EBS")


def restored(days: int) -> RestoreJob:
    return RestoreJob(restore_job_id="j", completion_date=NOW - timedelta(days=days))


def plan_that_ran(days: int | None) -> RestoreTestingPlan:
    ran = None if days is None else NOW - timedelta(days=days)
    return RestoreTestingPlan(
        restore_testing_plan_name="weekly", restore_testing_plan_arn="weekly", last_execution_time=ran
    )


def by_plan(status: str, days: int, plan: str = "weekly") -> RecentRestore:
    fields = {"restore_job_id": "j", "status": status, "creation_date": NOW - timedelta(days=days)}
    return RecentRestore.model_validate(fields | {"created_by": {"restore_testing_plan_arn": plan}}, strict=False)


TESTED_ON = "the restore testing plan weekly ran on"
UNSURE = CannotTell(f"{TESTED_ON} 2026-11-16, and no restore that it completed is listed")


@pytest.mark.parametrize(
    ("jobs", "plans", "verdict"),
    [
        ([], [], Fails("no restore and no restore testing plan is listed")),
        ([restored(365)], [], Holds("a restore was completed on 2025-11-23")),
        ([restored(366)], [], Fails("the last restore was completed on 2025-11-22")),
        ([], [plan_that_ran(None)], Fails("no restore testing plan ever ran")),
        ([], [plan_that_ran(7)], UNSURE),
        ([restored(400)], [plan_that_ran(7)], UNSURE),
        ([restored(9)], [plan_that_ran(7)], Holds("a restore was completed on 2026-11-14")),
        ([], [plan_that_ran(366)], Fails(f"{TESTED_ON} 2025-11-22, and no restore that it completed is listed")),
    ],
)
def test_restores_are_tested(jobs: list[RestoreJob], plans: list[RestoreTestingPlan], verdict: Verdict) -> None:
    assert recovery.restores_are_tested([RESOURCE], jobs, plans, [], NOTHING, NOW) == verdict


@pytest.mark.parametrize(
    ("recent", "verdict"),
    [
        (
            [by_plan("FAILED", 7), by_plan("ABORTED", 6)],
            Fails(f"{TESTED_ON} 2026-11-16, and none of its restores succeeded"),
        ),
        ([by_plan("FAILED", 7), by_plan("RUNNING", 6)], UNSURE),
        ([by_plan("FAILED", 14)], UNSURE),
        ([by_plan("FAILED", 7, "another")], UNSURE),
    ],
)
def test_a_plan_that_ran_may_have_restored_nothing(recent: list[RecentRestore], verdict: Verdict) -> None:
    assert recovery.restores_are_tested([RESOURCE], [], [plan_that_ran(7)], recent, NOTHING, NOW) == verdict


def test_a_restore_in_the_event_history_counts() -> None:
    event = {"event_source": "rds.amazonaws.com", "event_time": NOW - timedelta(days=3), "cloud_trail_event": {}}
    call = event | {"event_name": "RestoreDBInstanceFromDBSnapshot"}
    failed = call | {"cloud_trail_event": {"error_code": "DBSnapshotNotFound"}}
    other = event | {"event_name": "CreateDBInstance"}
    told = "RestoreDBInstanceFromDBSnapshot was called on 2026-11-20"
    assert recovery.restores_are_tested([RESOURCE], [], [], [], past(call), NOW) == Holds(told)
    nothing = Fails("no restore and no restore testing plan is listed")
    assert recovery.restores_are_tested([RESOURCE], [], [], [], past(failed, other), NOW) == nothing


def job(state: str, day: int, resource: str = "a") -> Job:
    return Job(resource_arn=resource, state=state, creation_date=datetime(2026, 11, day, tzinfo=UTC))


@pytest.mark.parametrize(
    ("jobs", "verdict"),
    [
        ([], NotApplicable("no backup job ended in the past 14 days")),
        ([job("RUNNING", 20)], NotApplicable("no backup job ended in the past 14 days")),
        ([job("COMPLETED", 20), job("RUNNING", 21)], Holds("the last job succeeded for each of 1 resources")),
        ([job("COMPLETED", 21), job("FAILED", 20)], Holds("the last job succeeded for each of 1 resources")),
        ([job("COMPLETED", 20), job("EXPIRED", 21)], Fails("the last job failed for a (EXPIRED)")),
        ([job("COMPLETED", 20), job("ABORTED", 20, "b")], Fails("the last job failed for b (ABORTED)")),
    ],
)
def test_backup_jobs_succeed(jobs: list[Job], verdict: Verdict) -> None:
    assert recovery.backup_jobs_succeed(jobs) == verdict


AFTER_COPY = {
    "rule_name": "r",
    "target_backup_vault_name": "v",
    "lifecycle": {"delete_after_event": "DELETE_AFTER_COPY"},
}


def keeping(*days: int | None) -> PlanBody:
    rules = [
        {"rule_name": f"r{number}", "target_backup_vault_name": "v", "lifecycle": {"delete_after_days": count}}
        for number, count in enumerate(days)
    ]
    return PlanBody.model_validate({"rules": rules}, strict=False)


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        (PlanBody(rules=()), NotApplicable("the plan has no rules")),
        (body(), Holds("by daily")),
        (keeping(None), Holds("by r0")),
        (keeping(-1), Holds("by r0")),  # for ever, too
        (PlanBody.model_validate({"rules": [AFTER_COPY]}, strict=False), Fails("no rule keeps for longer than 0 days")),
        (keeping(7, 35), Holds("by r1")),
        (keeping(7, 34), Fails("no rule keeps for longer than 34 days")),
    ],
)
def test_plans_keep_a_month(found: PlanBody, verdict: Verdict) -> None:
    assert plans.plans_keep_a_month(found) == verdict


def test_copies_frameworks_and_reports(aws: Emulator) -> None:
    facts = ("backup.audit_frameworks", "backup.reports", "backup.types_left_out")
    assert [aws.judge(fact) for fact in facts] == [{}, {}, {}]
    assert aws.judge("backup.copies_succeed") == {REGION: ("not applicable", "there is no backup plan")}
    aws.client("backup").create_backup_vault(BackupVaultName="v")
    arn = make_plan(aws, "p", {**RULE, "Lifecycle": {"DeleteAfterDays": 7}})
    make_plan(aws, "q", RULE)
    told = ("fails", "no rule keeps for longer than 7 days")
    assert aws.judge("backup.plans_keep_a_month")[arn] == told
    none = ("not applicable", "no copy job ended in the past 14 days")
    assert aws.judge("backup.copies_succeed") == {REGION: none}
    copy = {
        "ResourceArn": DISK,
        "DestinationBackupVaultArn": f"arn:aws:backup:eu-west-1:{ACCOUNT}:backup-vault:v",
        "State": "FAILED",
        "CreationDate": "2026-11-20T00:00:00Z",
    }
    framework = {"FrameworkName": "f", "NumberOfControls": 5, "DeploymentStatus": "COMPLETED"}
    with answering(
        ListCopyJobs={"CopyJobs": [copy]},
        ListFrameworks={"Frameworks": [framework]},
        DescribeRegionSettings={"ResourceTypeOptInPreference": {"EBS": True, "S3": False}},
    ):
        assert aws.judge("backup.copies_succeed") == {REGION: ("fails", f"the last copy failed for {DISK} (FAILED)")}
        told_of = {fact: aws.judge(fact)[REGION][1] for fact in facts}
    assert told_of == {
        "backup.audit_frameworks": "frameworks of Backup Audit Manager: f (5 controls, COMPLETED)",
        "backup.reports": "reports on backups and their last run: none",
        "backup.types_left_out": "AWS Backup is switched on for 1 types, and off for: S3",
    }


def copied(state: str, day: int, to: str = "v") -> audit.CopyJob:
    when = datetime(2026, 11, day, tzinfo=UTC)
    return audit.CopyJob(resource_arn="a", destination_backup_vault_arn=to, state=state, creation_date=when)


PLAN = Plan(backup_plan_id="p", backup_plan_arn="p", backup_plan_name="p")


@pytest.mark.parametrize(
    ("jobs", "verdict"),
    [
        ([copied("RUNNING", 20)], NotApplicable("no copy job ended in the past 14 days")),
        ([copied("COMPLETED", 20), copied("PARTIAL", 21)], Fails("the last copy failed for a (PARTIAL)")),
        ([copied("FAILED", 20), copied("COMPLETED", 21, "w")], Fails("the last copy failed for a (FAILED)")),
    ],
)
def test_copies_succeed(jobs: list[audit.CopyJob], verdict: Verdict) -> None:
    assert audit.copies_succeed([PLAN], jobs) == verdict


def test_a_database_in_one_zone_has_a_tested_restore(aws: Emulator) -> None:
    rds = aws.client("rds")
    common: dict[str, Any] = {
        "DBInstanceClass": "db.t3.micro",
        "Engine": "postgres",
        "AllocatedStorage": 20,
        "MasterUsername": "owner",
        "MasterUserPassword": "not-secret-1",
    }

    def made(name: str, **own: Any) -> str:
        answer = rds.create_db_instance(DBInstanceIdentifier=name, **common, **own)
        return str(answer["DBInstance"]["DBInstanceArn"])

    alone, two = made("ledger"), made("books", MultiAZ=True)
    toy = made("toy", Tags=[{"Key": "Environment", "Value": "dev"}])
    copy = rds.create_db_instance_read_replica(DBInstanceIdentifier="copy", SourceDBInstanceIdentifier="ledger")
    others = {
        two: ("not applicable", "Multi-AZ"),
        toy: ("not applicable", "the tag Environment says dev"),
        copy["DBInstance"]["DBInstanceArn"]: ("not applicable", "a read replica of ledger"),
    }
    name = "backup.databases_in_one_zone_have_a_tested_restore"
    untested = "single-AZ database with no tested restore: none in AWS Backup, and none called in the past 90 days"
    assert aws.judge(name, at=NOW) == {alone: ("fails", untested), **others}
    done = job_done("2026-10-01T00:00:00Z")
    with answering(ListRestoreJobs={"RestoreJobs": [done | {"ResourceType": "EBS"}]}):
        assert aws.judge(name, at=NOW)[alone] == ("fails", untested)
    with answering(ListRestoreJobs={"RestoreJobs": [done | {"ResourceType": "RDS"}]}):
        told = "in one Availability Zone; a restore was completed on 2026-10-01"
        assert aws.judge(name, at=NOW) == {alone: ("holds", told), **others}
    ran = {
        "RestoreTestingPlanName": "weekly",
        "RestoreTestingPlanArn": f"{ARN}restore-testing-plan:weekly",
        "CreationTime": "2026-01-01T00:00:00Z",
        "ScheduleExpression": "cron(0 5 ? * 1 *)",
        "LastExecutionTime": "2026-11-16T05:00:00Z",
    }
    selection = {
        "RestoreTestingPlanName": "weekly",
        "RestoreTestingSelectionName": "s",
        "IamRoleArn": f"arn:aws:iam::{ACCOUNT}:role/r",
        "CreationTime": "2026-01-01T00:00:00Z",
    }
    failed = {"RestoreJobId": "j", "Status": "FAILED", "CreationDate": "2026-11-16T06:00:00Z", "ResourceType": "RDS"}
    failed["CreatedBy"] = {"RestoreTestingPlanArn": ran["RestoreTestingPlanArn"]}
    unsure = "in one Availability Zone; the restore testing plan weekly ran on 2026-11-16, and no restore that it completed is listed"
    for kind, jobs, said in (
        ("EBS", [], ("fails", untested)),
        ("RDS", [], ("unknown", unsure)),
        ("RDS", [failed], ("fails", untested)),
    ):
        with (
            answering(
                ListRestoreTestingPlans={"RestoreTestingPlans": [ran]},
                ListRestoreTestingSelections={
                    "RestoreTestingSelections": [selection | {"ProtectedResourceType": kind}]
                },
            ),
            answers.answering("backup", {"ListRestoreJobs": {"RestoreJobs": jobs}}, when={"ByStatus": None}),
        ):
            assert aws.judge(name, at=NOW) == {alone: said, **others}


def test_a_history_that_was_cut_does_not_say_that_nothing_was_restored() -> None:
    cut = History.model_validate({"events": (), "next_token": "more"}, strict=False)
    told = "no restore among the newest 0 events, which is not all of the event history"
    assert recovery.restores_are_tested([RESOURCE], [], [], [], cut, NOW) == CannotTell(told)
    assert recovery.restores_are_tested([RESOURCE], [restored(9)], [], [], cut, NOW) == Holds(
        "a restore was completed on 2026-11-14"
    )
