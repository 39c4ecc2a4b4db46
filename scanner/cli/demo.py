"""`wafr demo`: the whole road on an emulated account, without AWS."""

import typer


def demo() -> None:
    """Play a first review of an emulated company's account, on this machine and without AWS."""
    typer.echo("not yet")
