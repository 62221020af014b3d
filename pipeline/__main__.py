"""`langnghe`: the command line. Exit 0: done; 1: done, but some input was refused; 2: nothing done."""

from __future__ import annotations

import sys

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
for command in (running.run, running.collect, running.digest, running.send, running.retrain, running.doctor, running.upgrade):
    app.command()(command)
for command in (texts.assess, texts.read, texts.stories, texts.evaluate, texts.train):
    app.command()(command)
for command in (keeping.search, keeping.report, keeping.backup, keeping.restore, keeping.evidence, keeping.erase):
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
