"""No regular expression of the product can be made to hang: each against 100 kB built to hurt it, within 100 ms.

The patterns are found in the source (calls of `re` with a literal) and in the loaded modules (patterns built at run time).
The strings are built from each pattern: what it begins with, what it repeats, many times, and an end that does not fit.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import re
import re._constants as ops
import re._parser as parser
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from crawlers import sources
from records import BadKnowledge

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("records", "knowledge", "crawlers", "nlp", "store", "alerts", "reports", "desk", "pipeline")
CALLS = {"compile", "search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer"}
STARTING = {"match", "fullmatch"}
LONG, ALLOWED = 100_000, 0.1
BOUNDED = {
    r"((?: *(?:\*\*|\*|~|\+)(?= |$| ?\*))+)": (300, "nlp/phrases.py: a line of the shipped rules"),
}
"""pattern -> the longest text it is ever given, and why"""
SPENT = 0.6
"""seconds of this process after which a match is broken off: it has failed long before"""


def files() -> list[Path]:
    found = [file for room in ROOMS for file in (ROOT / room).rglob("*.py") if "versions" not in file.parts]
    return found + list(ROOT.glob("*.py"))


@dataclass
class Found:
    """A pattern, where it is, and how it is used: "search", or "match" where it is only ever matched at the start."""

    pattern: str
    flags: int
    where: str
    how: str


def calls(file: Path) -> Iterator[tuple[ast.Call, str, str]]:
    """(call, name of what is called upon, method) for everything that might be a regular expression."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CALLS:
            of = node.func.value
            yield (
                node,
                of.id if isinstance(of, ast.Name) else of.attr if isinstance(of, ast.Attribute) else "",
                node.func.attr,
            )


def flags(node: ast.Call) -> int:
    return sum(
        int(getattr(re, part.attr))
        for argument in [*node.args[1:], *(word.value for word in node.keywords)]
        for part in ast.walk(argument)
        if isinstance(part, ast.Attribute) and isinstance(getattr(re, part.attr, None), re.RegexFlag)
    )


def loaded(module: ModuleType) -> Iterator[tuple[str, re.Pattern[str]]]:
    waiting: list[tuple[str, Any]] = list(vars(module).items())
    for name, value in waiting:
        if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
            yield name, value
        elif isinstance(value, list | tuple | set | frozenset) and len(value) < 2000:
            waiting += [("", each) for each in value]
        elif isinstance(value, dict) and len(value) < 2000:
            waiting += [("", each) for each in value.values()]


OPTIONAL = {"nlp.encoder_network": "onnxruntime", "nlp.encoder_fitting": "torch", "nlp.encoder_training": "torch"}
"""module -> the library of an optional extra without which it cannot be loaded; it must then have no pattern of its own"""


def available(library: str) -> bool:
    return importlib.util.find_spec(library) is not None


def patterns() -> list[Found]:
    used: dict[str, set[str]] = {}
    found: dict[tuple[str, int, str], Found] = {}
    for file in files():
        for _, name, method in calls(file):
            used.setdefault(name, set()).add(method)
    for file in files():
        where = str(file.relative_to(ROOT))
        for node, name, method in calls(file):
            first = node.args[0] if node.args else None
            if (
                name == "re"
                and method != "compile"
                and isinstance(first, ast.Constant)
                and isinstance(first.value, str)
            ):
                one = Found(first.value, flags(node), where, "match" if method in STARTING else "search")
                found[one.pattern, one.flags, one.how] = one
        module = where.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        if module in OPTIONAL and not available(OPTIONAL[module]):
            assert not re.search(r"^(?:import|from) re\b", file.read_text(encoding="utf-8"), re.MULTILINE), where
        elif "__main__" not in module and "migrations" not in module:
            for name, compiled in loaded(importlib.import_module(module)):
                how = "match" if name and used.get(name, {"search"}) <= STARTING else "search"
                one = Found(compiled.pattern, compiled.flags & ~re.UNICODE, where, how)
                found[one.pattern, one.flags, one.how] = one
    return list(found.values())


# ---------------------------------------------------------------- strings that hurt


def sample(tree: Any) -> str:
    """A short string that the piece of pattern matches, or nearly."""
    return "".join(_piece(op, value) for op, value in tree)


def _piece(op: Any, value: Any) -> str:
    if op is ops.LITERAL:
        return chr(value)
    if op is ops.NOT_LITERAL:
        return "a" if value != ord("a") else "b"
    if op is ops.ANY:
        return "a"
    if op is ops.IN:
        return _member(value)
    if op in (ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT):
        return sample(value[2]) * max(value[0], 1)
    if op is ops.SUBPATTERN:
        return sample(value[3])
    if op is ops.ATOMIC_GROUP:
        return sample(value)
    if op is ops.BRANCH:
        return sample(value[1][0])
    return ""


CLASSES = {ops.CATEGORY_DIGIT: "1", ops.CATEGORY_SPACE: " ", ops.CATEGORY_WORD: "a", ops.CATEGORY_NOT_DIGIT: "a",
           ops.CATEGORY_NOT_SPACE: "a", ops.CATEGORY_NOT_WORD: " "}  # fmt: skip


def _member(value: Any) -> str:
    op, first = value[0]
    if op is ops.NEGATE:
        banned = {chr(one) for kind, one in value if kind is ops.LITERAL}
        return next(char for char in "a1 -x\n" if char not in banned)
    if op is ops.LITERAL:
        return chr(first)
    if op is ops.RANGE:
        return chr(first[0])
    return CLASSES.get(first, "a")


def pumps(tree: Any, before: str = "") -> Iterator[tuple[str, str]]:
    """(what leads to a repetition, what it repeats) for each repetition of the pattern."""
    for op, value in tree:
        if op in (ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT):
            if value[1] > 20:
                yield before, sample(value[2]) or "a"
            yield from pumps(value[2], before)
        elif op is ops.SUBPATTERN:
            yield from pumps(value[3], before)
        elif op is ops.BRANCH:
            for branch in value[1]:
                yield from pumps(branch, before)
        before += _piece(op, value)


def hurting(pattern: str, flags: int) -> Iterator[str]:
    tree = parser.parse(pattern, flags)
    whole = sample(tree) or "a"
    pairs = dict.fromkeys([*pumps(tree), ("", whole), (whole, "a"), ("", " "), ("", "0"), ("", "ă"), ("", "<a ")])
    for before, body in list(pairs)[:24]:
        yield (before + body * (LONG // len(body)))[:LONG]


class TooLong(Exception):
    pass


def cost(one: Found) -> float:
    """The longest time, in seconds of this process, that one use takes; infinite where it was broken off."""
    compiled = re.compile(one.pattern, one.flags)
    length = BOUNDED.get(one.pattern, (LONG, ""))[0]
    old, worst = signal.signal(signal.SIGVTALRM, broken_off), 0.0
    try:
        for text in hurting(one.pattern, one.flags):
            signal.setitimer(signal.ITIMER_VIRTUAL, SPENT)
            started = time.process_time()
            getattr(compiled, one.how)(text[: length - 2] + "\x00!")
            worst = max(worst, time.process_time() - started)
    except TooLong:
        return float("inf")
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, old)
    return worst


def broken_off(*_: object) -> None:
    raise TooLong


def test_no_pattern_of_the_product_can_be_made_to_hang() -> None:
    everything = patterns()
    assert len(everything) > 100 and {one.where for one in everything} >= {"masking.py", "crawlers/feeds.py"}
    slow = [one for one in everything if cost(one) > ALLOWED]
    slow = [one for one in slow if min(cost(one), cost(one)) > ALLOWED]  # the machine may have stuttered
    assert not slow, "\n".join(f"{one.where}: {one.pattern[:100]!r} ({one.how})" for one in slow)


def test_the_patterns_of_the_sources_cannot_either() -> None:
    for source in sources.load():
        one = Found(source.article, 0, source.id, "search")
        assert not source.article or cost(one) <= ALLOWED, source.id


@pytest.mark.parametrize(
    "pattern", [r"(?:a+)+b", r"(\w+\s?)*!", r"\s+[|]\s+", r"(a|a)*b", r"x*x*x*y", r"<(.*?)>(.*?)</\1>"]
)
def test_the_strings_do_hurt(pattern: str) -> None:
    assert cost(Found(pattern, 0, "", "search")) > ALLOWED


def test_a_slow_pattern_of_an_operator_is_refused(tmp_path: Path) -> None:
    row = '[[source]]\nid = "bao"\nname = "Báo"\nhomepage = "https://bao.vn/"\nkind = "press"\nfeeds = ["https://bao.vn/rss"]\n'
    file = tmp_path / "sources.toml"
    for pattern in (r"(a+)+$", r"(\w+-?)*\.htm$", "x" * 500):
        file.write_text(f"{row}article = '{pattern}'\n", encoding="utf-8")
        with pytest.raises(BadKnowledge, match="article"):
            sources.load(file)
