"""Passwords and tokens, kept out of everything that is shown or stored."""

import re
from collections.abc import Mapping
from typing import Any

MASK = "***"

_NAMES = (
    r"pass(?:word|wd|phrase)|pwd|secret|token|api[_-]?key|access[_-]?key|account[_-]?key|private[_-]?key"
    r"|credentials?"
)
_SECRET_KEY = re.compile(rf"(?:{_NAMES})$", re.IGNORECASE)
_ASSIGNMENT = re.compile(
    rf"(?P<key>(?:{_NAMES})[\"']?\s*[=:]\s*)(?P<value>\"[^\"]*\"|'[^']*'|[^\s,;&\"'}}\])]+)",
    re.IGNORECASE,
)
_USER_INFO = re.compile(r"(?<=://)[^\s/\"'<>]+@")
_HEADER = re.compile(r"\b(?P<scheme>bearer|basic)\s+[\w.~+/=\-]{8,}", re.IGNORECASE)


def is_secret(key: str) -> bool:
    """Whether a value under this key is a secret by its name: ``db.password``, ``HF_TOKEN``, ``apiKey``."""
    return _SECRET_KEY.search(key) is not None


def mask(text: str) -> str:
    """``text`` without the user part of URIs, ``password=...`` and the like, and authorization headers."""
    text = _USER_INFO.sub(f"{MASK}@", text)
    text = _HEADER.sub(rf"\g<scheme> {MASK}", text)
    return _ASSIGNMENT.sub(rf"\g<key>{MASK}", text)


def redact(value: Any) -> Any:
    """A JSON-like value with every secret replaced by ``***``, whatever its depth."""
    if isinstance(value, Mapping):
        return {
            key: MASK if is_secret(str(key)) and item not in (None, True, False) else redact(item)
            for key, item in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [redact(item) for item in value]
    return mask(value) if isinstance(value, str) else value
