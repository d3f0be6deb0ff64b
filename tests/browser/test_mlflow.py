"""The MLflow UI in a real browser shows a run that the program made: its curves, pictures and model."""

import contextlib
import os
import signal
import subprocess
import sys

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from tests.programs import ROOT, result, status
from tests.tracking.servers import free_port, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return result(tmp_path_factory.mktemp("ui"), "experiment=digits_linear", "trainer.max_epochs=4")


@pytest.fixture(scope="module")
def experiment(run):
    """Address of the experiment's pages, and of the run's."""
    with served(run.parents[1]) as (pages, (tracked,)):
        yield pages, f"{pages}/runs/{tracked.info.run_id}"


@contextlib.contextmanager
def served(folder):
    """Address of the experiment's pages while MLflow's server runs in ``folder``, and the runs in it."""
    import mlflow

    port = free_port()
    client = mlflow.MlflowClient(f"sqlite:///{folder}/mlflow.db")
    number = client.get_experiment_by_name("groklab").experiment_id
    command = [sys.executable, str(ROOT / "pipelines" / "ui.py"), "--port", str(port)]
    environment = {**os.environ, "MLFLOW_DISABLE_TELEMETRY": "true"}
    with open(folder / "ui.log", "wb") as log:
        server = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log, start_new_session=True)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(address + "/health", server)
        yield f"{address}/#/experiments/{number}", client.search_runs([number])
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def shown(browser, address, *words):
    """Open the page and wait until it shows each of ``words``."""
    browser.get("about:blank")
    browser.get(address)

    def missing():
        text = browser.find_element(By.TAG_NAME, "body").text
        return [word for word in words if word not in text]

    try:
        WebDriverWait(browser, 60, ignored_exceptions=[Exception]).until(lambda _: not missing())
    except Exception as error:
        raise AssertionError(f"{address} does not show {missing()}") from error


def test_the_run_is_in_the_list_with_its_data_and_model(browser, experiment, run):
    pages, _ = experiment
    name = f"digits_linear-{run.name[:6]}"
    shown(browser, f"{pages}/runs?workflowType=machine_learning", name, "digits (", "1 matching run")


def test_curves_have_a_point_for_each_epoch(browser, experiment):
    _, page = experiment
    shown(browser, f"{page}/model-metrics", "train", "val", "test")
    for section in ("train", "val"):  # a chart is drawn when it comes into view, and taken away when it leaves it
        corners = WebDriverWait(browser, 60).until(lambda _, section=section: _corners(browser, section))
        assert set(corners) == {3}  # lines through the points of four epochs


def _corners(browser, section):
    """Corners of the lines of each chart in an open section of the page, once both are drawn; else nothing."""
    script = """
        const title = arguments[0] + "\\n";
        const header = [...document.querySelectorAll("[role=button]")].find(e => e.innerText.startsWith(title));
        if (!header) return [];
        header.scrollIntoView();
        if (header.getAttribute("aria-expanded") !== "true") { header.click(); return []; }
        const charts = [...header.parentElement.querySelectorAll(".scatterlayer")];
        const lines = charts.map(chart => [...chart.querySelectorAll(".js-line")]);
        const corners = line => (line.getAttribute("d") || "").replace(/[^LC]/g, "").length;
        return lines.map(ofChart => Math.max(...ofChart.map(corners)));
    """
    corners = browser.execute_script(script, section)
    return len(corners) >= 2 and all(corners) and corners


def test_parameters_and_status_are_shown(browser, experiment, run):
    _, page = experiment
    shown(browser, page, "optimizer.lr", "architecture._target_", "Finished", "test/accuracy")
    assert status(run)["status"] == "FINISHED"


@pytest.mark.parametrize("picture", ["confusion_matrix.png", "calibration.png"])
def test_pictures_are_drawn(browser, experiment, picture):
    _, page = experiment
    shown(browser, f"{page}/artifacts/pictures/{picture}", picture)
    widths = (
        "return [...document.querySelectorAll('img')].filter(i => i.src.startsWith('blob:')).map(i => i.naturalWidth)"
    )
    WebDriverWait(browser, 60).until(lambda _: max(browser.execute_script(widths), default=0) > 300)


def test_the_model_is_listed(browser, experiment, run):
    pages, _ = experiment
    name = f"digits_linear-{run.name[:6]}"
    shown(browser, f"{pages}/models?workflowType=machine_learning", "Ready", name)
