"""The AWS Well-Architected Tool: read what people claim, pre-fill what the evidence shows, and never lose what a person wrote.

`client.py` is the only module of the product that writes to AWS.
"""
