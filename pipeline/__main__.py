"""`langnghe`: the command line. Exit 0: done; 1: done, but some input was refused; 2: nothing done."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import NoReturn

import structlog
import typer
from typer.exceptions import TyperException

from pipeline import usage
from pipeline.commands import keeping, people, running, sources, texts
from pipeline.say import say
from records import LangNgheError

app = typer.Typer(
    name="langnghe",
    help="Lắng Nghe: theo dõi báo chí, mạng xã hội về BHXH, BHYT, BHTN.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    cls=usage.Group,
)
COMMANDS: tuple[Callable[..., None], ...] = (
    running.run,
    running.collect,
    running.digest,
    running.send,
    running.retrain,
    running.doctor,
    running.upgrade,
    texts.assess,
    texts.read,
    texts.stories,
    texts.evaluate,
    texts.train,
    texts.train_encoder,
    keeping.search,
    keeping.report,
    keeping.backup,
    keeping.restore,
    keeping.evidence,
    keeping.erase,
)
for command in COMMANDS:
    app.command(cls=usage.Command)(command)
app.command("import", cls=usage.Command)(keeping.import_)
app.add_typer(people.user, name="user")
app.add_typer(sources.source, name="source")


def main() -> None:
    """Ends the process: with the command's exit code, or with one line in Vietnamese about what stopped it."""
    plain_traces()
    try:
        code = app(prog_name="langnghe", standalone_mode=False)
    except TyperException as error:
        fail(usage.wrong(error), 2)
    except LangNgheError as error:
        fail(f"Lỗi: {error}", 2)
    except BrokenPipeError:
        sys.exit(1)
    except OSError as error:
        fail(f"Lỗi: {error.filename or 'tệp'}: không đọc hoặc ghi được ({error.strerror or error})", 2)
    except (typer.Abort, KeyboardInterrupt):
        fail("Đã dừng.", 130)
    sys.exit(code if isinstance(code, int) else 0)


def plain_traces() -> None:
    """In the log, a trace names lines and the error. The library's own also shows the variables: texts, addresses, keys; and
    it takes seconds, in which nothing else happens."""
    *before, _ = structlog.get_config()["processors"]
    shown = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*before, shown])


def fail(text: str, code: int) -> NoReturn:
    say(text, error=True)
    sys.exit(code)


if __name__ == "__main__":
    main()
