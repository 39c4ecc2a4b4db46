"""AWS's names and Python's: `DBInstanceIdentifier` is the field `db_instance_identifier`."""

import keyword
from functools import lru_cache

from botocore import xform_name


@lru_cache(maxsize=8192)
def field_name(member: str) -> str:
    """The field that holds an AWS member: botocore's own snake_case, so that boto3's users know it.

    A Python keyword gets a trailing underscore.
    """
    name: str = xform_name(member).replace("-", "_")
    return f"{name}_" if keyword.iskeyword(name) else name
