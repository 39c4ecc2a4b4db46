"""CloudTrail: which trails record what, and whether the record can be trusted."""
