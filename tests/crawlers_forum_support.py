"""A forum's pages as XenForo writes them."""

from __future__ import annotations

ADDRESS = "https://dien-dan.vn/t/luong-huu.41/"
MORNING = "2026-11-26T07:00:00+0700"


def post(
    number: int, body: str = "Lương hưu tháng này đã về.", author: str = "tho_han", at: str = MORNING, extra: str = ""
) -> str:
    """One post as XenForo writes it."""
    time_element = f'<time class="u-dt" datetime="{at}">hôm nay</time>' if at else ""
    return (
        f'<article class="message message--post js-post" data-author="{author}" data-content="post-{number}" '
        f'id="js-post-{number}"><div class="message-cell--user"><h4 class="message-name"><a class="username">{author}</a></h4>'
        f'<h5 class="userTitle">Thành viên</h5></div><header class="message-attribution"><a href="/t/x.1/post-{number}">'
        f'{time_element}</a> #1</header><article class="message-body"><div class="bbWrapper">{body}</div></article>{extra}'
        '<aside class="message-signature"><div class="bbWrapper">Bán sim số đẹp</div></aside></article>'
    )


def bar(inside: str) -> str:
    return f'<footer class="message-footer"><div class="reactionsBar"><a class="reactionsBar-link">{inside}</a></div></footer>'


def thread(*posts: str, title: str = "Hỏi lương hưu", page: int = 1, pages: int = 1) -> str:
    numbers = "".join(
        f'<li class="pageNav-page{" pageNav-page--current" * (n == page)}"><a href="/t/x.1/page-{n}">{n}</a></li>'
        for n in range(1, pages + 1)
    )
    navigation = f'<ul class="pageNav-main">{numbers}</ul>' if pages > 1 else ""
    heading = f'<h1 class="p-title-value"><span class="label">Thảo luận</span> {title}</h1>'
    return f"<!doctype html><html><head><meta charset=utf-8></head><body>{heading}{navigation}{''.join(posts)}</body></html>"
