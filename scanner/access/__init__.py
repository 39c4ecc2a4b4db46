"""Who can do what: AWS's policy evaluation, from documents that were read to a decision, with what stays open."""
