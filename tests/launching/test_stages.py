import pytest

from groklab.launching.stages import stage_graph
from tests.programs import ROOT


@pytest.mark.parametrize(("folder", "name"), [(ROOT, "digits_mlp"), (ROOT / "reference", "mnist_lenet5")])
def test_the_graph_holds_the_stages_of_the_working_folder_alone(monkeypatch, folder, name):
    monkeypatch.chdir(folder)
    graph = stage_graph()
    assert graph["resolve"] == set()
    assert graph[f"evaluate@{name}"] >= {f"train@{name}"}
    assert f"evaluate@{name}" in graph["report"]
    known = set(graph)
    assert all(needs <= known for needs in graph.values())
    assert (f"train@{name}" in known) and not any("reference" in stage or ":" in stage for stage in known)
