"""EFS checks, against real clients."""

from tests.emulator import Emulator


def test_file_systems(aws: Emulator) -> None:
    client = aws.client("efs")
    good = client.create_file_system(CreationToken="good", Encrypted=True, Backup=True)
    bad = client.create_file_system(CreationToken="bad", Encrypted=False, AvailabilityZoneName="us-east-1a")
    good_arn, bad_arn = good["FileSystemArn"], bad["FileSystemArn"]
    assert aws.judge("efs.file_systems_are_encrypted") == {
        good_arn: ("holds", "encrypted at rest"),
        bad_arn: ("fails", "not encrypted at rest"),
    }
    assert aws.judge("efs.file_systems_span_zones") == {
        good_arn: ("holds", "the file system is regional"),
        bad_arn: ("fails", "all data is in us-east-1a"),
    }
    found = aws.judge("efs.file_systems_are_backed_up")
    assert found[good_arn] == ("holds", "automatic backups are on")


def test_a_policy_that_is_not_there_is_no_backup(aws: Emulator) -> None:
    client = aws.client("efs")
    arn = client.create_file_system(CreationToken="plain", Encrypted=True)["FileSystemArn"]
    assert aws.judge("efs.file_systems_are_backed_up") == {arn: ("fails", "no backup policy is set")}


def test_no_file_system_has_nothing_to_judge(aws: Emulator) -> None:
    assert aws.verdicts("efs.file_systems_are_encrypted") == {"region:us-east-1": "not applicable"}
