"""The desk as an ASGI application. `uvicorn desk.app:create --factory` wires it from the settings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from fastapi.routing import APIRoute
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

import config
import knowledge
import store
from desk import access, wiring, words
from desk.agency import Provider
from desk.guards import SAFE, Guard
from desk.pages import (
    acknowledging,
    adding,
    api,
    audit,
    cases,
    duty,
    evidence,
    exporting,
    health,
    home,
    items,
    knowing,
    labelling,
    learning,
    mails,
    mine,
    overview,
    people,
    preferences,
    questions,
    recipients,
    register,
    reporting,
    reports,
    requests,
    searches,
    signin,
    signon,
    silences,
    sources,
    stories,
    subjects,
    tokens,
)
from records import BadInput, StoreError

FRAMEWORK = {
    "Not Found": "Không có trang này.",
    "Method Not Allowed": "Không dùng được cách này.",
    "There was an error parsing the body": "Biểu mẫu không đọc được; hãy quay lại và gửi lại.",
}
"""what the framework says by itself, as people read it"""
ROUTERS = (
    signin,
    signon,
    home,
    items,
    stories,
    overview,
    searches,
    exporting,
    labelling,
    learning,
    questions,
    mails,
    reports,
    reporting,
    knowing,
    recipients,
    duty,
    silences,
    preferences,
    requests,
    health,
    adding,
    sources,
    people,
    mine,
    tokens,
    subjects,
    audit,
    acknowledging,
    api,
    cases,
    evidence,
    register,
)


class Files(StaticFiles):
    """The style sheet, the script, the mark: the same for everybody, so a browser may keep them a while."""

    def file_response(self, *given: Any, **named: Any) -> Response:
        answer = super().file_response(*given, **named)
        answer.headers["Cache-Control"] = "public, max-age=600"
        return answer


def create(
    settings: config.Settings | None = None,
    kept: store.Store | None = None,
    known: knowledge.Knowledge | None = None,
    clock: wiring.Clock | None = None,
) -> FastAPI:
    """The application. What is not handed in is opened from the settings. Raises BadSetting, StoreError."""
    settings = settings or config.read()
    keys = config.keys(settings)
    kept = kept or store.open(settings.database_url, vault_key=keys.vault)
    current = knowledge.Current(
        known or knowledge.load(), kept.edits.stamp, lambda: [(edit.kind, edit.said) for edit in kept.edits.in_force()]
    )
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, title="Lắng Nghe")
    app.state.desk = wiring.Desk(
        settings, keys, kept, current, clock or wall, wiring.templates(current), provider(settings)
    )
    access.check_routes(routes())
    for module in ROUTERS:
        app.include_router(module.router)
    app.mount("/tinh", Files(directory=Path(__file__).with_name("static")))
    app.add_exception_handler(access.SignIn, to_sign_in)
    app.add_exception_handler(access.NoFactor, to_own_account)
    app.add_exception_handler(HTTPException, refused)
    app.add_exception_handler(RequestValidationError, malformed)
    app.add_exception_handler(BadInput, overtaken)
    app.add_exception_handler(StoreError, store_fault)
    app.add_exception_handler(Exception, fault)
    app.add_middleware(Guard, origin=settings.public_url)
    return app


def routes() -> list[APIRoute]:
    """Every route of every page."""
    return [route for module in ROUTERS for route in module.router.routes if isinstance(route, APIRoute)]


def provider(settings: config.Settings) -> Provider | None:
    return Provider(settings.desk.agency, settings.public_url + signon.BACK) if settings.desk.agency.issuer else None


def wall() -> datetime:
    return datetime.now(UTC)


def to_sign_in(request: Request, _error: Exception) -> Response:
    """The way to the sign-in page and back; a form that was posted without a session is refused."""
    if request.method not in {"GET", "HEAD"}:
        return wiring.page(request, "message.html", 401, title="Phiên làm việc đã hết", text="Hãy đăng nhập lại.")
    back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse("/dang-nhap?tiep=" + quote(back, safe=""), 303)


def to_own_account(request: Request, _error: Exception) -> Response:
    if request.method not in {"GET", "HEAD"}:
        return said(request, 403, "Chưa có mã xác thực", "Hãy bật mã xác thực ở trang Tài khoản của tôi trước.")
    return RedirectResponse("/toi", 303)


def refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    text = FRAMEWORK.get(error.detail, error.detail)
    return said(request, error.status_code, "Không thực hiện được", text, error.headers)


def malformed(request: Request, error: Exception) -> Response:
    """Names the fields that were filled in wrongly."""
    assert isinstance(error, RequestValidationError)
    wrong = dict.fromkeys(str(one["loc"][-1]) for one in error.errors() if one.get("loc"))
    named = ", ".join(words.FIELD.get(name, name) for name in wrong if name.isidentifier())
    return said(
        request, 422, "Biểu mẫu chưa đúng", f"Phần chưa đúng: {named or 'cả biểu mẫu'}. Hãy quay lại và điền lại."
    )


def overtaken(request: Request, error: Exception) -> Response:
    """The store refuses what was asked: two people on one item, a login that was taken meanwhile."""
    return said(request, 409, "Không thực hiện được", str(error))


def fault(request: Request, _error: Exception) -> Response:
    """A fault of ours: the trace goes to the log, never to the visitor."""
    text = "Có lỗi trong chương trình; người quản trị xem nhật ký của bàn làm việc."
    answer = said(request, 500, "Không thực hiện được", text)
    answer.headers.update(SAFE)
    return answer


def store_fault(request: Request, error: Exception) -> Response:
    return said(request, 503, "Kho dữ liệu chưa sẵn sàng", str(error))


def said(request: Request, status: int, title: str, text: str, headers: Mapping[str, str] | None = None) -> Response:
    """What went wrong, as a page for people and as JSON for programs."""
    if request.url.path.startswith("/api/"):
        return JSONResponse({"error": title, "detail": text}, status, headers)
    answer = wiring.page(request, "message.html", status, title=title, text=text)
    answer.headers.update(headers or {})
    return answer
