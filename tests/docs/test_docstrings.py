"""Docstrings as Markdown."""

import api_reference
from docstrings import plain

from tests.programs import ROOT


def test_roles_become_names_and_a_source_a_paragraph():
    text = "See :mod:`groklab.kinds`.\n\n    Source: Adams (1979).\n"
    assert plain(text) == "See `groklab.kinds`.\n\n    **Source**: Adams (1979).\n"


def test_a_link_is_its_text():
    assert plain("as in `Deep Networks <https://example.org/a_b>`__, :math:`0.5`") == "as in Deep Networks, `0.5`"


def test_other_text_is_left_as_it_is():
    text = "Args:\n    a: The Source: of it.\n"
    assert plain(text) == text


def test_every_architecture_and_regularizer_has_its_entry():
    pages = api_reference.pages(ROOT / "src")
    for package in ("architectures", "regularizers"):
        for path in (ROOT / "src/groklab" / package).glob("*.py"):
            if "\nclass " in path.read_text():
                assert f"::: groklab.{package}.{path.stem}\n" in pages[f"reference/{package}.md"]
