"""Who can do what: the evidence that the access engine needs, and what follows from its answers."""
