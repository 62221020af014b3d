"""How fast the judgement is on one core, beside its peers in the same run, with peak memory and a profile.

    OMP_NUM_THREADS=1 python -m benchmarks.judge_speed [../shared/data]

1. 10,000 items of the real stream: `assess` beside plain scikit-learn TF-IDF (words 1-2) + LinearSVC.
2. 600-word relevant articles: the whole judgement beside underthesea's `word_tokenize` alone.
"""

from __future__ import annotations

import cProfile
import io
import pstats
import resource
import sys
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

import knowledge
from nlp import examples, judge
from records import Text
from vietnamese import nfc

ITEMS, BATCH, ARTICLES, WORDS = 10_000, 1000, 60, 600


def main(data: Path) -> None:
    judged = judge.load(knowledge.load())
    stream = [
        Text(row["id"], nfc(row["title"]), nfc(row["lead"] or ""), None)
        for _, row in islice(examples.rows(data / examples.STREAM), ITEMS)
    ]
    articles = long_articles(data)
    judged.assess(stream[:BATCH] + articles[:2])
    ours = items_a_second(
        lambda: [judged.assess(stream[i : i + BATCH]) for i in range(0, len(stream), BATCH)], len(stream)
    )
    peer = plain(data, stream)
    whole = items_a_second(lambda: judged.assess(articles), len(articles))
    words = tokenized(articles)
    print(
        f"stream, {len(stream)} items: assess {ours:,.0f}/s, scikit-learn {peer:,.0f}/s: {ours / peer:.2f}x (at least 0.5)"
    )
    print(
        f"articles of {WORDS} words, {len(articles)}: judgement {whole:,.1f}/s, word_tokenize {words:,.1f}/s: "
        f"{whole / words:.2f}x (at least 0.8)"
    )
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB (below 1024)")
    print(profile(lambda: judged.assess(articles[:20])))


def items_a_second(work: Callable[[], object], items: int) -> float:
    """Best of three, by processor time."""
    times = []
    for _ in range(3):
        started = time.process_time()
        work()
        times.append(time.process_time() - started)
    return items / min(times)


def plain(data: Path, stream: list[Text]) -> float:
    labelled = examples.read(data / examples.LABELS)
    model = make_pipeline(TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"\w+"), LinearSVC())
    model.fit([f"{e.text.title} {e.text.text}" for e in labelled], [e.answers["relevance"] for e in labelled])
    return items_a_second(lambda: model.predict([f"{text.title} {text.text}" for text in stream]), len(stream))


def long_articles(data: Path) -> list[Text]:
    """Relevant articles of 600 syllables, put together from the labelled headlines and leads."""
    relevant = [e.text for e in examples.read(data / examples.LABELS) if e.answers["relevance"] == 2]
    found = []
    for i in range(ARTICLES):
        body: list[str] = []
        for other in islice(relevant, i * 15, None):
            body += [*(other.title or "").split(), *other.text.split()]
            if len(body) >= WORDS:
                break
        found.append(Text(f"a{i}", relevant[i].title, " ".join(body[:WORDS]), relevant[i].date))
    return found


def tokenized(articles: list[Text]) -> float:
    from underthesea import word_tokenize

    word_tokenize(articles[0].text)
    return items_a_second(lambda: [word_tokenize(f"{text.title}. {text.text}") for text in articles], len(articles))


def profile(work: Callable[[], object]) -> str:
    recorder = cProfile.Profile()
    recorder.runcall(work)
    out = io.StringIO()
    pstats.Stats(recorder, stream=out).sort_stats("cumulative").print_stats(18)
    return "\n".join(line[:140] for line in out.getvalue().splitlines() if line.strip())


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data"))
