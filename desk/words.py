"""The machine's words as people read them."""

from __future__ import annotations

import knowledge
from records import PROBLEMS, TROUBLES

RELEVANCE = {0: "không liên quan", 1: "có liên quan", 2: "nội dung chính"}
SENTIMENT = {"negative": "tiêu cực", "neutral": "trung tính", "positive": "tích cực"}
TARGET = {
    "none": "không nhắm vào ai",
    "agency_policy": "chính sách, cơ quan",
    "hospital": "cơ sở khám chữa bệnh",
    "employer": "đơn vị sử dụng lao động",
    "fraudster": "đối tượng lừa đảo",
    "private_insurer": "doanh nghiệp bảo hiểm",
    "other": "đối tượng khác",
}
WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")
FEEDBACK = {
    "none": "không có",
    "question": "câu hỏi",
    "complaint": "phản ánh, khiếu nại",
    "petition": "kiến nghị",
    "denunciation": "tố cáo",
    "lawsuit": "khởi kiện",
    "suggestion": "góp ý",
    "praise": "khen",
}
MODE = {"commits": "khả năng vi phạm", "reports": "tin kể về hành vi", "refutes": "tin bác bỏ, đính chính"}
KIND = {
    "press": "báo chí",
    "official": "cơ quan nhà nước",
    "post": "mạng xã hội, diễn đàn",
    "report": "báo cáo của tỉnh",
}
DECISION = {"urgent": "báo ngay", "daily": "bản tin ngày", "weekly": "chỉ tính vào số liệu", "none": "không báo"}
CASE = {
    "new": "chờ xác minh",
    "acknowledged": "đang xác minh",
    "confirmed": "đã xác nhận",
    "dismissed": "đã loại",
    "routed": "đã chuyển đơn vị",
    "answered": "đã trả lời",
    "closed": "đã đóng",
}
PRESS = {
    "request": "Báo chí đề nghị cung cấp thông tin, phỏng vấn",
    "forwarded": "Báo chí chuyển ý kiến, phê bình",
    "petition": "Công dân kiến nghị về thông tin sai",
    "reply": "Văn bản phản hồi gửi báo chí",
    "correction": "Yêu cầu báo in, phát thanh, truyền hình cải chính",
    "correction_online": "Yêu cầu báo điện tử cải chính",
    "briefing": "Giao ban, chủ động cung cấp thông tin",
    "conference": "Họp báo",
    "statement": "Phát ngôn",
}
"""lines of the press register"""
DRAFT = {
    "bao-cao-nhanh": "Báo cáo nhanh gửi lãnh đạo (một trang)",
    "tra-loi": "Văn bản trả lời, phản hồi báo chí",
    "cai-chinh": "Văn bản đề nghị cải chính",
}
"""drafts made from a case"""
MAIL = {
    "urgent": "khẩn",
    "daily": "bản tin ngày",
    "weekly": "báo cáo tuần",
    "escalation": "chuyển tiếp",
    "alarm": "cảnh báo",
    "search": "tìm kiếm đã lưu",
    "followup": "diễn biến mới",
    "bundle": "gộp theo giờ",
}
MAIL_STATE = {
    "queued": "chờ gửi",
    "sending": "đang gửi",
    "sent": "đã gửi",
    "dead": "không gửi được",
    "held": "chờ gộp",
    "bundled": "đã gộp",
}
SHIFT = {"duty": "ca trực", "leave": "nghỉ"}
SCOPE = {
    "story": "câu chuyện",
    "outlet": "nguồn",
    "topic": "chủ đề",
    "clause": "hành vi",
    "province": "tỉnh, thành phố",
}
VERDICT = {"supported": "khớp quy định", "contradicted": "trái quy định", "unchecked": "không kiểm chứng được"}
ROLE = {
    "viewer": "người xem",
    "analyst": "phân tích",
    "duty_officer": "trực ban",
    "province": "BHXH tỉnh",
    "unit": "đơn vị",
    "leader": "lãnh đạo",
    "admin": "quản trị",
}
DONE = {
    "impact_confirmed_at": "xác định có tác động",
    "first_statement_at": "đã phát ngôn lần đầu",
    "indicators": "xem dấu hiệu lừa đảo",
    "evidence": "mở chứng cứ",
    "erase": "xóa theo yêu cầu",
    "forget": "xóa hết thời hạn lưu",
}
"""what the store's own lines of the log say"""
FIELD = {
    "name": "tên", "password": "mật khẩu", "email": "thư", "roles": "vai trò", "role": "vai trò",
    "province": "tỉnh, thành phố", "unit": "đơn vị", "days": "số ngày", "address": "địa chỉ thư", "kind": "loại", "note": "ghi chú",
    "title": "tiêu đề", "text": "nội dung", "url": "địa chỉ", "seen": "đã thấy gì", "files": "tệp", "file": "tệp", "reason": "lý do",
    "status": "quyết định", "task": "loại nhãn", "new": "nhãn", "trang": "số trang", "tu": "từ ngày", "den": "đến ngày",
    "number": "số", "answer": "câu trả lời", "recipient": "người nhận", "token": "dấu của biểu mẫu",
    "login": "tên đăng nhập", "start": "giờ bắt đầu", "end": "giờ kết thúc", "substitute": "người trực thay", "scope": "phạm vi",
    "value": "giá trị", "batch": "lần ghi", "short": "tin", "copies": "bản gần trùng", "quiet_from": "yên lặng từ", "quiet_to": "yên lặng đến",
}  # fmt: skip
"""the fields of forms and addresses, as an error names them"""
PROBLEM = PROBLEMS
TROUBLE = TROUBLES
TASKS = {
    "relevance": ("Mức liên quan", {str(value): text for value, text in RELEVANCE.items()}),
    "sentiment": ("Sắc thái", SENTIMENT),
    "target": ("Đối tượng bị phê phán", TARGET),
    "feedback": ("Phản ánh", FEEDBACK),
}
"""tasks an analyst relabels by one choice: task -> (name, value -> words)"""
TASK = {
    **{task: name for task, (name, _) in TASKS.items()},
    "topics": "Chủ đề",
    "topic": "Chủ đề",
    "provinces": "Tỉnh, thành phố",
    "acts": "Hành vi",
    "act": "Hành vi",
}
"""every task -> its name"""
GAPS = {
    "body": "thiếu nội dung",
    "date": "không rõ ngày đăng",
    "future_date": "ngày đăng ở tương lai, lấy giờ thu thập",
    "deleted": "nguồn đã xóa bài, chữ đã bỏ",
    "old_date": "ngày đăng quá xa, cần xem lại",
    "charset": "bảng mã sai, đã đoán",
}


def offices(known: knowledge.Knowledge) -> dict[str, str]:
    """Who a case can be handed to: province or id of a unit -> name, in the order of the forms."""
    places = {province.name: province.office for province in known.provinces}
    return places | {unit.id: unit.name for unit in known.units if unit.kind == "central"}


def topic(known: knowledge.Knowledge, name: str) -> str:
    if name == "khac":
        return "khác"
    try:
        return known.topic(name).name
    except KeyError:
        return name


def period(name: str) -> str:
    """ "2026-W36" -> "tuần 36/2026"; "2026-09" -> "tháng 9/2026"; "2026-Q3" -> "quý 3/2026"; "2026" -> "năm 2026"."""
    year, _, rest = name.partition("-")
    if not rest:
        return f"năm {year}"
    kind = {"W": "tuần", "Q": "quý"}.get(rest[0], "tháng")
    return f"{kind} {rest.lstrip('WQ0')}/{year}"
