"""One module a format. Outputs read the Review and never each other."""
