"""WAF: web ACLs of regions and of CloudFront, what they stop and write down, and before what they stand."""
