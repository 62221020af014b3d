"""What the checker of settings says about a wrong value, in Vietnamese."""

from __future__ import annotations

import re

WORDS = {
    r"Input should be a valid integer.*": "phải là số nguyên",
    r"Input should be a valid number.*": "phải là số",
    r"Input should be a valid boolean.*": "phải là true hoặc false",
    r"Input should be a valid string.*": "phải là chuỗi trong dấu nháy",
    r"Input should be a valid (?:list|tuple).*": "phải là danh sách trong dấu ngoặc vuông",
    r"Input (?:should be|is not) a valid path.*": "phải là đường dẫn",
    r"Input should be a valid dictionary.*": "phải là một mục [tên] với các thiết lập bên trong",
    r"Input should be greater than or equal to (.*)": r"phải từ \1 trở lên",
    r"Input should be greater than (.*)": r"phải lớn hơn \1",
    r"Input should be less than or equal to (.*)": r"không được quá \1",
    r"String should match pattern '(.*)'": r"phải khớp mẫu \1",
    r"String should have at most (\d+).*": r"không quá \1 ký tự",
    r"Value error, (.*)": r"\1",
}
"""what the checker says -> the same in Vietnamese"""


def in_words(said: str) -> str:
    """A complaint about a value, in Vietnamese where it is a known one."""
    for pattern, text in WORDS.items():
        if found := re.fullmatch(pattern, said):
            return found.expand(text)
    return said
