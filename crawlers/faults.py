"""What went wrong with a request: in words, as a code for health, and whether trying again could help. Pure."""

from __future__ import annotations

from scrapy.exceptions import IgnoreRequest, StopDownload
from scrapy.spidermiddlewares.httperror import HttpError

from records import BlockedAddress

from .manners import GIVE_UP, LAST_TRY, Disallowed, Later, in_words

PASSING = frozenset({401, 403, 407, 408, 421, 425, 429})
"""client errors that may pass: blocked for now, asked to slow down"""
GONE = frozenset({404, 410})


def is_permanent(error: BaseException) -> bool:
    """Whether trying again would change nothing."""
    if isinstance(error, HttpError):
        status = error.response.status
        return 300 <= status < 500 and status not in PASSING
    if isinstance(error, IgnoreRequest):
        return not isinstance(error, Later)
    return isinstance(error, BlockedAddress | StopDownload)


def tries(error: BaseException) -> int:
    """How often an article that failed so is asked for before its list no longer waits for it. A page that is not there
    may be one that its list names a moment too early."""
    if isinstance(error, HttpError) and error.response.status == 404:
        return GIVE_UP
    return 1 if is_permanent(error) else LAST_TRY


def trouble(error: BaseException) -> str:
    """The code (records.TROUBLES) of a failure."""
    if isinstance(error, HttpError):
        return "gone" if error.response.status in GONE else "http"
    if isinstance(error, Later):
        return error.trouble
    if isinstance(error, Disallowed):
        return "robots"
    if isinstance(error, StopDownload):
        return "content"
    return "blocked" if isinstance(error, BlockedAddress | IgnoreRequest) else "network"


def reason(error: BaseException) -> str:
    """What went wrong, for an operator."""
    if isinstance(error, HttpError):
        return f"máy chủ trả lời HTTP {error.response.status}"
    if isinstance(error, StopDownload):
        return "là ảnh, âm thanh hoặc phim, không phải trang đọc được"
    return in_words(error)
