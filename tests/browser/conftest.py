"""A headless Chromium."""

import shutil

import pytest


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    binaries = [shutil.which("chromium") or shutil.which("google-chrome"), shutil.which("chromedriver")]
    if None in binaries:
        pytest.skip("chromium and chromedriver are not installed")
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = binaries[0]
    profile = tmp_path_factory.mktemp("profile")
    for flag in ("headless", "no-sandbox", "disable-gpu", "disable-background-networking", "window-size=1400,1000"):
        options.add_argument(f"--{flag}")
    options.add_argument(f"--user-data-dir={profile}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(binaries[1]))
    yield driver
    driver.quit()
