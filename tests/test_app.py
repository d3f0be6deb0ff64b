"""What the programs say of themselves."""

import subprocess
import sys

import pytest

from tests.programs import ROOT

CONF = ROOT / "conf"


@pytest.fixture(scope="module")
def help_run():
    """``train.py --help``, with Python's own record of what it imports on standard error."""
    command = [sys.executable, "-X", "importtime", str(ROOT / "pipelines" / "train.py"), "--help"]
    return subprocess.run(command, capture_output=True, text=True, check=True)


def offered(text):
    """Each ``group=choice`` that the help offers."""
    lines = [line.strip() for line in text.partition("Choices ")[2].partition("\n\n")[0].splitlines()[1:]]
    for heading, names in (line.split(": ") for line in lines):
        prefix = heading.removesuffix("...") if "=" in heading else f"{heading}="
        yield from (prefix + name for name in names.split(", "))


def test_help_offers_every_choice_of_conf_as_it_is_given_on_the_command_line(help_run):
    files = [path.relative_to(CONF).with_suffix("") for path in CONF.glob("*/**/*.yaml")]
    assert sorted(offered(help_run.stdout)) == sorted(f"{p.parts[0]}={'/'.join(p.parts[1:])}" for p in files)


def test_help_waits_for_no_large_import(help_run):
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in help_run.stderr.splitlines()}
    assert not imported & {"torch", "pytorch_lightning", "numpy", "mlflow"}
