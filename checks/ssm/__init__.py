"""Systems Manager: managed nodes and their patches, parameters, runbooks and what else runs a fleet."""
