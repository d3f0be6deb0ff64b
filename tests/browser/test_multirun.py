"""The MLflow UI shows a multirun as one row that unfolds into its runs."""

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from tests.browser.test_mlflow import served, shown
from tests.programs import finish, train

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def search(tmp_path_factory):
    """Its folder, after four trials of an epoch."""
    folder = tmp_path_factory.mktemp("search")
    words = ("experiment=digits_linear", "trainer.max_epochs=1", "search=lr")
    status, _, err = finish(train(folder, "-m", *words, "hydra.sweeper.n_trials=4", "hydra.sweeper.confirm=0"))
    assert status == 0, err
    (found,) = (folder / "multirun").iterdir()
    return found


@pytest.fixture(scope="module")
def pages(search):
    with served(search.parents[1]) as (pages, runs):
        yield pages, {run.data.tags["groklab.run"]: run for run in runs}


def test_the_row_of_a_search_unfolds_into_its_trials(browser, search, pages):
    address, runs = pages
    trials = [run.info.run_name for name, run in runs.items() if name != search.name]
    shown(browser, f"{address}/runs?workflowType=machine_learning", search.name, "5 matching runs")
    assert not any(name in browser.find_element(By.TAG_NAME, "body").text for name in trials)
    row = f"//*[contains(text(), '{search.name}')]/ancestor::*[contains(@class, 'ag-cell')][1]"
    browser.find_element(By.XPATH, f"{row}//*[name()='button' or name()='svg']").click()
    WebDriverWait(browser, 60).until(
        lambda _: all(name in browser.find_element(By.TAG_NAME, "body").text for name in trials)
    )


def test_its_page_says_what_was_found(browser, search, pages):
    address, runs = pages
    page = f"{address}/runs/{runs[search.name].info.run_id}"
    shown(browser, page, "Best of 4 trials", "search/best", "space.optimizer.lr", "n_trials")
    shown(browser, f"{page}/artifacts/pictures/history.png", "history.png")
    widths = (
        "return [...document.querySelectorAll('img')].filter(i => i.src.startsWith('blob:')).map(i => i.naturalWidth)"
    )
    WebDriverWait(browser, 60).until(lambda _: max(browser.execute_script(widths), default=0) > 300)
