"""optuna-dashboard shows a search's storage, as docs/multirun.md says."""

import json
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from optuna.pruners import NopPruner
from optuna.trial import create_trial

from groklab.search.storage import JOURNAL, name_values, open_storage, open_study
from tests.tracking.servers import free_port, wait_for

PROGRAM = shutil.which("optuna-dashboard", path=str(Path(sys.executable).parent))


@pytest.mark.skipif(PROGRAM is None, reason="optuna-dashboard is not installed")
def test_the_journal_is_shown_with_the_name_of_what_was_measured(tmp_path):
    study = open_study(open_storage(None, tmp_path), "digits_mlp-0123abcd", ["minimize"], NopPruner())
    name_values(study, ["val/loss"])
    study.add_trial(create_trial(value=0.25))
    port = free_port()
    command = [PROGRAM, str(tmp_path / JOURNAL), "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(f"http://127.0.0.1:{port}/api/studies", server)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/studies/0?after=0") as answer:
            shown = json.load(answer)
    finally:
        server.terminate()
        server.wait()
    assert shown["name"] == "digits_mlp-0123abcd"
    assert shown["objective_names"] == ["val/loss"]
    assert [trial["values"] for trial in shown["trials"]] == [[0.25]]
