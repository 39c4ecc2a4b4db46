"""An account of any size: `build(client, scale)` makes about 145 resources for each step of `scale`, in three regions.

Ten services that the checks read: S3, IAM, EC2, RDS, KMS, Secrets Manager, CloudWatch, CloudWatch Logs, CloudTrail, Backup.
"""

import json
from collections.abc import Callable
from typing import Any

REGIONS = ("eu-central-1", "eu-west-1", "us-east-1")
SERVICES = ("s3", "iam", "ec2", "rds", "kms", "secretsmanager", "logs", "cloudtrail", "backup", "guardduty")

Client = Callable[[str, str], Any]

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
    }
)
GRANT = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": "Read", "Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "*"},
            {"Sid": "Work", "Effect": "Allow", "Action": "sqs:*", "Resource": "arn:aws:sqs:*:*:orders-*"},
        ],
    }
)


def build(client: Client, scale: int) -> int:
    """Make the account with `client(service, region)`; how many resources it made."""
    made = _buckets(client, 3 * scale) + _people(client, scale)
    for region in REGIONS:
        made += _servers(client("ec2", region), scale)
        made += _databases(client("rds", region), scale)
        made += _rest(client, region, scale)
    return made


def _buckets(client: Client, count: int) -> int:
    for number in range(count):
        region = REGIONS[number % len(REGIONS)]
        s3, name = client("s3", region), f"wafr-benchmark-{number:05}"
        where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        s3.create_bucket(Bucket=name, **where)
        if number % 3:
            s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
            s3.put_public_access_block(
                Bucket=name,
                PublicAccessBlockConfiguration=dict.fromkeys(
                    ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
                ),
            )
            deny = {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            }
            s3.put_bucket_policy(Bucket=name, Policy=json.dumps({"Version": "2012-10-17", "Statement": [deny]}))
    return count


def _people(client: Client, scale: int) -> int:
    iam = client("iam", "us-east-1")
    for number in range(6 * scale):
        iam.create_role(RoleName=f"role-{number}", AssumeRolePolicyDocument=TRUST)
        if number % 2:
            iam.put_role_policy(RoleName=f"role-{number}", PolicyName="inline", PolicyDocument=GRANT)
    for number in range(3 * scale):
        iam.create_user(UserName=f"user-{number}")
        iam.create_policy(PolicyName=f"policy-{number}", PolicyDocument=GRANT)
    for number in range(scale):
        iam.create_group(GroupName=f"group-{number}")
    return 13 * scale


def _servers(ec2: Any, scale: int) -> int:
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    ec2.run_instances(ImageId=image, MinCount=4 * scale, MaxCount=4 * scale, InstanceType="t3.micro")
    zone = ec2.describe_availability_zones()["AvailabilityZones"][0]["ZoneName"]
    for number in range(6 * scale):
        volume = ec2.create_volume(AvailabilityZone=zone, Size=8, Encrypted=bool(number % 2))["VolumeId"]
        if number % 2:
            ec2.create_snapshot(VolumeId=volume)
    vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    for number in range(6 * scale):
        group = ec2.create_security_group(GroupName=f"group-{number}", Description="of the benchmark", VpcId=vpc)
        open_to = "0.0.0.0/0" if number % 5 == 0 else "10.0.0.0/8"
        ec2.authorize_security_group_ingress(
            GroupId=group["GroupId"],
            IpPermissions=[
                {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": open_to}]},
            ],
        )
    return 4 * scale * 2 + 6 * scale + 3 * scale + 6 * scale  # an instance brings its root volume


def _databases(rds: Any, scale: int) -> int:
    for number in range(scale):
        rds.create_db_instance(
            DBInstanceIdentifier=f"db-{number}",
            DBInstanceClass="db.t3.micro",
            Engine="postgres",
            AllocatedStorage=20,
            MasterUsername="owner",
            MasterUserPassword="not-a-secret-1",
            StorageEncrypted=bool(number % 2),
        )
        rds.create_db_snapshot(DBInstanceIdentifier=f"db-{number}", DBSnapshotIdentifier=f"snapshot-{number}")
    return 2 * scale


def _rest(client: Client, region: str, scale: int) -> int:
    kms, logs = client("kms", region), client("logs", region)
    for number in range(4 * scale):
        key = kms.create_key(Description=f"key {number}")["KeyMetadata"]["KeyId"]
        if number % 2:
            kms.enable_key_rotation(KeyId=key)
    for number in range(8 * scale):
        logs.create_log_group(logGroupName=f"/app/{number}")
        if number % 2:
            logs.put_retention_policy(logGroupName=f"/app/{number}", retentionInDays=30)
    for number in range(3 * scale):
        client("secretsmanager", region).create_secret(Name=f"secret-{number}", SecretString="x")
        client("cloudwatch", region).put_metric_alarm(
            AlarmName=f"alarm-{number}",
            MetricName="CPUUtilization",
            Namespace="AWS/EC2",
            Statistic="Average",
            Period=300,
            EvaluationPeriods=1,
            Threshold=80.0,
            ComparisonOperator="GreaterThanThreshold",
        )
    for number in range(scale):
        client("backup", region).create_backup_vault(BackupVaultName=f"vault-{number}")
    if region == "us-east-1":
        client("cloudtrail", region).create_trail(
            Name="trail", S3BucketName="wafr-benchmark-00002", IsMultiRegionTrail=True
        )
    return 19 * scale
