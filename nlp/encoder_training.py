"""From labelled texts and a pretrained encoder to the second reader: trained, made small, calibrated, and measured beside the
linear heads on texts of stories neither has seen.

Three parts by story (and by time where days are held out): one teaches, one calibrates the small network and says how much it
is to count, one measures. Written texts only teach. Imported for training only.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from nlp import encoder, encoder_network, evaluation, features, heads, sentiment, topics, training, votes
from nlp import examples as reading
from nlp.encoder import Answer, Encoder, Manifest
from nlp.encoder_fitting import UNANSWERED, Recipe, fit
from nlp.encoder_network import Network
from nlp.examples import Example
from nlp.heads import Task
from nlp.votes import Vote
from records import BadInput, Text

Rows = list[int]
Said = Mapping[str, Vote]
FOLDS = 10
"""of the stories of real texts one in so many calibrates, another measures"""
FEWEST = 6
"""real texts a part needs"""
ENOUGH = 30
"""unsure texts below which the share of the reader is not chosen but even"""
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
EVEN = 0.5
TRIED = 20
"""texts on which the exported network is held against torch"""
CLOSE = 1e-2
"""logits of torch and of the exported network may differ by this much"""
NEVER = -9.0
"""logit of a label the linear heads were not taught"""


@dataclass(frozen=True, slots=True)
class Parts:
    """Indices of the examples that teach, calibrate and measure."""

    teach: Rows
    tune: Rows
    test: Rows


def train(
    base: Path,
    data: Path,
    out: Path,
    corpus: Path = reading.CORPUS,
    recipe: Recipe | None = None,
    hold_out: tuple[date, date] | None = None,
    bound: float = votes.UNSURE,
) -> dict[str, Any]:
    """Make an encoder from the pretrained one in `base` and the labels in `data`, and save it in directory `out`.

    `hold_out`: measure on real texts dated from the first day up to, not including, the second; none of their stories
    teaches. `bound`: below which an answer of the heads is unsure. Gives version, counts and figures. Raises BadInput.
    """
    recipe = recipe or Recipe()
    body, tokenizer, vocabulary = pretrained(base, recipe.length)
    found = [e for e in reading.gather(data, corpus) if e.origin != "stream"]
    groups = reading.stories(found, reading.told(data))
    parts, tasks = split(found, groups, hold_out), lessons(found)
    first = linear(found, groups, parts, tasks)
    teach, tune, test = ([found[i] for i in rows] for rows in (parts.teach, parts.tune, parts.test))
    network, answers = taught(body, tokenizer, vocabulary, teach, tasks, recipe)
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".made-", dir=out) as made:
        place = Path(made)
        digests = exported(network, tokenizer, vocabulary, place, [e.text for e in tune[:TRIED]])
        raw = Manifest("", digests, recipe.length, vocabulary, encoder_network.unknown(tokenizer), answers)
        said = calibrated(raw, place, tune, [first[i] for i in parts.tune], bound)
        about = {
            "examples": {"teach": len(teach), "tune": len(tune), "test": len(test)},
            "recipe": asdict(recipe),
            "unsure": bound,
            "hold_out": [day.isoformat() for day in hold_out or ()],
            "figures": figures(opened(said, place), test, [first[i] for i in parts.test], bound),
        }
        version = write(place, said, about)
        for name in encoder.FILES:
            (place / name).replace(out / name)
    return {"version": version, **about}


def pretrained(base: Path, length: int) -> tuple[Any, Any, int]:
    """Network, tokenizer (set up for `length` tokens) and number of token ids. Raises BadInput where it reads fewer."""
    body, tokenizer, vocabulary = encoder_network.pretrained(base)
    if not encoder.SHORTEST <= length <= min(encoder.LONGEST, body.config.max_position_embeddings - 2):
        raise BadInput(f"{base}: mô hình không đọc được {length} đơn vị một văn bản")
    encoder.prepare(tokenizer, length)
    return body, tokenizer, vocabulary


# ---------------------------------------------------------------- what is learned from


def lessons(found: Sequence[Example]) -> list[Task]:
    """The tasks with their labels: the same as the linear heads learn from these examples."""
    main = sorted({answer(e, topics.MAIN.name) for e in found if e.answers["relevance"]})
    return [sentiment.SENTIMENT, sentiment.TARGET, Task(topics.MAIN.name, tuple(main), "", balance=topics.MAIN.balance)]


def answer(example: Example, task: str) -> str:
    """The right label; "" where nobody gave one."""
    return training.answer(example, task)[0] if task == topics.MAIN.name else str(example.answers[task] or "")


def split(found: Sequence[Example], groups: Sequence[int], hold_out: tuple[date, date] | None) -> Parts:
    """Parts of the relevant texts; no story is in two. Raises BadInput where there are too few real ones."""
    relevant = [i for i, e in enumerate(found) if e.answers["relevance"]]
    real = [i for i in relevant if found[i].real]
    drawn = sorted({groups[i] for i in real})
    fold = dict(zip(drawn, (np.random.default_rng(0).permutation(len(drawn)) % FOLDS).tolist(), strict=True))
    if hold_out:
        test = [i for i in real if (day := found[i].text.date) and hold_out[0] <= day < hold_out[1]]
    else:
        test = [i for i in real if fold[groups[i]] == 0]
    measured = {groups[i] for i in test}
    tune = [i for i in real if fold[groups[i]] == 1 and groups[i] not in measured]
    apart = measured | {groups[i] for i in tune}
    teach = [i for i in relevant if groups[i] not in apart]
    if min(len(teach), len(tune), len(test)) < FEWEST:
        raise BadInput(f"quá ít tin thật có nhãn: {len(teach)} để học, {len(tune)} để hiệu chỉnh, {len(test)} để đo")
    return Parts(teach, tune, test)


def taught(
    body: Any, tokenizer: Any, vocabulary: int, found: Sequence[Example], tasks: Sequence[Task], recipe: Recipe
) -> tuple[Network, dict[str, Answer]]:
    """The trained network, and its answers before calibration. Texts are learned as they are and as typed without marks.

    The loss weighs mistakes, and a weight w adds log w to a label's logit: the lean takes that off the probabilities.
    """
    unknown = encoder_network.unknown(tokenizer)
    texts = [example.text for example in found]
    rows = [encoder.ids(tokenizer, text, vocabulary, unknown) for text in (*texts, *features.stripped(texts))]
    numbers = [{label: i for i, label in enumerate(task.labels)} for task in tasks]
    right = [[of.get(answer(e, task.name), UNANSWERED) for task, of in zip(tasks, numbers, strict=True)] for e in found]
    weights = [balance([row[i] for row in right], task) for i, task in enumerate(tasks)]
    network = Network(body, {task.name: task.labels for task in tasks})
    fit(network, rows, [*right, *right], weights, recipe)
    leans = [tuple((-np.log(of)).tolist()) for of in weights]
    return network, {t.name: Answer(t.labels, 1.0, lean, EVEN) for t, lean in zip(tasks, leans, strict=True)}


def balance(answers: Sequence[int], task: Task) -> list[float]:
    """A weight a label: the rarer, the heavier, as far as the task's `balance` goes (see `heads.Task`)."""
    counts = np.maximum(1, np.bincount([a for a in answers if a >= 0], minlength=len(task.labels)))
    weights: list[float] = ((counts.sum() / (len(counts) * counts)) ** task.balance).tolist()
    return weights


def exported(network: Network, tokenizer: Any, vocabulary: int, place: Path, tried: Sequence[Text]) -> dict[str, str]:
    """Writes network and tokenizer into `place`; file -> SHA-256. Raises BadInput where ONNX says something else than torch."""
    plain = place / "plain.onnx"
    encoder_network.export(network, plain, place / encoder.MODEL)
    if not encoder_network.drift(network, plain, tokenizer, vocabulary, tried) < CLOSE:
        raise BadInput("mạng xuất ra ONNX cho kết quả khác mạng đã huấn luyện; không ghi")
    plain.unlink()
    tokenizer.save(str(place / encoder.TOKENIZER), pretty=False)
    return {
        name: hashlib.sha256((place / name).read_bytes()).hexdigest() for name in (encoder.MODEL, encoder.TOKENIZER)
    }


def linear(found: Sequence[Example], groups: Sequence[int], parts: Parts, tasks: Sequence[Task]) -> dict[int, Said]:
    """Votes of linear heads made without the stories of `tune` and `test`, for the texts of both."""
    apart = {groups[i] for i in (*parts.tune, *parts.test)}
    seen = [i for i in range(len(found)) if groups[i] not in apart]
    shown = [found[i] for i in seen]
    vocabulary, made = training.fit(shown, training.read(shown), [groups[i] for i in seen])
    asked = [*parts.tune, *parts.test]
    x = vocabulary.matrix([found[i].text for i in asked])
    by_task: dict[str, list[Vote]] = {}
    for task in tasks:
        head = next(head for head in made if head.task.name == task.name)
        where = [task.labels.index(label) for label in head.task.labels]
        logits, lean = (
            np.full((len(asked), len(task.labels)), NEVER, np.float32),
            np.zeros(len(task.labels), np.float32),
        )
        logits[:, where], lean[where] = x @ head.weights + head.bias, head.lean
        by_task[task.name] = [Vote(task.labels, row, lean) for row in logits]
    return {i: {name: said[k] for name, said in by_task.items()} for k, i in enumerate(asked)}


# ---------------------------------------------------------------- how far it is to be believed


def opened(said: Manifest, place: Path) -> Encoder:
    return Encoder(said, (place / encoder.MODEL).read_bytes(), (place / encoder.TOKENIZER).read_bytes())


def calibrated(said: Manifest, place: Path, found: Sequence[Example], first: Sequence[Said], bound: float) -> Manifest:
    """The manifest with temperature and share of each task, from what the small network says of unseen texts.

    The lean stays what it is (see `taught`): a few hundred texts are too few to fit one number a label.
    """
    raw = [opened(said, place).votes(e.text) for e in found]
    answers: dict[str, Answer] = {}
    for task, a in said.answers.items():
        known = [i for i, e in enumerate(found) if answer(e, task) in a.labels]
        truth = [a.labels.index(answer(found[i], task)) for i in known]
        lean = np.array(a.lean, np.float32)
        bare = np.array([raw[i][task].logits - lean for i in known], np.float32).reshape(len(known), -1)
        scale = temperature(bare, lean, truth)
        second = [Vote(a.labels, row * np.float32(scale) + lean, lean) for row in bare]
        doubted = [k for k, i in enumerate(known) if votes.unsure(first[i][task], bound)]
        ours, theirs = [first[known[k]][task] for k in doubted], [second[k] for k in doubted]
        answers[task] = Answer(a.labels, scale, a.lean, share(ours, theirs, [truth[k] for k in doubted]))
    return Manifest("", said.sha256, said.length, said.vocabulary, said.unknown, answers)


def temperature(logits: NDArray[np.float32], lean: NDArray[np.float32], truth: Sequence[int]) -> float:
    """The factor (1/20 to 20) that makes the probabilities of logits * factor + lean true (least log-loss)."""

    def loss(power: float) -> float:
        chances = heads.squash(logits * np.float32(np.exp(power)) + lean, many=False)
        return log_loss(chances[np.arange(len(truth)), truth].tolist())

    return float(np.exp(minimize_scalar(loss, bounds=(-3, 3), method="bounded").x)) if truth else 1.0


def share(first: Sequence[Vote], second: Sequence[Vote], truth: Sequence[int]) -> float:
    """The share of the second reader with the least log-loss on texts the first is unsure of; even where these are few."""
    if len(truth) < ENOUGH:
        return EVEN
    pairs = list(zip(first, second, truth, strict=True))

    def loss(weight: float) -> float:
        return log_loss([votes.blend(a, b, weight).scores[a.labels[right]] for a, b, right in pairs])

    return min(SHARES, key=loss)


def log_loss(chances: Sequence[float]) -> float:
    """Of the probabilities given to what was right."""
    return float(-np.log(np.maximum(chances, 1e-9)).mean())


def figures(reader: Encoder, found: Sequence[Example], first: Sequence[Said], bound: float) -> dict[str, Any]:
    """Task -> the linear heads, the encoder alone, and both as they judge together, on the same unseen texts: macro-F1 with
    interval, share right, calibration error; and how many texts the encoder was asked about."""
    second = [reader.votes(e.text) for e in found]
    together = [votes.Second(reader, bound).again(e.text, said) for e, said in zip(found, first, strict=True)]
    measured: dict[str, Any] = {}
    for task, labels in reader.labels.items():
        known = [i for i, e in enumerate(found) if answer(e, task) in labels]
        truth = [answer(found[i], task) for i in known]
        ways = {"linear": first, "encoder": second, "together": together}
        measured[task] = {way: table(truth, [said[i][task] for i in known]) for way, said in ways.items() if known}
        doubted = sum(votes.unsure(first[i][task], bound) for i in known)
        measured[task] |= {"texts": len(known), "unsure": doubted, "share": reader.shares[task]}
    return measured


def table(truth: Sequence[str], said: Sequence[Vote]) -> dict[str, Any]:
    whole = evaluation.table([(right, vote.choice) for right, vote in zip(truth, said, strict=True)])
    believed = [vote.scores[vote.choice] for vote in said]
    error = evaluation.ece(believed, [right == vote.choice for right, vote in zip(truth, said, strict=True)])
    return {name: whole[name] for name in ("macro_f1", "macro_ci95", "accuracy")} | {"ece": error}


def write(place: Path, said: Manifest, about: Mapping[str, Any]) -> str:
    """Writes encoder.json; gives the version."""
    body = {"format": encoder.FORMAT, **asdict(said), "tasks": asdict(said)["answers"]}
    del body["answers"], body["version"]
    body = {"version": encoder.version(json.loads(json.dumps(body))), **body, "about": about}
    (place / encoder.MANIFEST).write_text(json.dumps(body, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return str(body["version"])
