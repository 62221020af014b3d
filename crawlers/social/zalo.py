"""Zalo Official Account: the published articles of one's own account. Messages of followers are private and never read.

The access token lives a day and is got with a refresh token that works once: each use gives the next one, which is kept
encrypted before anything else is done. Where it could not be kept (a trial), it is not used.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from records import Document

from . import answers
from .talk import Call, Fault, Mark, NoKey, Post, Reading, Visit, Walk

if TYPE_CHECKING:
    from ..sources import Source

REFRESH, ACCESS = "zalo", "zalo-access"
"""the kept credentials"""
ARTICLE = "zalo:article-"
LIMIT = 10
LIST = Walk("articles")
EARLY = timedelta(minutes=10)
"""how long before its end an access token counts as over"""
_INVALID, _LIMITED = (-216, -155, -124), (-32,)
_MISSING = re.compile(r"not\s+(found|exist)|does\s?n.t exist|không tồn tại|removed", re.IGNORECASE)


def start(visit: Visit) -> Sequence[Call]:
    return _with_token(visit, lambda token: [_slice(visit, token)])


def again(visit: Visit, documents: Sequence[Document]) -> Sequence[Call]:
    keys = [document.key for document in documents if document.key.startswith(ARTICLE)]
    return _with_token(
        visit, lambda token: [_detail(visit, token, key.removeprefix(ARTICLE), about=key) for key in keys]
    )


def problems(source: Source) -> Sequence[tuple[str, str]]:
    if source.query or not re.fullmatch(r"\d{5,30}", source.account, re.ASCII):
        return [("account", "zalo cần account: mã số của Official Account của đơn vị; không dùng query")]
    return []


def fault(status: int, answer: Any, headers: Mapping[str, str]) -> Fault | None:  # noqa: ARG001
    code = answers.part(answer, "error")
    said = answers.text(answer, "message", most=200) or answers.text(answer, "error_description", most=200)
    if status == 200 and code in (0, None):
        return None
    if answers.text(answer, "error_description") or answers.text(answer, "error_name"):
        text = (
            f"Zalo không nhận khóa làm mới ({said}, mã {code}); cấp quyền lại ứng dụng cho Official Account rồi đặt"
            " LANGNGHE_SOCIAL__ZALO_REFRESH_TOKEN mới"
        )
        return Fault("token", text)
    if code in _INVALID or status == 401:
        return Fault("token", f"khóa truy cập Zalo không còn dùng được (mã {code}); lượt sau sẽ làm mới", forget=ACCESS)
    if code in _LIMITED or status == 429:
        return Fault("wait", f"Zalo báo quá hạn mức (mã {code}); sẽ hỏi lại sau", rest=3600)
    if _MISSING.search(said):
        return Fault("gone", "Zalo không còn bài này")
    return Fault("wait" if status >= 500 else "http", f"Zalo trả lời HTTP {status} (mã {code}: {said})")


# ------------------------------------------------ tokens


def _with_token(visit: Visit, then: Any) -> Sequence[Call]:
    """The calls that `then` makes with an access token; the call that gets one, where there is none."""
    kept = _kept(visit, ACCESS)
    until = answers.moment(kept, "until")
    if until and until > visit.now + EARLY and kept.get("seed") == _seed(visit):
        return list(then(answers.text(kept, "token")))
    social = visit.settings.social
    if social.zalo_app_secret is None or not social.zalo_app_id or social.zalo_refresh_token is None:
        raise NoKey(
            "chưa đủ khóa Zalo: đặt LANGNGHE_SOCIAL__ZALO_APP_ID, LANGNGHE_SOCIAL__ZALO_APP_SECRET và"
            " LANGNGHE_SOCIAL__ZALO_REFRESH_TOKEN"
        )
    if not visit.keeper.can_keep:
        raise NoKey(
            "khóa làm mới của Zalo chỉ dùng được một lần nên không dùng khi chạy thử; hãy chạy `langnghe collect`"
        )
    renewed = _kept(visit, REFRESH)
    first = social.zalo_refresh_token.get_secret_value()
    token = answers.text(renewed, "token") if renewed.get("seed") == _seed(visit) else first
    form = {"refresh_token": token, "app_id": social.zalo_app_id, "grant_type": "refresh_token"}
    keyed = {"secret_key": social.zalo_app_secret.get_secret_value()}
    return [Call(f"{social.zalo_login}/v4/oa/access_token", partial(_renewed, visit, then), keyed, form)]


def _renewed(visit: Visit, then: Any, answer: Any) -> Reading:
    """The next refresh token is kept before anything is done with what came beside it. Raises BadAnswer."""
    access, refresh = answers.text(answer, "access_token", most=5000), answers.text(answer, "refresh_token", most=5000)
    if not access or not refresh:
        raise answers.BadAnswer("Zalo không trả lại khóa truy cập mới")
    _keep(visit, REFRESH, refresh, visit.now + timedelta(days=90))
    seconds = min(answers.number(answer, "expires_in") or 3600, 30 * 86_400)
    _keep(visit, ACCESS, access, visit.now + timedelta(seconds=seconds))
    return Reading(calls=tuple(then(access)))


def _kept(visit: Visit, name: str) -> dict[str, Any]:
    try:
        found = json.loads(visit.keeper.credential(name) or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _keep(visit: Visit, name: str, token: str, until: datetime) -> None:
    row = {"token": token, "until": until.isoformat(), "seed": _seed(visit)}
    visit.keeper.put_credential(name, json.dumps(row))


def _seed(visit: Visit) -> str:
    """Which first token the kept ones come from: where the operator gives another, they are forgotten."""
    first = visit.settings.social.zalo_refresh_token
    return hashlib.sha256(first.get_secret_value().encode()).hexdigest()[:16] if first else ""


# ------------------------------------------------ articles


def _slice(visit: Visit, token: str, walk: Walk = LIST, offset: int = 0) -> Call:
    asked = urlencode({"offset": offset, "limit": LIMIT, "type": "normal"})
    url = f"{visit.settings.social.zalo_api}/v2.0/article/getslice?{asked}"
    return Call(url, partial(_listed, visit, token, walk, offset), {"access_token": token})


def _detail(
    visit: Visit,
    token: str,
    article: str,
    listed: Any = None,
    marks: Mapping[str, Mark] = MappingProxyType({}),
    about: str = "",
) -> Call:
    url = f"{visit.settings.social.zalo_api}/v2.0/article/getdetail?{urlencode({'id': article})}"
    return Call(url, partial(_read, article, listed, marks), {"access_token": token}, about=about or ARTICLE + article)


def _listed(visit: Visit, token: str, walk: Walk, offset: int, answer: Any) -> Reading:
    """Articles that are new or were changed are asked for; the last of them carries the marks of the list."""
    rows = answers.rows(answer, "data", "medias")
    following, marks = walk.on(visit, [answers.moment(row, "create_date") for row in rows], len(rows) >= LIMIT)
    changed = [
        row
        for row in rows
        if (article := answers.name(row, "id"))
        and visit.keeper.mark(visit.source, f"article-{article}").state != _state(row)
    ]
    calls = [
        _detail(visit, token, answers.name(row, "id"), row, marks if row is changed[-1] else {}) for row in changed
    ]
    more = [_slice(visit, token, following, offset + LIMIT)] if following else []
    return Reading(calls=(*calls, *more), marks={} if calls else marks)


def _state(row: Any) -> str:
    return str(answers.number(row, "update_date") or answers.number(row, "create_date") or "")


def _read(article: str, listed: Any, marks: Mapping[str, Mark], answer: Any) -> Reading:
    """What is hidden is gone: nobody but the account itself sees it."""
    data, key = answers.part(answer, "data"), ARTICLE + article
    marks = {**marks, f"article-{article}": Mark(_state(listed))} if listed else marks
    if answers.text(data, "status") == "hide":
        return Reading(marks=marks, gone=(key,))
    pieces = (answers.prose(answers.text(row, "content")) for row in answers.rows(data, "body"))
    text = "\n\n".join(piece for piece in (answers.text(data, "description"), *pieces) if piece)[: answers.MAX_TEXT]
    post = Post(
        key,
        answers.address(listed, "link_view") or answers.address(data, "link_view"),
        text,
        answers.text(data, "title", most=answers.MAX_TITLE),
        published_at=answers.moment(listed, "create_date"),
        reach=answers.number(listed, "total_view"),
    )
    return Reading((post,), marks=marks)
