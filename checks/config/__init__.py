"""Config: whether changes of resources are recorded, and judged by rules."""
