"""SocialSpider: makes the calls of connectors, one at a time a source, and keeps what they bring.

Everything a connector says is done here: quotas are counted before a call is made, keys go out in headers and into no log,
nothing that carries one follows a redirect, and a poll makes a bounded number of calls.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from scrapy.http import Request, Response

from records import Document

from .. import social
from ..faults import GONE, reason, trouble
from ..intake import Kept
from ..manners import fresh_for, retry_after
from ..polls import Collected
from ..social.answers import BadAnswer
from ..social.keeper import Keeper
from ..social.talk import CALLS, Call, Fault, NoKey, Reading, Visit
from ..sources import Source
from .follow import Refetched
from .source import RESTING, SourceSpider, _header

SOON = timedelta(minutes=15)
"""until a spread quota is asked again"""


class SocialSpider(SourceSpider):
    """`documents`: stored posts to look at again instead of polling."""

    name = "mang-xa-hoi"

    def __init__(self, documents: Iterable[Document] | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        _ = self.intake.author_key  # no platform is read without the key of its authors' pseudonyms
        self.keeper = Keeper(self.intake)
        self.documents = None if documents is None else {document.key: document for document in documents}
        self.refetched: list[Refetched] = []

    async def start(self) -> AsyncIterator[Request]:
        for source in self.sources:
            visit = Visit(source, self.intake.settings, self.intake.clock(), self.keeper)
            resting: set[str] = await self._do(self.intake.resting, source.id) if self.documents is None else set()
            if resting:
                await self._put_off(visit)
                continue
            try:
                visit.calls.extend(await self._do(self._opening, visit))
            except NoKey as error:
                self.turns[source.id].wrong(str(error), "token")
            if request := await self._next(visit):
                yield request

    def _opening(self, visit: Visit) -> Iterable[Call]:
        made = social.connector(visit.source.connector)
        if self.documents is None:
            return made.start(visit)
        return made.again(visit, [one for one in self.documents.values() if one.source == visit.source.id])

    # ------------------------------------------------ calls

    async def _next(self, visit: Visit) -> Request | None:
        """The request of the next call; None: the visit is over, and reported."""
        if visit.calls and (visit.asked < CALLS or self.documents is not None):
            call = visit.calls.popleft()
            if not call.bucket or await self._do(self.keeper.spend, call.bucket, self.documents is None):
                visit.asked += 1
                known = await self._do(self.intake.validators, visit.source.id, call.url) if call.conditional else ()
                return self._calling(visit, call, known)
            await self._no_units(visit, call)
        await self._end(visit)
        return None

    def _calling(self, visit: Visit, call: Call, known: Sequence[str | None] = ()) -> Request:
        """`known`: the validators of the last reading."""
        # an interface one holds a key for is asked under its terms; robots.txt is about pages
        meta: dict[str, Any] = {"until": self.until, "dont_retry": True, "dont_obey_robotstxt": bool(call.keyed)}
        meta["dont_redirect"] = bool(call.keyed)
        meta["handle_httpstatus_list"] = [304, *range(300 if call.keyed else 400, 600)]
        stated = zip(("If-None-Match", "If-Modified-Since"), known, strict=False)
        accept = "application/json" if not call.form else "*/*"
        return Request(
            call.url,
            self.on_answer,
            method="POST" if call.form else "GET",
            body=urlencode(call.form).encode() if call.form else b"",
            headers={
                "Accept": accept,
                **call.keyed,
                **{name: value.encode("latin-1", "replace") for name, value in stated if value},
            }
            | ({"Content-Type": "application/x-www-form-urlencoded"} if call.form else {}),
            cb_kwargs={"visit": visit, "call": call},
            errback=self.on_no_answer,
            dont_filter=True,
            meta=meta,
        )

    async def on_answer(self, response: Response, visit: Visit, call: Call) -> AsyncIterator[Request]:
        fault, seen = await self._do(self._read, visit, call, response)
        if fault is None:
            turn = self.turns[visit.source.id]
            turn.read += 1
            turn.seen.update(seen)
            turn.new += list(seen.values()).count("new")
        elif not fault.skip:
            self._stop(visit, fault, call)
        if request := await self._next(visit):
            yield request

    async def on_no_answer(self, failure: Any) -> None:
        visit, call = failure.request.cb_kwargs["visit"], failure.request.cb_kwargs["call"]
        self._stop(visit, Fault(trouble(failure.value), reason(failure.value)), call)
        await self._end(visit)

    def _read(self, visit: Visit, call: Call, response: Response) -> tuple[Fault | None, dict[str, Kept]]:
        """On the worker thread: what the answer says is wrong, or what became of what it brought."""
        if call.conditional and response.status == 304:
            visit.rest = max(visit.rest, fresh_for(response))
            return None, {}
        bad = ""
        try:
            answer = call.parse(response.body)
        except BadAnswer as error:
            answer, bad = None, str(error)
        fault = self._fault(visit, response, answer, bad)
        if fault is not None and fault.trouble == "gone" and call.about:
            self._looked({}, Reading(gone=(call.about,)))
            return None, {}
        if fault is not None:
            if fault.used_up and call.bucket:
                self.keeper.use_up(call.bucket)
                visit.rest = (self.keeper.refill(call.bucket, SOON) - visit.now).total_seconds()
            if fault.forget:
                self.keeper.forget(fault.forget)
            visit.rest = max(visit.rest, fault.rest, retry_after(response, visit.now))
            return fault, {}
        try:
            reading = call.read(answer)
        except BadAnswer as error:
            return Fault("content", str(error)), {}
        kept = self.keeper.keep(visit.source, reading)
        visit.calls.extend(reading.calls)
        if reading.following:
            visit.calls.appendleft(reading.following)
        self._looked(kept, reading)
        if not call.keyed:
            visit.rest = max(visit.rest, fresh_for(response))
        if call.conditional and not reading.calls:  # with a page still to come, nothing is dealt with yet
            found = (_header(response, "ETag"), _header(response, "Last-Modified"))
            self.intake.save_validators(visit.source.id, call.url, *found)
        return None, kept

    def _fault(self, visit: Visit, response: Response, answer: Any, bad: str) -> Fault | None:
        if 300 <= response.status < 400:
            return Fault("http", f"máy chủ chuyển hướng (HTTP {response.status}); không theo, vì lời gọi mang khóa")
        headers = {
            key.decode("latin-1").lower(): (response.headers.get(key) or b"").decode("latin-1")
            for key in response.headers
        }
        found = social.connector(visit.source.connector).fault(response.status, answer, headers)
        return Fault("content", bad) if found is None and bad else found

    # ------------------------------------------------ endings

    def _stop(self, visit: Visit, fault: Fault, call: Call) -> None:
        """Nothing more of this source now."""
        visit.calls.clear()
        text = without({**call.keyed, **call.form}, fault.text)
        self.turns[visit.source.id].wrong(f"{visit.source.name}: {text}", fault.trouble)

    async def _no_units(self, visit: Visit, call: Call) -> None:
        visit.calls.clear()
        again = await self._do(self.keeper.refill, call.bucket, SOON)
        visit.rest = (again - visit.now).total_seconds()
        if again - visit.now <= SOON:
            return  # the quota is spread over the day: nothing is wrong
        text = f"{visit.source.name}: đã dùng hết hạn mức gọi giao diện hôm nay; đọc tiếp khi có hạn mức mới"
        self.turns[visit.source.id].wrong(text, "quota")

    async def _put_off(self, visit: Visit) -> None:
        self.collected.append(Collected(visit.source.id, False, RESTING, 0, 0, trouble="wait"))
        await self._do(self.intake.put_off, visit.source.id)

    async def _end(self, visit: Visit) -> None:
        turn, source = self.turns[visit.source.id], visit.source
        if self.documents is not None:
            await self._do(self._look_ended, source)
            return
        await self._do(self.intake.asked, source.id, place(source), visit.rest, turn.trouble, None)
        if turn.errors:
            await self._do(self.intake.problem, "platform", source.id, turn.errors[0])
        elif not turn.read:
            await self._put_off(visit)
            return
        if visit.unread:
            text = f"{source.name}: còn trang cũ hơn chưa đọc ({', '.join(visit.unread)[:200]}); nên hỏi nguồn này thường hơn"
            await self._do(self.intake.problem, "platform", source.id, text)
        done = turn.collected()
        self.collected.append(done)
        await self._do(self.intake.polled, done)

    # ------------------------------------------------ later looks

    def _looked(self, kept: Mapping[str, Kept], reading: Reading) -> None:
        known = self.documents or {}
        for key, what in kept.items():
            if key in known:
                self.refetched.append(Refetched(key, "changed" if what == "changed" else "same"))
                self.intake.followed(key)
        for key in reading.gone:
            self.intake.gone(key, min(GONE))
            if key in known:
                self.refetched.append(Refetched(key, "gone", "nền tảng không còn bài này"))
                self.intake.followed(key)

    def _look_ended(self, source: Source) -> None:
        """What was not looked at stays due where it went wrong; what cannot be looked at is not asked for again."""
        turn, seen = self.turns[source.id], {one.key for one in self.refetched}
        for key, document in (self.documents or {}).items():
            if document.source == source.id and key not in seen:
                text = turn.errors[0] if turn.errors else "giao diện của nền tảng không cho xem lại bài này"
                self.refetched.append(Refetched(key, "failed", text, answered=not turn.errors))


def place(source: Source) -> str:
    """What stands where the address of a list would: says what is read, and holds no key."""
    return f"{source.connector}:{source.account or source.query or source.homepage}"


def without(secrets: Mapping[str, str], text: str) -> str:
    """A text without any of the secrets: some platforms repeat a bad key in their complaint."""
    for value in secrets.values():
        bare = value.removeprefix("Bearer ")
        if len(bare) >= 8:
            text = text.replace(bare, "…")
    return text
