"""Outputs and targets whose shapes would broadcast (row 45): refused at the first batch, before any step."""

import os

import pytest
import torch
from torch import nn

from groklab.errors import UserError
from groklab.tasks.supervised import Supervised
from groklab.training.fit import Fit
from tests.programs import finish, run_folder, status, train

NETWORK = """
from torch import nn

class Flat(nn.Module):
    '''One number an example, as [batch] and not as [batch, 1].'''

    def __init__(self, *, num_inputs: int) -> None:
        super().__init__()
        self.affine = nn.Linear(num_inputs, 1)

    def forward(self, x):
        return self.affine(x)[:, 0]
"""
ARCHITECTURE = """
_target_: mine.Flat
num_inputs: ${data.num_features}
"""


def test_a_network_of_the_users_own_that_drops_an_axis(tmp_path):
    (tmp_path / "mine.py").write_text(NETWORK)
    (tmp_path / "conf" / "architecture").mkdir(parents=True)
    (tmp_path / "conf" / "architecture" / "flat.yaml").write_text(ARCHITECTURE)
    environment = {**os.environ, "GROKLAB_ALLOW": "mine", "PYTHONPATH": str(tmp_path)}
    words = ("data=diabetes", "task=regression", "loss=mse", "architecture=flat", "tracking=none")
    search = f"hydra.searchpath=[file://{tmp_path}/conf]"
    code, out, err = finish(train(tmp_path, *words, search, env=environment))
    assert (code, out) == (1, ""), err
    assert "Traceback" not in err
    line = err.splitlines()[-1]
    assert "outputs of shape [32] for targets of shape [32, 1]" in line
    run = run_folder(tmp_path)
    assert (status(run)["status"], status(run)["error"]) == ("FAILED", line)
    assert (run / "log.jsonl").read_text() == ""


class Shaped(nn.Module):
    """An affine map to outputs of any shape."""

    def __init__(self, shape):
        super().__init__()
        self.shape = shape
        self.affine = nn.Linear(3, shape.numel())

    def forward(self, x):
        return self.affine(x).reshape(len(x), *self.shape)


@pytest.mark.parametrize(
    ("kind", "loss", "outputs", "targets"),
    [
        ("regression", nn.MSELoss(), [], [1]),
        ("regression", nn.MSELoss(), [1], []),
        ("regression", nn.MSELoss(), [1], [2]),
        ("regression", nn.MSELoss(), [2, 1], [2]),
        ("classification", nn.CrossEntropyLoss(), [2, 1], []),
        ("classification", nn.CrossEntropyLoss(), [2], [2]),
        ("language", nn.CrossEntropyLoss(), [5, 2], []),
    ],
)
def test_shapes_that_do_not_belong_together_are_refused_before_a_step(tmp_path, kind, loss, outputs, targets):
    network = Shaped(torch.Size(outputs))
    before = network.affine.weight.clone()
    task = Supervised(network, loss, kind=kind, num_outputs=2)
    x, y = torch.randn(40, 3), torch.ones(40, *targets)
    data = (x, y if kind == "regression" else y.long())
    with pytest.raises(UserError, match=r"outputs of shape .* for targets of shape"):
        Fit(max_epochs=1, batch_size=8, accelerator="cpu").fit(task, data, data, folder=tmp_path)
    assert torch.equal(network.affine.weight, before)
    assert not (tmp_path / "checkpoints").exists()
