"""Learning from the desk: people's answers make a candidate out of the trained weights; it is measured beside the model in
force, and judges only where nothing is lost. Either way the reason is said and kept, and every model can be taken back.

Each learning begins at the trained weights and takes all answers in force: an answer taken back is unlearned, and nothing
is carried from candidate to candidate.
"""

from __future__ import annotations

import functools
import hashlib
import shutil
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import time
from importlib.metadata import version as release
from pathlib import Path
from typing import Any

import alerts.mail
import nlp
import store
import vietnamese
from nlp import beliefs, evaluation, examples, promotion, relearning, weights
from nlp.examples import Example
from nlp.promotion import Answered, Verdict
from nlp.weights import Model
from pipeline import candidates, lessons, people, shelf
from pipeline.doors import Rooms
from pipeline.lessons import Lessons
from records import BadInput

JOB = "retrain"
NIGHT = "tự động"
"""who asked, where nobody did"""
KEPT = 10
"""models beside those in force whose files are kept: so many can be put in force again"""
STATES: dict[str, store.models.State] = {"promote": "in force", "wait": "candidate", "aside": "aside"}
ERRORS = ("relevance", "sentiment", "target", "feedback")
Tell = Callable[[str], None]


def nightly(rooms: Rooms) -> str:
    """A job: learns once a day, from its hour on, where there is anything new; gives what came of it."""
    at, now = rooms.settings.judging.retrain_at, rooms.clock().astimezone(vietnamese.HO_CHI_MINH)
    if not at or now.time() < time.fromisoformat(at):
        return ""
    last = rooms.store.runs.last(JOB)
    if last and last.started_at.astimezone(vietnamese.HO_CHI_MINH).date() >= now.date():
        return ""
    return retrain(rooms, NIGHT, said_before=last.note if last else "")


def retrain(rooms: Rooms, by: str, tell: Tell = lambda _: None, said_before: str = "") -> str:
    """What was learnt and what became of it, in Vietnamese. `tell`: hears how far it is. `said_before`: the note of the last
    run; where the same would be learnt again, nothing is. Raises BadInput where there is nothing to learn from."""
    with rooms.store.leases.hold("train") as held:
        if not held:
            raise BadInput("một tiến trình khác đang huấn luyện; hãy đợi nó xong")
        run = rooms.store.runs.start(JOB, rooms.clock())
        note, good = "", False
        try:
            note = learn(rooms, by, tell, said_before)
            good = True
        except BadInput as error:
            note = str(error)
            if by != NIGHT:
                raise
        finally:
            rooms.store.runs.end(run, rooms.clock(), good, note)
        return note


def learn(rooms: Rooms, by: str, tell: Tell, said_before: str = "") -> str:
    tell("đang gom nhãn")
    found, trained, mark = lessons.gather(rooms), shelf.base(rooms.settings), code()
    if not found.taught:
        raise BadInput("chưa có nhãn nào để học; nhãn của mẫu ngẫu nhiên chỉ dùng để đo")
    base = weights.load(trained.directory)
    data = found.digest(base.version, mark)
    sign = f"[{data[:12]}]"
    if sign in said_before or rooms.store.models.made_of(data):
        return f"không có nhãn mới từ lần học trước {sign}"
    tell(f"đang học từ {len(found.taught)} tin")
    model, changed = relearning.relearn(base, found.taught, written())
    if not changed:
        return f"{len(found.taught)} tin đã gán nhãn chưa làm mô hình trả lời tốt hơn; giữ mô hình cũ {sign}"
    with shelf.bench(rooms.settings) as made:
        shutil.copy((trained.directory or weights.SHIPPED) / beliefs.NAME, made)
        tell("đang đo trên mẫu ngẫu nhiên và bộ thử thách")
        version, verdict, told = tried(rooms, found, model, changed, made, base.version)
        now, state = rooms.clock(), STATES[verdict.state]
        row = store.Model(
            version, base.version, data, mark, weights.digest_of(made), by, now, told, state, verdict.reason, by, now
        )
        if not decided(rooms, row):
            shelf.put(rooms.settings, made, row.version)
            rooms.store.models.add(row)
            shelf.clear(
                rooms.settings, [one.version for one in (*rooms.store.models.pile(), *rooms.store.models.list(KEPT))]
            )
    return f"{summary(row)} {sign}"


def tried(
    rooms: Rooms, found: Lessons, model: Model, changed: dict[str, int], made: Path, base: str
) -> tuple[str, Verdict, dict[str, Any]]:
    """Saves what was learnt in `made` and measures it; where it loses something, only what of it loses nothing. Gives the
    version, the verdict and what is kept of it."""
    scales = candidates.Scales(rooms, found, made)
    version = candidates.save(model, made, about := {"base": base, "taught": changed})
    verdict, sample = scales.weigh()
    if verdict.state == "aside":
        part, taken, left = scales.harmless(model, changed)
        if taken:
            version = candidates.save(part, made, about := {"base": base, "taught": taken, "left": left})
            verdict, sample = scales.weigh()
    told = about | {"items": len(found.taught), "sample": len(sample), "figures": verdict.told()}
    return version, verdict, told | ({"errors": errors(sample)} if len(sample) >= promotion.ENOUGH else {})


def decided(rooms: Rooms, row: store.Model) -> bool:
    """Whether the same weights were learnt before and were or are in force: measuring them again changes nothing."""
    known = rooms.store.models.get(row.version)
    return known is not None and known.state in ("in force", "rolled back")


def errors(sample: Sequence[Answered]) -> dict[str, dict[str, dict[str, int]]]:
    """Task -> truth -> answer -> items of the random sample, each counted as what it stands for and all together as many as
    there are: the reports correct their shares by it."""
    found: dict[str, dict[str, dict[str, int]]] = {}
    for question in (one for one in evaluation.QUESTIONS if one.name in ERRORS):
        asked = [one for one in sample if question.asked(one.example)]
        share = len(asked) / sum(one.stands for one in asked) if asked else 0
        counts: dict[tuple[str, str], float] = defaultdict(float)
        for one in asked:
            counts[question.truth(one.example), question.answer(one.after)] += share * one.stands
        for (truth, said), count in sorted(counts.items()):
            if said != "-":
                found.setdefault(question.name, {}).setdefault(truth, {})[said] = round(count)
    return found


def written() -> list[Example]:
    """The written corpus, which is gone through again beside people's answers."""
    return [example for file in sorted(examples.CORPUS.glob("*.jsonl")) for example in examples.read(file, "corpus")]


@functools.cache
def code() -> str:
    """Version of the product and hash of the code and the written texts that teach."""
    files = sorted(file for file in Path(nlp.__file__).parent.rglob("*") if file.suffix in (".py", ".toml", ".jsonl"))
    whole = hashlib.sha256()
    for file in files:
        whole.update(file.name.encode() + b"\0" + file.read_bytes())
    return f"{release('langnghe')}+{whole.hexdigest()[:12]}"


def summary(row: store.Model) -> str:
    """What came of a learning, in a sentence."""
    said = []
    for figure in row.measured["figures"]:
        if figure["where"] == "sample" and figure["what"] in promotion.TASKS:
            before, after = (
                vietnamese.number_text(round(100 * figure["change"][side], 1)) for side in ("before", "after")
            )
            said.append(f"{promotion.NAMES[figure['what']]} {before} → {after}")
    outcome = {
        "in force": f"từ nay dùng mô hình {row.version}",
        "candidate": f"mô hình {row.version} chờ quản trị quyết định",
        "aside": f"không dùng mô hình {row.version}",
    }[row.state]
    figures = f"; macro-F1 trên {row.measured['sample']} tin mẫu ngẫu nhiên: {', '.join(said)}" if said else ""
    stay = ", ".join(promotion.NAMES.get(task, task) for task in row.measured.get("left", ()))
    kept = f"; giữ như cũ: {stay}" if stay else ""
    return f"Học từ {row.measured['items']} tin{figures}; {outcome}: {row.reason}{kept}."


def warn(rooms: Rooms) -> None:
    """Tells the operators, once, of a model in force that cannot be used; the one below it judges meanwhile."""
    _, faults = shelf.chosen(rooms.settings, rooms.store.models.pile())
    for model, why in faults:
        rooms.store.runs.note_problem("judge", model.version, f"không dùng mô hình đã học: {why}", rooms.clock())
        text = (
            f"Mô hình {model.version} không được nạp: {why}. Mô hình trước đó đang đánh giá thay. "
            "Hãy kiểm tra ai đã đổi tệp trên máy chủ, rồi quay lại hoặc huấn luyện lại ở trang Máy đã học gì."
        )
        to = people.recipients(rooms.store, "admin", rooms.settings.mail.alarm_to, "alarm")
        subject = "[Lắng Nghe] Cảnh báo vận hành: mô hình không được nạp"
        rooms.store.outbox.add(
            alerts.mail.alarms(subject, text, to, ("model", model.version, why), rooms.domain, rooms.clock())
        )
