"""IAM: the root user, users and their credentials, what principals may do, and whom roles trust."""
