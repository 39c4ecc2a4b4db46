"""ECS: clusters, services and the tasks that they run."""
