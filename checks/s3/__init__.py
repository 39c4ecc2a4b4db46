"""S3: who may reach buckets, how their objects are encrypted, kept and let go."""
