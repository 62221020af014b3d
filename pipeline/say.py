"""What the commands say to their operator: results on stdout, refusals and errors on stderr, in Vietnamese."""

from __future__ import annotations

import sys

import typer


def say(text: str, error: bool = False) -> None:
    print(text, file=sys.stderr if error else sys.stdout, flush=True)


class Refused:
    """Tells each refusal as it comes and remembers that there was one: exit code 1 at the end."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, reason: str) -> None:
        self.count += 1
        say(reason, error=True)

    def exit(self) -> None:
        if self.count:
            say(f"{self.count} dòng bị từ chối.", error=True)
            raise typer.Exit(1)
