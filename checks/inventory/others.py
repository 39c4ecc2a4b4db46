"""Kinds of resources that AWS Config knows and that hold no data of a workload: settings, networks, identities, or what lies in
a data store of another kind, such as in a bucket. What stands neither here nor in `stores` may hold data, for all that is known.
"""

from collections.abc import Mapping

_OTHERS: Mapping[str, str] = {
    "ACM": "Certificate",
    "ACMPCA": "CertificateAuthority CertificateAuthorityActivation",
    "APS": "RuleGroupsNamespace",
    "AccessAnalyzer": "Analyzer",
    "Amplify": "App Branch",
    "ApiGateway": "Method RestApi UsagePlan",
    "ApiGatewayV2": "Api Integration Stage",
    "AppConfig": (
        "Application ConfigurationProfile DeploymentStrategy Environment Extension ExtensionAssociation "
        "HostedConfigurationVersion"
    ),
    "AppIntegrations": "Application EventIntegration",
    "AppMesh": "GatewayRoute Mesh Route VirtualGateway VirtualNode VirtualRouter VirtualService",
    "AppRunner": "Service VpcConnector",
    "AppStream": "AppBlockBuilder Application DirectoryConfig Stack",
    "AppSync": "GraphQLApi",
    "Athena": "DataCatalog PreparedStatement WorkGroup",
    "AuditManager": "Assessment",
    "AutoScaling": "AutoScalingGroup LaunchConfiguration ScalingPolicy ScheduledAction WarmPool",
    "BCMDataExports": "Export",
    "Backup": "BackupPlan BackupSelection ReportPlan RestoreTestingPlan",
    "BackupGateway": "Hypervisor",
    "Batch": "ComputeEnvironment JobQueue SchedulingPolicy",
    "Bedrock": "ApplicationInferenceProfile Guardrail Prompt",
    "BedrockAgentCore": "BrowserCustom Runtime",
    "Budgets": "BudgetsAction",
    "Cloud9": "EnvironmentEC2",
    "CloudFormation": "GuardHook LambdaHook Stack StackSet",
    "CloudFront": "Distribution PublicKey RealtimeLogConfig StreamingDistribution",
    "CloudTrail": "Trail",
    "CloudWatch": "Alarm MetricStream",
    "CodeBuild": "Project ReportGroup",
    "CodeDeploy": "Application DeploymentConfig DeploymentGroup",
    "CodeGuruReviewer": "RepositoryAssociation",
    "CodePipeline": "Pipeline",
    "Cognito": "UserPoolClient UserPoolGroup",
    "Config": "AggregationAuthorization ConformancePack ConformancePackCompliance ResourceCompliance StoredQuery",
    "Connect": "PhoneNumber QuickConnect Rule SecurityProfile User",
    "CustomerProfiles": "ObjectType",
    "DMS": "Certificate Endpoint EventSubscription ReplicationSubnetGroup",
    "DataSync": (
        "Agent LocationEFS LocationFSxLustre LocationFSxWindows LocationHDFS LocationNFS LocationObjectStorage "
        "LocationS3 LocationSMB Task"
    ),
    "Deadline": "Fleet Monitor QueueFleetAssociation",
    "Detective": "Graph",
    "DeviceFarm": "InstanceProfile TestGridProject",
    "EC2": (
        "CapacityReservation CarrierGateway ClientVpnEndpoint ClientVpnTargetNetworkAssociation CustomerGateway "
        "DHCPOptions EC2Fleet EIP EIPAssociation EgressOnlyInternetGateway FlowLog Host IPAM IPAMPool IPAMPoolCidr "
        "IPAMResourceDiscovery IPAMResourceDiscoveryAssociation IPAMScope InstanceConnectEndpoint InternetGateway "
        "LaunchTemplate NatGateway NetworkAcl NetworkInsightsAccessScope NetworkInsightsAccessScopeAnalysis "
        "NetworkInsightsAnalysis NetworkInsightsPath NetworkInterface PrefixList RegisteredHAInstance RouteTable "
        "SecurityGroup SecurityGroupVpcAssociation SnapshotBlockPublicAccess SpotFleet Subnet SubnetCidrBlock "
        "SubnetNetworkAclAssociation SubnetRouteTableAssociation TrafficMirrorFilter TrafficMirrorSession "
        "TrafficMirrorTarget TransitGateway TransitGatewayAttachment TransitGatewayConnect "
        "TransitGatewayMulticastDomain TransitGatewayRouteTable VPC VPCBlockPublicAccessExclusion "
        "VPCBlockPublicAccessOptions VPCEndpoint VPCEndpointConnectionNotification VPCEndpointService "
        "VPCGatewayAttachment VPCPeeringConnection VPNConnection VPNConnectionRoute VPNGateway VerifiedAccessInstance"
    ),
    "ECR": "PublicRepository PullThroughCacheRule RegistryPolicy ReplicationConfiguration RepositoryCreationTemplate",
    "ECS": "CapacityProvider Cluster Service TaskDefinition TaskSet",
    "EFS": "AccessPoint",
    "EKS": "Addon FargateProfile IdentityProviderConfig",
    "EMR": "SecurityConfiguration Studio",
    "EMRContainers": "VirtualCluster",
    "ElasticBeanstalk": "Application ApplicationVersion Environment",
    "ElasticLoadBalancing": "LoadBalancer",
    "ElasticLoadBalancingV2": "Listener LoadBalancer TargetGroup",
    "EntityResolution": "IdMappingWorkflow SchemaMapping",
    "EventSchemas": "Discoverer Registry RegistryPolicy Schema",
    "Events": "ApiDestination Connection Endpoint EventBus Rule",
    "Evidently": "Launch Project Segment",
    "FIS": "ExperimentTemplate",
    "Forecast": "DatasetGroup",
    "FraudDetector": "Label Outcome Variable",
    "GlobalAccelerator": "Accelerator EndpointGroup Listener",
    "Glue": "Classifier MLTransform",
    "GreengrassV2": "ComponentVersion",
    "GroundStation": "Config DataflowEndpointGroup MissionProfile",
    "GuardDuty": "Detector Filter IPSet MalwareProtectionPlan ThreatIntelSet",
    "IAM": "Group InstanceProfile OIDCProvider Policy Role SAMLProvider ServerCertificate User",
    "IVS": "Channel PlaybackKeyPair RecordingConfiguration",
    "ImageBuilder": (
        "ContainerRecipe DistributionConfiguration ImagePipeline ImageRecipe InfrastructureConfiguration "
        "LifecyclePolicy"
    ),
    "InspectorV2": "Activation Filter",
    "IoT": (
        "AccountAuditConfiguration Authorizer CACertificate CustomMetric Dimension DomainConfiguration FleetMetric "
        "JobTemplate MitigationAction Policy ProvisioningTemplate RoleAlias ScheduledAudit SecurityProfile ThingGroup"
    ),
    "IoTAnalytics": "Pipeline",
    "IoTCoreDeviceAdvisor": "SuiteDefinition",
    "IoTEvents": "AlarmModel DetectorModel Input",
    "IoTSiteWise": "AssetModel Dashboard Gateway Portal Project",
    "IoTTwinMaker": "ComponentType Entity Scene SyncJob",
    "IoTWireless": "FuotaTask MulticastGroup ServiceProfile",
    "KMS": "Alias Key",
    "KafkaConnect": "Connector CustomPlugin",
    "Kinesis": "StreamConsumer",
    "KinesisVideo": "SignalingChannel",
    "Lambda": "CodeSigningConfig",
    "Lex": "BotAlias",
    "Lightsail": "Certificate StaticIp",
    "Location": "APIKey",
    "Logs": "Destination",
    "LookoutMetrics": "Alert",
    "MSK": "BatchScramSecret ClusterPolicy Configuration VpcConnection",
    "MediaConnect": "FlowEntitlement FlowSource FlowVpcInterface Gateway",
    "MediaPackage": "PackagingConfiguration PackagingGroup",
    "MediaPackageV2": "Channel OriginEndpoint",
    "MediaTailor": "LiveSource PlaybackConfiguration",
    "MemoryDB": "SubnetGroup",
    "NetworkFirewall": "Firewall FirewallPolicy RuleGroup",
    "NetworkManager": (
        "ConnectPeer CustomerGatewayAssociation Device GlobalNetwork Link LinkAssociation Site TransitGatewayPeering "
        "TransitGatewayRegistration"
    ),
    "OpenSearchServerless": "SecurityConfig VpcEndpoint",
    "Organizations": "OrganizationalUnit",
    "PCAConnectorAD": "Connector DirectoryRegistration",
    "Panorama": "Package",
    "Personalize": "DatasetGroup Schema Solution",
    "Pinpoint": "ApplicationSettings Campaign EmailChannel EmailTemplate EventStream InAppTemplate Segment",
    "QuickSight": "DataSource Template Theme",
    "RDS": "DBSecurityGroup DBSubnetGroup EventSubscription Integration OptionGroup",
    "Redshift": (
        "ClusterParameterGroup ClusterSecurityGroup ClusterSubnetGroup EndpointAccess EndpointAuthorization "
        "EventSubscription Integration ScheduledAction"
    ),
    "ResilienceHub": "App ResiliencyPolicy",
    "ResourceExplorer2": "Index",
    "RoboMaker": "RobotApplication RobotApplicationVersion SimulationApplication",
    "RolesAnywhere": "Profile TrustAnchor",
    "Route53": "DNSSEC HostedZone",
    "Route53Profiles": "Profile ProfileAssociation",
    "Route53RecoveryControl": "Cluster ControlPanel RoutingControl SafetyRule",
    "Route53RecoveryReadiness": "Cell ReadinessCheck RecoveryGroup ResourceSet",
    "Route53Resolver": (
        "FirewallDomainList FirewallRuleGroup FirewallRuleGroupAssociation ResolverEndpoint "
        "ResolverQueryLoggingConfig ResolverQueryLoggingConfigAssociation ResolverRule ResolverRuleAssociation"
    ),
    "S3": (
        "AccessGrant AccessGrantsInstance AccessGrantsLocation AccessPoint AccountPublicAccessBlock "
        "MultiRegionAccessPoint StorageLens StorageLensGroup"
    ),
    "S3Express": "BucketPolicy",
    "S3Tables": "TableBucketPolicy",
    "SES": "ConfigurationSet DedicatedIpPool MailManagerTrafficPolicy ReceiptFilter ReceiptRuleSet Template",
    "SSM": "AssociationCompliance Document FileData ManagedInstanceInventory PatchCompliance ResourceDataSync",
    "SSMContacts": "Contact",
    "SSMIncidents": "ResponsePlan",
    "SageMaker": (
        "AppImageConfig CodeRepository DataQualityJobDefinition Image InferenceExperiment Model "
        "ModelBiasJobDefinition ModelExplainabilityJobDefinition ModelQualityJobDefinition "
        "NotebookInstanceLifecycleConfig StudioLifecycleConfig UserProfile Workteam"
    ),
    "SecretsManager": "ResourcePolicy RotationSchedule",
    "SecurityHub": "Standard",
    "ServiceCatalog": "CloudFormationProduct CloudFormationProvisionedProduct Portfolio",
    "ServiceDiscovery": "HttpNamespace Instance PublicDnsNamespace Service",
    "Shield": "Protection",
    "ShieldRegional": "Protection",
    "Signer": "SigningProfile",
    "StepFunctions": "Activity",
    "Transfer": "Agreement Certificate Connector Profile Server Workflow",
    "WAF": "RateBasedRule Rule RuleGroup WebACL",
    "WAFRegional": "RateBasedRule Rule RuleGroup WebACL",
    "WAFv2": "IPSet ManagedRuleSet RegexPatternSet RuleGroup WebACL",
    "WorkSpaces": "ConnectionAlias",
    "XRay": "EncryptionConfig",
}
OTHERS = frozenset(f"AWS::{service}::{name}" for service, names in _OTHERS.items() for name in names.split())
