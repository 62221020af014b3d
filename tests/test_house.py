"""The house's rules as machines: who may import whom, which room alone speaks to which library, how long a file may be."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[1]

FLOOR_1 = {
    "records",
    "config",
    "complaints",
    "vietnamese",
    "masking",
    "signing",
    "passwords",
    "attached",
    "onetime",
    "received",
    "roster",
    "sealing",
    "platforms",
    "signon",
    "corrections",
    "knowledge",
}
ROOMS = FLOOR_1 | {"crawlers", "nlp", "store", "alerts", "reports", "desk", "pipeline"}

MAY_IMPORT: dict[str, set[str]] = {
    "records": set(),
    "vietnamese": set(),
    "masking": {"records", "vietnamese"},
    "signing": set(),
    "passwords": set(),
    "onetime": set(),
    "attached": {"records", "vietnamese"},
    "received": {"records", "vietnamese", "masking", "attached"},
    "roster": {"records", "vietnamese"},
    "sealing": {"records"},
    "config": {"records", "complaints", "platforms", "signon"},
    "signon": {"records"},
    "platforms": set(),
    "corrections": {"records", "vietnamese"},
    "complaints": set(),
    "knowledge": {"records", "vietnamese"},
    "crawlers": {"records", "vietnamese", "masking", "attached", "corrections"},
    "nlp": {"records", "vietnamese", "knowledge"},
    "store": {"records", "vietnamese", "sealing"},
    "alerts": {"records", "vietnamese", "signing", "sealing", "knowledge"},
    "reports": {"records", "vietnamese", "knowledge"},
    "desk": {
        "records",
        "config",
        "vietnamese",
        "masking",
        "signing",
        "passwords",
        "onetime",
        "received",
        "roster",
        "sealing",
        "signon",
        "knowledge",
        "store",
        "reports.statistics",
        "reports.agreement",
    },
    "pipeline": ROOMS - {"desk"},
}
EXTRA: dict[str, set[str]] = {
    "crawlers/intake.py": {"store", "config", "knowledge"},
    "crawlers/settings.py": {"store", "config"},
}
ALONE: dict[str, set[str]] = {
    "scrapy": {"crawlers"},
    "feedparser": {"crawlers"},
    "trafilatura": {"crawlers"},
    "selectolax": {"crawlers"},
    "underthesea": {"nlp/text.py"},
    "sklearn": {"nlp"},
    "ahocorasick": {"nlp"},
    "rensa": {"nlp"},
    "sqlalchemy": {"store"},
    "alembic": {"store"},
    "psycopg": {"store"},
    "aiosmtplib": {"alerts/mail.py"},
    "smtplib": set(),
    "css_inline": {"alerts"},
    "matplotlib": {"reports"},
    "docx": {"reports", "attached.py"},
    "weasyprint": {"reports"},
    "fastapi": {"desk"},
    "argon2": {"passwords.py"},
    "pyotp": {"onetime.py"},
    "joserfc": {"desk/agency.py"},
    "segno": {"desk/pages/mine.py"},
    "PIL": {"received.py", "pipeline/picture.py"},
    "pypdf": {"attached.py"},
    "openpyxl": {"desk/exports.py"},
    "apscheduler": {"pipeline"},
    "typer": {"pipeline"},
    "aiosmtpd": {"pipeline/sample"},
    "warcio": {"crawlers/warc.py", "pipeline/verifying.py"},
    "rfc3161_client": {"pipeline/stamping.py"},
    "pydantic_settings": {"config.py"},
    "onnxruntime": {"nlp/encoder.py", "nlp/encoder_network.py"},
    "tokenizers": {"nlp/encoder.py", "nlp/encoder_network.py"},
    "torch": {"nlp/encoder_network.py", "nlp/encoder_fitting.py"},
    "transformers": {"nlp/encoder_network.py"},
    "pickle": set(),
    "joblib": set(),
}
"""library -> the rooms or files that may import it; an empty set: nobody"""

DOORS_WITH_A_CLOCK = {"pipeline/clock.py", "desk/app.py", "crawlers/intake.py"}
"""the pipeline, the desk's own process, `scrapy crawl NAME`"""

LONGEST_FILE, LONGEST_FUNCTION = 300, 40


def files() -> Iterator[Path]:
    for room in sorted(ROOMS):
        if (HOUSE / f"{room}.py").is_file():
            yield HOUSE / f"{room}.py"
        yield from sorted((HOUSE / room).rglob("*.py"))


def name(file: Path) -> str:
    return file.relative_to(HOUSE).as_posix()


def imported(tree: ast.AST, package: str) -> Iterator[tuple[str, int]]:
    """Every module a tree imports, as a full dotted name, with its line; imports inside functions count too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join([*package.split(".")[: -(node.level - 1) or None], node.module or ""]).strip(".")
            module = base if node.level else node.module or ""
            yield module, node.lineno
            yield from ((f"{module}.{alias.name}", node.lineno) for alias in node.names)


def trespasses(where: str, source: str) -> list[str]:
    """What a file at `where` (path in the house) imports against the rules."""
    room = where.split("/")[0].removesuffix(".py")
    allowed = MAY_IMPORT[room] | {room} | EXTRA.get(where, set())
    package = ".".join(Path(where).parent.parts)
    wrong = []
    for module, line in imported(ast.parse(source), package):
        top = module.split(".")[0]
        if top in ROOMS and not any(module == good or module.startswith(good + ".") for good in allowed):
            # "from reports import statistics" is seen twice: as reports and as reports.statistics
            if any(good.startswith(module + ".") for good in allowed):
                continue
            wrong.append(f"{where}:{line}: {room} may not import {module}")
        owners = ALONE.get(top)
        if owners is not None and not any(where == owner or where.startswith(owner + "/") for owner in owners):
            wrong.append(f"{where}:{line}: {top} is spoken to in {sorted(owners) or 'no place'} only")
        if module == "os.environ" and where != "config.py":
            wrong.append(f"{where}:{line}: only config.py reads the environment")
    return wrong


def test_imports_run_downwards_and_each_library_has_one_room() -> None:
    wrong = [line for file in files() for line in trespasses(name(file), file.read_text(encoding="utf-8"))]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("where", "source"),
    [
        ("store/x.py", "import nlp.judge"),
        ("nlp/x.py", "from store import documents"),
        ("nlp/x.py", "def f():\n    import config"),
        ("alerts/x.py", "import crawlers"),
        ("crawlers/feeds.py", "import store"),
        ("pipeline/x.py", "from desk import app"),
        ("desk/x.py", "from reports import weekly"),
        ("desk/x.py", "import sqlalchemy"),
        ("alerts/urgent.py", "import aiosmtplib"),
        ("alerts/mail.py", "import smtplib"),
        ("nlp/topics.py", "import underthesea"),
        ("nlp/topics.py", "import pickle"),
        ("records.py", "import vietnamese"),
        ("store/x.py", "from os import environ"),
    ],
)
def test_a_forbidden_import_is_seen(where: str, source: str) -> None:
    assert trespasses(where, source)


@pytest.mark.parametrize(
    ("where", "source"),
    [
        ("desk/x.py", "from reports import statistics"),
        ("desk/x.py", "from reports.statistics import change"),
        ("crawlers/intake.py", "import store"),
        ("crawlers/spiders/x.py", "from ..guard import check"),
        ("pipeline/jobs.py", "import store, nlp.judge, alerts.mail"),
    ],
)
def test_an_allowed_import_passes(where: str, source: str) -> None:
    assert not trespasses(where, source)


def test_the_environment_is_read_in_one_place() -> None:
    for file in files():
        if name(file) == "config.py":
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}:
                pytest.fail(f"{name(file)}:{node.lineno}: only config.py reads the environment")


def test_nobody_reads_the_wall_clock_but_the_door() -> None:
    """The clock is passed in; only the doors of the processes ask for the time of day."""
    asking = {"now", "utcnow", "today"}
    for file in files():
        if name(file) in DOORS_WITH_A_CLOCK:
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in asking:
                owner = node.func.value
                word = owner.id if isinstance(owner, ast.Name) else getattr(owner, "attr", "")
                assert word not in {"datetime", "date", "dt"}, f"{name(file)}:{node.lineno}: ask the clock handed in"


def test_files_and_functions_have_one_job() -> None:
    long = []
    for file in files():
        text = file.read_text(encoding="utf-8")
        lines = len(text.splitlines())
        if lines > LONGEST_FILE:
            long.append(f"{name(file)}: {lines} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > LONGEST_FUNCTION:
                    long.append(f"{name(file)}:{node.lineno}: {node.name} has {length} lines")
    assert not long, "\n".join(long)


def test_no_module_hides_a_standard_one() -> None:
    """A root module named like a standard one kills Python; a drawer named utils hides its subject."""
    for file in files():
        assert file.stem not in {"utils", "helpers", "misc", "common"}, name(file)
        if file.parent == HOUSE:
            assert file.stem not in sys.stdlib_module_names, name(file)
