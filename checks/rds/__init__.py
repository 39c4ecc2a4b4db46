"""RDS: database instances, clusters, their snapshots and the parameters that force TLS.

RDS's API also lists Neptune's and DocumentDB's. What AWS documents alike for them is judged here too; what they do not
have does not apply.
"""
