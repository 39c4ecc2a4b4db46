"""`wafr query`: SQL over the tables of a bundle, with DuckDB."""

from pathlib import Path
from typing import Annotated, Any

import typer

from scanner.cli.common import BundleArgument, Exit, FormatOption, as_json, fail, one_line_errors, one_of

TABLES = ("findings", "facts", "answers", "calls")


def query(
    bundle: BundleArgument,
    sql: Annotated[
        str, typer.Argument(help="A SELECT over findings, facts, answers, calls and readings.", show_default=False)
    ],
    form: FormatOption = "table",
) -> None:
    """Ask a bundle in SQL, for example: select verdict, count(*) from findings group by 1."""
    one_of(form, ("table", "json"), "--format")
    with one_line_errors():
        from scanner.bundle.manifest import problems, read_manifest

        manifest = read_manifest(bundle)
        if found := problems(bundle, manifest):
            fail(f"{found[0]}. See `wafr verify {bundle}`.", Exit.TAMPERED)
        columns, rows = _answers(bundle, [name for name in manifest.files if name.startswith("readings/")], sql)
    if form == "json":
        as_json([dict(zip(columns, row, strict=True)) for row in rows])
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*columns)
    for row in rows:
        table.add_row(*(Text(str(value)) for value in row))
    Console().print(table)


def _answers(bundle: Path, readings: list[str], sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    try:
        import duckdb
    except ModuleNotFoundError:
        fail("wafr query needs DuckDB: pip install 'wafr[query]'.", Exit.USAGE)
    connection = duckdb.connect(":memory:")
    try:
        for name in TABLES:
            _table(connection, name, [f"{name}.jsonl.gz"], bundle)
        _table(connection, "readings", readings, bundle)
        # What is asked may read these tables and nothing else of this machine.
        connection.execute("set enable_external_access = false")
        connection.execute("set lock_configuration = true")
        cursor = connection.execute(sql)
        columns = [str(column[0]) for column in cursor.description or ()]
        return columns, cursor.fetchall()
    except duckdb.Error as error:
        fail(f"{str(error).splitlines()[0]}", Exit.USAGE)
    finally:
        connection.close()


def _table(connection: Any, name: str, files: list[str], bundle: Path) -> None:
    """One table from the lines of some files; with no line in any of them it has no column but `nothing`."""
    found = [str(bundle / file) for file in files if (bundle / file).exists()]
    size = connection.execute("select count(*) from read_text($1)", [found]).fetchone() if found else (0,)
    if not size[0]:
        connection.execute(f'create table "{name}" (nothing varchar)')
        return
    connection.execute(
        f"create table \"{name}\" as select * from read_json($1, format = 'newline_delimited', union_by_name = true, maximum_depth = 2)",  # noqa: S608  (our own names)
        [found],
    )
