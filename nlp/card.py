"""The figures of an evaluation as text for people (Vietnamese), and the model card made from them. Renders, computes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vietnamese import number_text

TASKS = {
    "relevance": "Liên quan (0, 1, 2)",
    "relevant": "Có liên quan hay không",
    "sentiment": "Sắc thái",
    "target": "Đối tượng bị chê trách",
    "topic": "Chủ đề chính",
    "feedback": "Phản ánh, kiến nghị",
}
RATES = {
    "precision": "Trong các tin bị gắn cờ, số đúng",
    "recall": "Trong các tin có hành vi, số được gắn cờ",
    "mode_right": "Hành vi tìm đúng điều khoản: đúng vai (thực hiện, đưa tin, bác bỏ)",
    "false_flags": "Tin không có hành vi nào mà bị gắn cờ",
}
ORIGIN = """\
Nhãn do mô hình ngôn ngữ gán khi đọc từng tin, không phải do người: hai lượt độc lập trên 385 tin khớp nhau với kappa 0,98 (liên quan),
0,96 (sắc thái), 0,95 (đối tượng), chủ đề chính 90 %. Đó là mức trần, không phải mức đồng thuận giữa người với người.
Ngữ liệu trong nlp/corpus là bài viết soạn để huấn luyện, có đánh dấu, không dùng để đo.
Nhãn để riêng (nlp/labels, apart) do một mô hình ngôn ngữ đọc từng đoạn báo thật một lượt; chỉ để huấn luyện, không dùng để đo.
Nhãn gần lĩnh vực (nlp/labels/near, near): tin báo thật về dịch vụ công khác, cũng do mô hình ngôn ngữ đọc, chỉ dạy sắc thái, đối tượng, phản ánh.
Bình luận không liên quan lấy từ ViHOS (giấy phép MIT, phusroyal/ViHOS; một phần của ViHSD, bộ chỉ dành cho nghiên cứu).
UIT-VSFC chỉ dùng để đo phương pháp, không có trong trọng số.
Câu trả lời của máy là gợi ý; cờ là "khả năng vi phạm, cần người xác minh"."""


def percent(value: float | None) -> str:
    return "-" if value is None else f"{number_text(round(100 * value, 1))} %"


def text(figures: Mapping[str, Any]) -> str:
    """The whole evaluation, readable in a terminal."""
    parts = [table(name, figures[name]) for name in TASKS if name in figures]
    parts += [flags(figures["acts"]), others(figures)]
    if figures.get("worst"):
        parts.append("Những lỗi nặng nhất\n" + "\n".join(_error(error) for error in figures["worst"]))
    return "\n\n".join(parts) + "\n"


def table(name: str, figures: Mapping[str, Any]) -> str:
    """One task: a line a label, then macro-F1, accuracy and the confusions."""
    lines = [TASKS[name], f"  {'nhãn':24} {'đúng/gán':>9} {'tìm được':>9} {'F1':>8}  {'khoảng 95 %':18} {'số tin':>6}"]
    for label, row in figures.items():
        if isinstance(row, Mapping) and "f1" in row:
            rates = " ".join(f"{percent(row[key]):>9}" for key in ("precision", "recall", "f1"))
            lines.append(f"  {label:24} {rates}  {_between(row['ci95']):18} {row['support']:6}")
    lines.append(f"  macro-F1 {percent(figures['macro_f1'])} ({_between(figures['macro_ci95'])})")
    lines.append(f"  đúng {percent(figures['accuracy'])} ({_between(figures['accuracy_ci95'])})")
    for true, said in figures["confusion"].items():
        wrong = ", ".join(f"{label} {count}" for label, count in said.items() if label != true)
        if wrong:
            lines.append(f"  {true} bị đọc thành: {wrong}")
    return "\n".join(lines)


def flags(figures: Mapping[str, Any]) -> str:
    lines = ["Hành vi có khả năng bị cấm"]
    for key, words in RATES.items():
        row = figures[key]
        lines.append(f"  {words}: {percent(row['rate'])} ({row['part']}/{row['of']}; {_between(row['ci95'])})")
    return "\n".join(lines)


def others(figures: Mapping[str, Any]) -> str:
    calibration = figures["calibration"]
    chance = calibration["by_chance"]
    lines = [
        "Khác",
        f"  sai số hiệu chuẩn (ECE): liên quan {percent(calibration['relevant'])} (riêng ngẫu nhiên với chừng ấy bài: "
        f"{percent(chance['relevant'])}), sắc thái {percent(calibration['sentiment'])} (ngẫu nhiên: {percent(chance['sentiment'])})",
        f"  mọi chủ đề: micro-F1 {percent(figures['topics']['micro_f1'])}",
    ]
    for name, row in figures.get("unaccented", {}).items():
        lines.append(
            f"  gõ không dấu, {TASKS[name].lower()}: {percent(row['with'])} còn {percent(row['without'])} "
            f"(mất {percent(row['lost'])})"
        )
    return "\n".join(lines)


def _between(interval: list[float] | None) -> str:
    return "-" if interval is None else f"{percent(interval[0])} đến {percent(interval[1])}"


def _error(error: Mapping[str, str]) -> str:
    return f"  [{error['task']}] đúng: {error['true']}, máy: {error['said']} ({error['id']})\n    {error['text']}"


def card(version: str, about: Mapping[str, Any], groups: Mapping[str, Mapping[str, Any]]) -> str:
    """The model card. `groups`: title -> figures (cross-validation by story), without the texts of errors."""
    made = ", ".join(f"{name} {count}" for name, count in about["examples"].items())
    parts = [f"# Thẻ mô hình {version}", ORIGIN, f"Huấn luyện từ: {made}."]
    for title, figures in groups.items():
        shown = {key: value for key, value in figures.items() if key != "worst"}
        parts.append(f"## {title}\n\n```\n{text(shown)}```")
    return "\n\n".join(parts) + "\n"
