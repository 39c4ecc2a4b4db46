"""AWS Backup: plans, vaults, what they protect, and whether anybody ever restored from them."""
