"""Ways from one principal to the powers of another, and to the powers of the whole account.

Rests on the Service Authorization Reference for which action does what, and on "Granting a user permissions to pass a
role to an AWS service" (IAM User Guide) for roles that services take on.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Way:
    """One action that leads on. `because`: what it does. `certain`: false where it takes something that no policy shows."""

    action: str
    because: str
    certain: bool = True


# On a user: whoever may do one of these can sign in or call AWS as that user.
ON_USERS = (
    Way("iam:CreateAccessKey", "makes an access key for the user"),
    Way("iam:CreateLoginProfile", "gives the user a password", certain=False),  # only where there is none yet
    Way("iam:UpdateLoginProfile", "changes the user's password", certain=False),  # only where there is one
)
# On a role: whoever may do this can name themselves in its trust policy.
ON_ROLES = (Way("iam:UpdateAssumeRolePolicy", "rewrites the role's trust policy"),)
# On what one is, or can become: whoever may do one of these to it can give it everything.
ON_ONESELF_USER = (
    Way("iam:PutUserPolicy", "writes an inline policy of the user"),
    Way("iam:AttachUserPolicy", "attaches any policy to the user"),
)
ON_ONESELF_ROLE = (
    Way("iam:PutRolePolicy", "writes an inline policy of the role"),
    Way("iam:AttachRolePolicy", "attaches any policy to the role"),
)
ON_OWN_GROUPS = (
    Way("iam:PutGroupPolicy", "writes an inline policy of a group of the user's"),
    Way("iam:AttachGroupPolicy", "attaches any policy to a group of the user's"),
)
ON_OWN_POLICIES = (
    Way("iam:CreatePolicyVersion", "writes a new version of an attached policy"),
    Way("iam:SetDefaultPolicyVersion", "puts an older version of an attached policy in force", certain=False),
)
ON_BOUNDARY_OF_USER = Way("iam:DeleteUserPermissionsBoundary", "takes off the user's permissions boundary")
ON_BOUNDARY_OF_ROLE = Way("iam:DeleteRolePermissionsBoundary", "takes off the role's permissions boundary")
TO_GROUPS = Way("iam:AddUserToGroup", "joins the group")

PASSING = "iam:PassRole"


@dataclass(frozen=True, slots=True)
class Runner:
    """A service that runs code of the caller's choice with a role that the caller passes: all of `actions` are needed."""

    service: str
    actions: tuple[str, ...]


RUNNERS = (
    Runner("lambda.amazonaws.com", ("lambda:CreateFunction", "lambda:InvokeFunction")),
    Runner("ec2.amazonaws.com", ("ec2:RunInstances",)),
    Runner("ecs-tasks.amazonaws.com", ("ecs:RegisterTaskDefinition", "ecs:RunTask")),
    Runner("cloudformation.amazonaws.com", ("cloudformation:CreateStack",)),
    Runner("codebuild.amazonaws.com", ("codebuild:CreateProject", "codebuild:StartBuild")),
    Runner("glue.amazonaws.com", ("glue:CreateJob", "glue:StartJobRun")),
    Runner(
        "sagemaker.amazonaws.com", ("sagemaker:CreateNotebookInstance", "sagemaker:CreatePresignedNotebookInstanceUrl")
    ),
    Runner("states.amazonaws.com", ("states:CreateStateMachine", "states:StartExecution")),
    Runner("ssm.amazonaws.com", ("ssm:StartAutomationExecution",)),
    Runner("datapipeline.amazonaws.com", ("datapipeline:CreatePipeline", "datapipeline:PutPipelineDefinition")),
    Runner("scheduler.amazonaws.com", ("scheduler:CreateSchedule",)),
)

# On something that already runs with a role.
ON_FUNCTIONS = (Way("lambda:UpdateFunctionCode", "puts its own code into the function"),)
ON_INSTANCES = (
    Way("ssm:SendCommand", "runs a command on the instance, if it is managed by Systems Manager", certain=False),
    Way("ssm:StartSession", "opens a session on the instance, if it is managed by Systems Manager", certain=False),
)

# Ways to data. Decrypting without `kms:Decrypt` is in `kms.DECRYPTS_WITHOUT_DECRYPT`.
READS: Mapping[str, tuple[Way, ...]] = {
    "secret": (Way("secretsmanager:GetSecretValue", "reads the secret"),),
    "bucket": (Way("s3:GetObject", "reads objects"),),
    "database": (
        Way("rds:ModifyDBInstance", "sets a new master password", certain=False),  # and has to reach the database
        Way("rds:CreateDBSnapshot", "copies it into a snapshot, to restore elsewhere", certain=False),
    ),
}

# Whoever may do all of these, to anything, may do what they like: an administrator.
ADMINISTRATOR = (
    ("iam:CreatePolicyVersion", "arn:{partition}:iam::{account}:policy/any"),
    ("iam:UpdateAssumeRolePolicy", "arn:{partition}:iam::{account}:role/any"),
    ("s3:DeleteBucket", "arn:{partition}:s3:::any"),
    ("ec2:TerminateInstances", "arn:{partition}:ec2:any:{account}:instance/i-any"),
)
