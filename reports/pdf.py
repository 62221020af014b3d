"""HTML to PDF with WeasyPrint, where the machine has the Pango libraries it draws with. Loads nothing from outside."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

MISSING = (
    "Chưa tạo được tệp PDF vì máy thiếu thư viện Pango; cài bằng lệnh"
    " “apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-liberation2” rồi lập lại báo cáo."
)


def render(html: str, as_of: datetime) -> tuple[bytes | None, str]:
    """(PDF, "") or (None, what to install). The file's dates and identifier come from `as_of` and the words alone."""
    try:
        from weasyprint import HTML
    except OSError:
        return None, MISSING
    identifier = hashlib.sha256(html.encode("utf-8") + as_of.isoformat().encode("ascii")).digest()[:16]
    document = HTML(string=html, url_fetcher=_inside_only())
    return document.write_pdf(pdf_identifier=identifier, pdf_variant=None), ""


def _inside_only() -> Any:
    from weasyprint.urls import URLFetcher

    return URLFetcher(allowed_protocols=("data",), fail_on_errors=False)
