"""`langnghe`: the command line. Exit 0: done; 1: done, but some input was refused; 2: nothing done."""

from __future__ import annotations

import sys
from collections.abc import Callable

import typer

from pipeline.commands import keeping, people, running, texts
from pipeline.say import say
from records import LangNgheError

app = typer.Typer(
    name="langnghe",
    help="Lắng Nghe: theo dõi báo chí, mạng xã hội về BHXH, BHYT, BHTN.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
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
    keeping.search,
    keeping.report,
    keeping.backup,
    keeping.restore,
    keeping.evidence,
    keeping.erase,
)
for command in COMMANDS:
    app.command()(command)
app.command("import")(keeping.import_)
app.add_typer(people.user, name="user")
app.add_typer(people.source, name="source")


def main() -> None:
    try:
        app()
    except LangNgheError as error:
        say(f"Lỗi: {error}", error=True)
        sys.exit(2)
    except BrokenPipeError:
        sys.exit(1)


if __name__ == "__main__":
    main()
