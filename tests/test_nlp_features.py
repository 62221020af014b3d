"""The fast transform gives what scikit-learn gives; posts typed without marks stay readable."""

from __future__ import annotations

from operator import itemgetter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from nlp import cues, features
from records import Text

PIECES = [
    "đóng",
    "BHXH",
    "chậm",
    "trả",
    "lương hưu",
    "bảo hiểm y tế",
    "từ chối",
    "1.300.000",
    "ko",
    "đc",
    "hỗ trợ 100%",
]
WORDS = st.lists(st.sampled_from(PIECES), min_size=1, max_size=30).map(" ".join)


def texts(*written: str) -> list[Text]:
    return [Text(str(i), words[: len(words) // 3] or None, words, None) for i, words in enumerate(written)]


SEEN = texts(*(" ".join(PIECES[i:] + PIECES[:i] * 2) for i in range(len(PIECES))))


@given(st.lists(WORDS, min_size=1, max_size=5))
@settings(deadline=None, max_examples=40)
@pytest.mark.parametrize("blocks", ["wtq", "wc"])
def test_transform_equals_scikit_learn(blocks: str, written: list[str]) -> None:
    seen = [features.names(text, blocks) for text in SEEN]
    fitted = features.fit(seen, min_df=2)
    asked = [features.names(text, blocks) for text in texts(*written)]
    ours = fitted.rows(asked).toarray()
    for block in blocks:
        peer = TfidfVectorizer(analyzer=itemgetter(block), min_df=2, sublinear_tf=True).fit(seen)
        columns = [fitted.columns[block][name] for name in peer.get_feature_names_out()]
        assert np.allclose(ours[:, columns], peer.transform(asked).toarray(), atol=1e-6)


def test_letters_are_those_of_char_wb() -> None:
    peer = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5)).build_analyzer()
    written = "Đóng BHXH  đủ 15 năm, a ơi!"
    assert sorted(features.names(Text("1", None, written, None), "c")["c"]) == sorted(peer(written))


def test_cues_are_found_with_and_without_marks() -> None:
    marked = cues.found(["chậm", "chi", "trả"], ["người", "dân", "bức", "xúc"])
    bare = cues.found(["cham", "chi", "tra"], ["nguoi", "dan", "buc", "xuc"])
    assert {"negative.delay", "^negative.delay", "negative.anger"} <= set(marked)
    assert {"negative.delay", "negative.anger"} <= set(bare)


def test_cues_need_whole_words() -> None:
    assert "negative.delay" not in cues.found([], ["chậm", "chi", "trảm"])


def test_stripped_keeps_everything_but_marks() -> None:
    (bare,) = features.stripped([Text("1", "Đóng đủ", "Lương hưu", None, "post")])
    assert (bare.title, bare.text, bare.kind) == ("dong du", "luong huu", "post")
