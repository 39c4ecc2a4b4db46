"""Where a command's document goes: a file that is replaced whole, or standard output."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from scanner.cli.common import Exit, fail

OutFile = Annotated[
    Path | None, typer.Option("--out", "-o", help="File to write. [default: standard output]", show_default=False)
]


def write_out(text: str | bytes, out: Path | None, *, told: str = "") -> None:
    """Write a document. A file is private (0600), and is there whole or not at all."""
    content = text.encode() if isinstance(text, str) else text
    if out is None:
        sys.stdout.buffer.write(content)
        return
    aside = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        aside.replace(out)
    except OSError as error:
        aside.unlink(missing_ok=True)
        fail(f"{out} cannot be written: {error.strerror}.", Exit.USAGE)
    sys.stderr.write(f"{told or 'Written'}: {out} ({len(content) / 1e6:.1f} MB)\n")
