"""What can go wrong: one root error; the name says what the caller may do."""

from __future__ import annotations

from datetime import datetime


class LangNgheError(Exception):
    """Lắng Nghe không làm được việc được giao."""


class BadInput(LangNgheError):
    """Dữ liệu đưa vào không dùng được; sửa dữ liệu rồi làm lại. Nothing was changed by it."""


class Overtaken(BadInput):
    """Another person changed the same thing first; look again, then decide. Nothing was changed."""

    def __init__(self, by: str, status: str, at: datetime | None) -> None:
        super().__init__(by, status, at)
        self.by, self.status, self.at = by, status, at

    def __str__(self) -> str:
        return f"{self.by} vừa thay đổi vụ việc này; hãy xem lại rồi quyết định"


class BadSetting(LangNgheError):
    """Thiếu hoặc sai một giá trị cấu hình; sửa langnghe.toml hoặc biến môi trường."""


class BadKnowledge(LangNgheError):
    """A file of knowledge/ or of the sources is wrong; the message begins with FILE:LINE."""


class UnreadablePage(LangNgheError):
    """A fetched page lacks what a document needs. args: (url, what)."""

    def __init__(self, url: str, what: str) -> None:
        super().__init__(url, what)
        self.url, self.what = url, what

    def __str__(self) -> str:
        return f"{self.url}: {self.what}"


class BlockedAddress(LangNgheError):
    """The address guard refuses to connect: not a public address, or not http(s)."""


class StoreError(LangNgheError):
    """Kho dữ liệu không dùng được."""


class StoreUnreachable(StoreError):
    """Không mở được cơ sở dữ liệu; kiểm tra đường dẫn, quyền hoặc máy chủ rồi chạy lại."""


class StoreOutdated(StoreError):
    """Cơ sở dữ liệu thuộc phiên bản khác; sao lưu rồi chạy nâng cấp. Nothing was changed."""


class StoreFull(StoreError):
    """Đĩa đầy; giải phóng chỗ rồi chạy lại. What was already stored is kept."""


class StoreDamaged(StoreError):
    """Tệp cơ sở dữ liệu hoặc bản sao lưu bị hỏng; khôi phục từ bản sao lưu khác."""


class MailUnavailable(LangNgheError):
    """The mail server cannot be reached or says "later": try again."""


class MailRefused(LangNgheError):
    """The mail server refuses this recipient or message for good (5xx)."""
