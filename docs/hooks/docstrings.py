"""Docstrings as Markdown: Sphinx's roles are plain names, and a source is a paragraph, which Griffe takes for a box."""

import re
from typing import Any

from griffe import Extension, Object

_ROLE = re.compile(r":(?:mod|class|func|meth|attr):(?=`)")
_SOURCE = re.compile(r"^(?P<indent> *)(?P<title>Sources?): ", re.MULTILINE)


def plain(text: str) -> str:
    """``text`` without roles, its sources as paragraphs."""
    return _SOURCE.sub(r"\g<indent>**\g<title>**: ", _ROLE.sub("", text))


class PlainDocstrings(Extension):
    """Applies it to every docstring that mkdocstrings reads."""

    def on_instance(self, *, obj: Object, **_: Any) -> None:
        """Called for each object that was found."""
        if obj.docstring:
            obj.docstring.value = plain(obj.docstring.value)
