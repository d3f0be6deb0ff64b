"""Docstrings as Markdown: roles and links of Sphinx are plain names, sources are paragraphs."""

import re
from typing import Any

from griffe import Extension, Object

_ROLE = re.compile(r":\w+:(?=`)")
_LINK = re.compile(r"`([^`<]+?) *<[^>`]+>`_+")
_SOURCE = re.compile(r"^(?P<indent> *)(?P<title>Sources?): ", re.MULTILINE)


def plain(text: str) -> str:
    """``text`` without roles and addresses, its sources as paragraphs."""
    return _SOURCE.sub(r"\g<indent>**\g<title>**: ", _LINK.sub(r"\1", _ROLE.sub("", text)))


class PlainDocstrings(Extension):
    """Applies it to every docstring that mkdocstrings reads."""

    def on_instance(self, *, obj: Object, **_: Any) -> None:
        """Called for each object that was found."""
        if obj.docstring:
            obj.docstring.value = plain(obj.docstring.value)
