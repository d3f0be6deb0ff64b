"""The site of the documentation in a browser, from disk: it can be searched, loads nothing, fits a telephone."""

import json
import subprocess
import sys
import time

import pytest

from tests.programs import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    pytest.importorskip("material", reason="MkDocs Material is not installed: pip install 'groklab[docs]'")
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True)
    return folder.as_uri()


def test_the_search_finds_a_page_and_nothing_comes_from_elsewhere(browser, site):
    browser.get_log("performance")
    browser.get(f"{site}/index.html")
    browser.find_element("css selector", "[data-md-component=search-query]").send_keys("dropout")
    hits = []
    for _ in range(100):
        hits = browser.find_elements("css selector", ".md-search-result__item")
        if hits:
            break
        time.sleep(0.1)
    assert any("dropout" in hit.get_attribute("textContent").lower() for hit in hits)
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    asked = [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]
    assert [url for url in asked if url.partition(":")[0] in ("http", "https")] == []
    assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []


@pytest.mark.parametrize("page", ["primer", "tutorial", "multirun", "reference/configs", "reference/architectures"])
def test_a_page_does_not_scroll_sideways_on_a_telephone(browser, site, page):
    size = {"width": 360, "height": 800, "deviceScaleFactor": 1, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.get(f"{site}/{page}.html")
    assert browser.execute_script("return document.documentElement.scrollWidth") <= 360
