"""The desk's process: uvicorn, which ends with the process that started it, however that ends.

python -m pipeline.desk_process HOST PORT
"""

from __future__ import annotations

import os
import signal
import sys
import threading

import uvicorn

from pipeline.say import say
from records import LangNgheError


def main(host: str, port: int) -> None:
    threading.Thread(target=end_with_starter, daemon=True).start()
    try:
        uvicorn.run("desk.app:create", factory=True, host=host, port=port, log_level="warning", server_header=False)
    except LangNgheError as error:
        say(f"Bàn làm việc không mở được: {error}", error=True)
        sys.exit(2)


def end_with_starter() -> None:
    """Standard input is a pipe whose other end the starter holds: it closes when the starter is gone, killed too."""
    os.read(0, 1)  # not sys.stdin: its lock would be held when the interpreter ends
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
