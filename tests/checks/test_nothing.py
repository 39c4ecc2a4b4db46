"""An account with nothing in it, judged by every check: what there is none of does not apply, and little is left to say."""

from scanner.judge.discover import discover
from tests.emulator import Emulator

# The emulated account comes with a default network and an analyzer, as the standins prepare them.
HOLDS = {
    "accessanalyzer.findings_about_outside_access_are_decided": "0 findings are open, none for more than 30 days",
    "accessanalyzer.outside_access_is_looked_for": "looked for by outside",
    "changes.the_root_user_makes_no_calls": "no call by the root user is on record in 90 days",
    "ec2.default_vpcs_are_not_used": "nothing is in it",
    "ec2.images_cannot_become_public": "the state is block-new-sharing",
    "ec2.the_serial_console_is_off": "access is disabled",
    "iam.nobody_has_all_of_cloudshell": "attached to nobody",
    "iam.root_has_no_access_keys": "the root user has no access key",
    "iam.root_is_not_used": "no use of the root user is on record",
}
FAILS = {
    "accessanalyzer.unused_access_is_looked_for": "there is no such analyzer",
    "account.a_billing_contact_is_set": "no billing contact is set",
    "account.a_security_contact_is_set": "no security contact is set",
    "account.an_operations_contact_is_set": "no operations contact is set",
    "cloudtrail.a_trail_covers_every_region": "there is no multi-region trail",
    "cloudtrail.a_trail_records_this_region": "no trail covers this region",
    "config.changes_are_recorded": "there is no recorder in this region",
    "config.encryption_is_judged_by_a_rule": "no managed rule about encryption is active",
    "config.rules_judge_resources": "there is no rule",
    "config.something_judges_controls": "no rule is active and no standard is ready in any region",
    "config.users_and_roles_are_recorded": "there is no recorder in any region",
    "guardduty.threats_are_looked_for": "there is no detector",
    "iam.emergency_access_is_prepared": (
        "no role or user is named for emergencies, and nothing tells of use of the root user"
    ),
    "iam.responders_can_take_a_role": (
        "no role lets a person in: responders would have to work as IAM users or as root"
    ),
    "iam.root_has_mfa": "no second factor is registered for the root user",
    "iam.somebody_may_open_support_cases": "AWSSupportAccess is attached to nobody",
    "inspector2.something_follows_threats": "Inspector, GuardDuty and Security Hub are off everywhere",
    "inventory.every_data_store_is_judged": (
        "nothing lists every kind of data store here: no recorder of AWS Config runs that records all types"
    ),
    "organizations.the_organization_has_all_features": "the account belongs to no organization",
    "s3.account_blocks_public_access": "the account has no block of public access",
    "securityhub.findings_come_together": "Security Hub is off",
    "support.aws_answers_urgent_cases": "the plan is Basic or Developer",
}


def test_what_there_is_none_of_does_not_apply(aws: Emulator) -> None:
    library = discover()
    controls = {id_ for id_, check in library.checks.items() if check.role == "check"}
    told = {id_: list(of.values()) for id_, of in aws.judge_all(library).items() if id_ in controls}
    said = {id_: {because for verdict, because in rows} for id_, rows in told.items() if rows}
    verdicts = {id_: {verdict for verdict, _ in rows} for id_, rows in told.items()}
    assert {id_: said[id_] for id_, of in verdicts.items() if of == {"holds"}} == {k: {v} for k, v in HOLDS.items()}
    assert {id_: said[id_] for id_, of in verdicts.items() if of == {"fails"}} == {k: {v} for k, v in FAILS.items()}
    rest = {id_: of for id_, of in verdicts.items() if id_ not in HOLDS and id_ not in FAILS}
    assert {id_: of for id_, of in rest.items() if of != {"not applicable"}} == {}
