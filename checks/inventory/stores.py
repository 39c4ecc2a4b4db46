"""AWS's kinds of data stores, and what is known of how each is encrypted at rest.

A kind is judged by checks, or AWS always encrypts it and nobody can switch that off, or nothing here judges it. A kind goes
among the second only where the service's own guide says so; where that is not settled, it is among the third, and its name
is told. Tables: kind as CloudFormation and Config name it → ARNs as `service:beginning of the resource`.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Store:
    """A kind of data store. `checks` judge its encryption at rest; without any, `always` says why none is needed."""

    kind: str
    arns: tuple[str, ...]
    checks: tuple[str, ...] = ()
    always: str = ""

    @property
    def is_judged(self) -> bool:
        return bool(self.checks or self.always)


_DATABASES = "rds.storage_is_encrypted"
_CLUSTERS = "rds.cluster_storage_is_encrypted"
_CLUSTER_SNAPSHOTS = "rds.cluster_snapshots_are_encrypted"

JUDGED = (
    Store("AWS::ApiGateway::Stage", (), ("apigateway.cached_answers_are_encrypted",)),
    Store("AWS::Backup::BackupVault", ("backup:backup-vault:",), ("backup.recovery_points_are_encrypted",)),
    Store("AWS::Backup::RecoveryPoint", ("backup:recovery-point",), ("backup.recovery_points_are_encrypted",)),
    Store("AWS::DAX::Cluster", ("dax:cache/",), ("dax.clusters_are_encrypted",)),
    Store("AWS::DocDB::DBCluster", (), (_CLUSTERS,)),
    Store("AWS::EC2::Image", ("ec2:image/",), ("ec2.snapshots_are_encrypted",)),
    Store("AWS::EC2::Instance", ("ec2:instance/",), ("ec2.instance_stores_are_encrypted",)),
    Store("AWS::EC2::Snapshot", ("ec2:snapshot/",), ("ec2.snapshots_are_encrypted",)),
    Store(
        "AWS::EC2::Volume",
        ("ec2:volume/",),
        ("ec2.volumes_are_encrypted", "ec2.volumes_are_encrypted_by_default"),
    ),
    Store("AWS::EFS::FileSystem", ("elasticfilesystem:file-system/",), ("efs.file_systems_are_encrypted",)),
    Store("AWS::EKS::Cluster", ("eks:cluster/",), ("eks.secrets_are_encrypted",)),
    Store("AWS::EMR::Cluster", ("elasticmapreduce:cluster/",), ("emr.clusters_encrypt_at_rest",)),
    Store("AWS::ElastiCache::CacheCluster", ("elasticache:cluster:",), ("elasticache.single_caches_are_encrypted",)),
    Store(
        "AWS::ElastiCache::ReplicationGroup", ("elasticache:replicationgroup:",), ("elasticache.caches_are_encrypted",)
    ),
    Store("AWS::Elasticsearch::Domain", (), ("opensearch.domains_are_encrypted",)),
    Store("AWS::FSx::FileSystem", ("fsx:file-system/",), ("fsx.file_systems_are_encrypted",)),
    Store("AWS::FSx::Volume", ("fsx:volume/",), ("fsx.file_systems_are_encrypted",)),
    Store("AWS::Glue::Database", ("glue:database/", "glue:catalog"), ("glue.the_catalog_is_encrypted",)),
    Store("AWS::Glue::Table", ("glue:table/",), ("glue.the_catalog_is_encrypted",)),
    Store("AWS::Glue::Job", ("glue:job/",), ("glue.jobs_encrypt_what_they_write",)),
    Store("AWS::Kinesis::Stream", ("kinesis:stream/",), ("kinesis.streams_are_encrypted",)),
    Store("AWS::KinesisFirehose::DeliveryStream", ("firehose:deliverystream/",), ("firehose.streams_are_encrypted",)),
    Store("AWS::MSK::Cluster", ("kafka:cluster/",), ("kafka.clusters_are_encrypted",)),
    Store("AWS::Neptune::DBCluster", (), (_CLUSTERS,)),
    Store("AWS::OpenSearch::Domain", ("es:domain/",), ("opensearch.domains_are_encrypted",)),
    Store("AWS::OpenSearchService::Domain", (), ("opensearch.domains_are_encrypted",)),
    Store("AWS::RDS::DBCluster", ("rds:cluster:",), (_CLUSTERS,)),
    Store("AWS::RDS::DBClusterSnapshot", ("rds:cluster-snapshot:",), (_CLUSTER_SNAPSHOTS,)),
    Store("AWS::RDS::DBInstance", ("rds:db:",), (_DATABASES,)),
    Store(
        "AWS::RDS::DBInstanceAutomatedBackup",
        ("rds:auto-backup:", "rds:cluster-auto-backup:"),
        ("rds.automated_backups_are_encrypted", "rds.cluster_automated_backups_are_encrypted"),
    ),
    Store("AWS::RDS::DBShardGroup", ("rds:shard-group:",), (_CLUSTERS,)),
    Store("AWS::RDS::DBSnapshot", ("rds:snapshot:",), ("rds.snapshots_are_encrypted",)),
    Store("AWS::RDS::GlobalCluster", ("rds:global-cluster:",), (_CLUSTERS,)),
    Store("AWS::Redshift::Cluster", ("redshift:cluster:",), ("redshift.clusters_are_encrypted",)),
    Store("AWS::Redshift::ClusterSnapshot", ("redshift:snapshot:",), ("redshift.snapshots_are_encrypted",)),
    Store("AWS::S3::Bucket", ("s3:",), ("s3.new_objects_are_encrypted", "s3.no_object_is_older_than_encryption")),
    Store("AWS::SQS::Queue", ("sqs:",), ("sqs.messages_are_encrypted",)),
    Store("AWS::WorkSpaces::Workspace", ("workspaces:workspace/",), ("workspaces.volumes_are_encrypted",)),
)

# Kind → its ARNs, and the page of the service's guide that says that data at rest is always encrypted.
_ALWAYS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "AWS::APS::Workspace": (("aps:workspace/",), "Managed Service for Prometheus, Encryption at rest"),
    "AWS::AmazonMQ::Broker": (("mq:broker:",), "Amazon MQ, Data protection"),
    "AWS::Cassandra::Keyspace": (("cassandra:",), "Amazon Keyspaces, Encryption at rest"),
    "AWS::CloudTrail::EventDataStore": (("cloudtrail:eventdatastore/",), "CloudTrail, Event data stores"),
    "AWS::CodeArtifact::Domain": (("codeartifact:domain/",), "CodeArtifact, Data encryption"),
    "AWS::CodeArtifact::Repository": (("codeartifact:repository/",), "CodeArtifact, Data encryption"),
    "AWS::CodeCommit::Repository": (("codecommit:",), "CodeCommit, AWS KMS and encryption"),
    "AWS::Cognito::IdentityPool": (("cognito-identity:identitypool/",), "Cognito, Data protection"),
    "AWS::Cognito::UserPool": (("cognito-idp:userpool/",), "Cognito, Data protection"),
    "AWS::DMS::ReplicationInstance": (("dms:rep:",), "DMS, Setting an encryption key"),
    "AWS::DSQL::Cluster": (("dsql:cluster/",), "Aurora DSQL, Encryption at rest"),
    "AWS::DocDBElastic::Cluster": (("docdb-elastic:cluster/",), "DocumentDB, Encrypting elastic clusters"),
    "AWS::DynamoDB::GlobalTable": ((), "DynamoDB, Encryption at rest"),
    "AWS::DynamoDB::Table": (("dynamodb:table/",), "DynamoDB, Encryption at rest"),
    "AWS::ECR::Repository": (("ecr:repository/",), "ECR, Encryption at rest"),
    "AWS::EMRServerless::Application": (("emr-serverless:/applications/",), "EMR Serverless, Encryption at rest"),
    "AWS::ElastiCache::ServerlessCache": (("elasticache:serverlesscache:",), "ElastiCache, At-rest encryption"),
    "AWS::Events::Archive": (("events:archive/",), "EventBridge, Encrypting archives"),
    "AWS::FSx::Backup": (("fsx:backup/",), "FSx, Encryption at rest"),
    "AWS::Glacier::Vault": (("glacier:vaults/",), "S3 Glacier, Data encryption"),
    "AWS::HealthLake::FHIRDatastore": (("healthlake:datastore/",), "HealthLake, Encryption at rest"),
    "AWS::KinesisVideo::Stream": (("kinesisvideo:stream/",), "Kinesis Video Streams, Data protection"),
    "AWS::Lambda::Function": (("lambda:function:",), "Lambda, Data encryption at rest"),
    "AWS::Logs::LogGroup": (("logs:log-group:",), "CloudWatch Logs, Encrypt log data"),
    "AWS::MSK::ServerlessCluster": ((), "MSK, Encryption at rest"),
    "AWS::MWAA::Environment": (("airflow:environment/",), "Managed Workflows for Apache Airflow, Encryption"),
    "AWS::MemoryDB::Cluster": (("memorydb:cluster/",), "MemoryDB, At-rest encryption"),
    "AWS::MemoryDB::Snapshot": (("memorydb:snapshot/",), "MemoryDB, At-rest encryption"),
    "AWS::NeptuneGraph::Graph": (("neptune-graph:graph/",), "Neptune Analytics, Encryption at rest"),
    "AWS::OpenSearchServerless::Collection": (("aoss:collection/",), "OpenSearch Serverless, Encryption"),
    "AWS::QLDB::Ledger": (("qldb:ledger/",), "QLDB, Encryption at rest"),
    "AWS::RedshiftServerless::Namespace": (("redshift-serverless:namespace/",), "Redshift Serverless, Security"),
    "AWS::RedshiftServerless::Snapshot": (("redshift-serverless:snapshot/",), "Redshift Serverless, Security"),
    "AWS::S3Express::DirectoryBucket": (("s3express:bucket/",), "S3, Directory buckets, Data protection"),
    "AWS::S3Tables::TableBucket": (("s3tables:bucket/",), "S3 Tables, Encryption"),
    "AWS::S3Vectors::VectorBucket": (("s3vectors:bucket/",), "S3 Vectors, Data protection"),
    "AWS::SNS::Topic": (("sns:",), "SNS, Data encryption: topics' messages are stored on encrypted disks"),
    "AWS::SageMaker::Domain": (("sagemaker:domain/",), "SageMaker API reference, CreateDomain, KmsKeyId"),
    "AWS::SageMaker::NotebookInstance": (("sagemaker:notebook-instance/",), "SageMaker, Protect data at rest"),
    "AWS::SecretsManager::Secret": (("secretsmanager:secret:",), "Secrets Manager, Secret encryption"),
    "AWS::StepFunctions::StateMachine": (("states:stateMachine:",), "Step Functions, Data at rest encryption"),
    "AWS::Timestream::Database": (("timestream:database/",), "Timestream, Encryption at rest"),
    "AWS::Timestream::InfluxDBInstance": (
        ("timestream-influxdb:db-instance/", "timestream-influxdb:db-cluster/"),
        "Timestream for InfluxDB, Encryption at rest",
    ),
    "AWS::Timestream::Table": ((), "Timestream, Encryption at rest"),
}

# Kinds that hold data, and that nothing here judges.
_UNJUDGED: Mapping[str, tuple[str, ...]] = {
    "AWS::AppFlow::Flow": ("appflow:flow/",),
    "AWS::AppStream::Fleet": ("appstream:fleet/",),
    "AWS::AppSync::ApiCache": (),
    "AWS::B2BI::Capability": ("b2bi:capability/",),
    "AWS::Bedrock::KnowledgeBase": ("bedrock:knowledge-base/",),
    "AWS::BedrockAgentCore::Memory": ("bedrock-agentcore:memory/",),
    "AWS::CleanRoomsML::TrainingDataset": ("cleanrooms-ml:training-dataset/",),
    "AWS::CloudFront::KeyValueStore": ("cloudfront:key-value-store/",),
    "AWS::CloudSearch::Domain": ("cloudsearch:domain/",),
    "AWS::CodeGuruProfiler::ProfilingGroup": ("codeguru-profiler:profilingGroup/",),
    "AWS::Comprehend::Flywheel": ("comprehend:flywheel/",),
    "AWS::Connect::Instance": ("connect:instance/",),
    "AWS::CustomerProfiles::Domain": ("profile:domains/",),
    "AWS::DeviceFarm::Project": ("devicefarm:project:",),
    "AWS::DirectoryService::MicrosoftAD": ("ds:directory/",),
    "AWS::EVS::Environment": ("evs:environment/",),
    "AWS::ElastiCache::Snapshot": ("elasticache:snapshot:",),
    "AWS::EntityResolution::MatchingWorkflow": ("entityresolution:matchingworkflow/",),
    "AWS::FinSpace::Environment": ("finspace:environment/",),
    "AWS::Forecast::Dataset": ("forecast:dataset/",),
    "AWS::FraudDetector::EntityType": ("frauddetector:entity-type/",),
    "AWS::GameLift::Build": ("gamelift:build/",),
    "AWS::Grafana::Workspace": ("grafana:/workspaces/",),
    "AWS::HealthImaging::Datastore": ("medical-imaging:datastore/",),
    "AWS::IoTAnalytics::Channel": ("iotanalytics:channel/",),
    "AWS::IoTAnalytics::Dataset": ("iotanalytics:dataset/",),
    "AWS::IoTAnalytics::Datastore": ("iotanalytics:datastore/",),
    "AWS::IoTSiteWise::Asset": ("iotsitewise:asset/",),
    "AWS::IoTTwinMaker::Workspace": ("iottwinmaker:workspace/",),
    "AWS::Kendra::Index": ("kendra:index/",),
    "AWS::KinesisAnalyticsV2::Application": ("kinesisanalytics:application/",),
    "AWS::Lex::Bot": ("lex:bot/",),
    "AWS::Lightsail::Bucket": ("lightsail:Bucket/",),
    "AWS::Lightsail::Database": ("lightsail:RelationalDatabase/",),
    "AWS::Lightsail::Disk": ("lightsail:Disk/",),
    "AWS::Lightsail::Instance": ("lightsail:Instance/",),
    "AWS::Location::Tracker": ("geo:tracker/",),
    "AWS::LookoutVision::Project": ("lookoutvision:project/",),
    "AWS::M2::Environment": ("m2:env/",),
    "AWS::MediaStore::Container": ("mediastore:container/",),
    "AWS::ODB::CloudVmCluster": ("odb:cloud-vm-cluster/",),
    "AWS::OSIS::Pipeline": ("osis:pipeline/",),
    "AWS::Omics::SequenceStore": ("omics:sequenceStore/",),
    "AWS::Personalize::Dataset": ("personalize:dataset/",),
    "AWS::Pinpoint::App": ("mobiletargeting:apps/",),
    "AWS::QBusiness::Application": ("qbusiness:application/",),
    "AWS::QuickSight::DataSet": ("quicksight:dataset/",),
    "AWS::RUM::AppMonitor": ("rum:appmonitor/",),
    "AWS::Rekognition::Collection": ("rekognition:collection/",),
    "AWS::S3Outposts::Bucket": ("s3-outposts:outpost/",),
    "AWS::SDB::Domain": (),
    "AWS::SES::ContactList": ("ses:contact-list/",),
    "AWS::SES::MailManagerArchive": ("ses:mailmanager-archive/",),
    "AWS::SageMaker::FeatureGroup": ("sagemaker:feature-group/",),
    "AWS::SageMaker::MlflowTrackingServer": ("sagemaker:mlflow-tracking-server/",),
    # What a gateway keeps in S3 is always encrypted; its cache, its upload buffer and stored volumes are on disks of its host.
    "AWS::StorageGateway::Gateway": ("storagegateway:",),
    "AWS::WorkDocs::Site": ("workdocs:site/",),
    "AWS::WorkMail::Organization": ("workmail:organization/",),
}

STORES = (
    *JUDGED,
    *(Store(kind, arns, always=page) for kind, (arns, page) in _ALWAYS.items()),
    *(Store(kind, arns) for kind, arns in _UNJUDGED.items()),
)
BY_KIND = {store.kind: store for store in STORES}


def store_of(arn: str) -> Store | None:
    """The kind of data store that an ARN names: the one whose beginning fits it the furthest."""
    _, _, service, _, _, resource = (arn.split(":", 5) + [""] * 6)[:6]
    fitting = [
        (len(form), store) for store in STORES for form in store.arns if f"{service}:{resource}".startswith(form)
    ]
    return max(fitting, key=lambda one: one[0])[1] if fitting else None
