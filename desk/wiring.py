"""What every page of the desk works with: settings, store, knowledge, clock, templates. Wired once, in `app.create`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

import config
import knowledge
import masking
import store
import vietnamese
from desk import navigation, words
from desk.agency import Provider

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Desk:
    settings: config.Settings
    keys: config.Keys
    store: store.Store
    current: knowledge.Current
    clock: Clock
    templates: Environment
    provider: Provider | None = None
    """the agency's sign-on, where one is set up"""

    @property
    def knowledge(self) -> knowledge.Knowledge:
        """What is in force now: the files with the approved edits."""
        return self.current()

    @property
    def cookie(self) -> str:
        return "__Host-langnghe" if self.settings.desk.secure_cookies else "langnghe"


def templates(current: knowledge.Current) -> Environment:
    known = current()
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["moment"] = lambda value: vietnamese.time_text(value) if value else "không rõ"
    environment.filters["day"] = lambda iso: f"{iso[8:10]}/{iso[5:7]}/{iso[:4]}"
    environment.filters["weblink"] = lambda url: url if url.startswith(("http://", "https://")) else ""
    environment.filters["masked"] = lambda text: masking.mask(text, current().official_numbers)
    environment.filters["period"] = words.period
    environment.filters["number"] = vietnamese.number_text
    environment.filters["short"] = store.short_id
    environment.filters["topic"] = lambda name: words.topic(known, name)
    environment.filters["reference"] = lambda clause, day: current().reference(clause, day)
    environment.filters["act"] = lambda clause: known.act(clause).words_vi
    environment.globals["words"] = words
    environment.globals["topic_choices"] = [*((topic.id, topic.name) for topic in known.topics), ("khac", "khác")]
    environment.globals["province_choices"] = [(province.name, province.name) for province in known.provinces]
    environment.globals["office_choices"] = list(words.offices(known).items())
    environment.filters["office"] = lambda name: words.offices(known).get(name, name)
    environment.globals["act_choices"] = [(act.clause, act.name) for act in known.acts]
    return environment


def of(request: Request) -> Desk:
    found: Desk = request.app.state.desk
    return found


def page(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A rendered template; `visit` (who is here) is always there, None before sign-in."""
    values.setdefault("visit", getattr(request.state, "visit", None))
    values.setdefault("page_address", lambda number: "?" + urlencode({**request.query_params, "trang": number}))
    values["agency"] = of(request).settings.desk.agency
    values["ways"] = list(navigation.ways(values["visit"], request.url.path, request.url.query))
    text = of(request).templates.get_template(template).render(path=request.url.path, **values)
    return HTMLResponse(text, status)
