"""The commands that the pages name are configs that can be trained."""

import re
import shlex

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser

from groklab.config.check import check
from groklab.config.composition import compose_config
from tests.programs import ROOT

_COMMAND = re.compile(r"^(?:\$ )?python pipelines/train\.py (.+)$", re.MULTILINE)
_ELSEWHERE = ("data.path", "data.name", "hydra/", "hydra.", "searches=", "search=", "claim=", "seeds=", "preview=")


def commands(page):
    text = (ROOT / "docs" / page).read_text().replace("\\\n", " ")
    words = [[word for word in shlex.split(found) if word != "-m"] for found in _COMMAND.findall(text)]
    return [command for command in words if command and not any(word.startswith("data.path") for word in command)]


def configs(command):
    """The command with each value of each word that has several, the others at their first one."""
    kept = [word for word in command if not word.startswith(_ELSEWHERE)]
    parsed = OverridesParser.create().parse_overrides(kept)
    values = [
        [f"{item.get_key_element()}={value}" for value in item.sweep_string_iterator()]
        if item.is_sweep_override()
        else [word]
        for item, word in zip(parsed, kept, strict=True)
    ]
    first = [several[0] for several in values]
    return [[*first[:at], word, *first[at + 1 :]] for at, several in enumerate(values) for word in several] or [[]]


@pytest.mark.parametrize("command", [*commands("primer.md"), *commands("gpu.md")], ids=" ".join)
def test_every_command_composes(command, monkeypatch):
    monkeypatch.chdir(ROOT)
    for words in configs(command):
        check(*compose_config(ROOT / "conf", words))
