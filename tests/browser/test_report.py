"""The page in a real browser: nothing loaded, no errors, no sideways scroll, dark and light, on paper."""

import itertools
import json

import pytest

from groklab.report.page import write_report
from tests.report.evidence import write_atlases, write_claims
from tests.report.outputs import write_outputs
from tests.report.test_multiruns import write_grid, write_search

pytestmark = pytest.mark.browser
BOTH = pytest.mark.parametrize("scheme", ["light", "dark"])
WIDE = "return document.documentElement.scrollWidth > document.documentElement.clientWidth"
WIDTHS = pytest.mark.parametrize("width", [360, 1400])


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    root = tmp_path_factory.mktemp("outputs")
    write_outputs(root)
    write_claims(root)
    write_atlases(root)
    write_search(root / "multirun" / "digits-0123abcd")
    write_grid(root / "multirun" / "digits-4567cdef")
    write_report(root, root / "reports" / "index.html")
    return (root / "reports" / "index.html").as_uri()


def show(browser, address, width, scheme):
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    feature = {"name": "prefers-color-scheme", "value": scheme}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": [feature]})
    browser.get(address)


def unfold(browser):
    browser.execute_script("for (const one of document.querySelectorAll('details')) one.open = true")


@BOTH
@WIDTHS
def test_it_opens_without_errors_and_asks_the_network_for_nothing(browser, address, width, scheme):
    browser.get("about:blank")
    browser.get_log("performance")  # what the browser itself did at its start
    show(browser, address, width, scheme)
    unfold(browser)
    assert browser.get_log("browser") == []
    loaded = browser.execute_script("return performance.getEntriesByType('resource').map(entry => entry.name)")
    assert [name for name in loaded if not name.startswith("data:")] == []
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    asked = [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]
    assert address in asked
    assert [url for url in asked if url.startswith(("http", "ws", "ftp"))] == []


@pytest.mark.parametrize("width", [320, 360, 390, 800, 1280, 1400])
def test_the_page_never_scrolls_sideways(browser, address, width):
    show(browser, address, width, "light")
    unfold(browser)
    assert not browser.execute_script(WIDE)


CONTRAST = """
const channel = value => { value /= 255;
  return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4; };
const light = colour => { const most = colour.startsWith('color(') ? 255 : 1;  // a mixed one: color(srgb 0.2 0.3 0.4)
                          const [r, g, b] = colour.match(/[\\d.]+/g).map(part => channel(part * most));
                          return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
const ground = element => { for (; element; element = element.parentElement) {
  const colour = getComputedStyle(element).backgroundColor; if (!/, 0\\)$/.test(colour)) return colour; }
  return 'rgb(255, 255, 255)'; };
const poor = [];
for (const element of document.querySelectorAll('body *')) {
  const own = [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
  if (!own || !element.getClientRects().length || element.closest('script')) continue;
  const style = getComputedStyle(element);
  const pair = [light(element instanceof SVGElement ? style.fill : style.color), light(ground(element))];
  const ratio = (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
  if (!(ratio >= 4.5)) poor.push([element.tagName, element.textContent.slice(0, 30), ratio]);
}
return poor;
"""


@BOTH
@WIDTHS
def test_every_text_stands_out_from_its_ground(browser, address, width, scheme):
    show(browser, address, width, scheme)
    unfold(browser)
    assert browser.execute_script(CONTRAST) == []


OUTLINE = """
return [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].filter(one => one.checkVisibility())
  .map(one => [Number(one.tagName[1]), one.textContent.trim()]);
"""


@WIDTHS
def test_headings_go_down_a_level_at_a_time(browser, address, width):
    show(browser, address, width, "light")
    levels, texts = zip(*browser.execute_script(OUTLINE), strict=True)
    assert levels[0] == 1 not in levels[1:]
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert all(texts)


UNTOLD = """
const named = one => one.getAttribute('alt') || (one.getAttribute('aria-labelledby') || '').split(' ')
  .map(id => (document.getElementById(id) || {}).textContent || '').join('');
return [...document.querySelectorAll('img, svg')].filter(one => !one.parentElement.closest('svg'))
  .filter(one => !(named(one).length > 15 && (one.tagName === 'IMG' || one.getAttribute('role') === 'img')))
  .map(one => one.outerHTML.slice(0, 80));
"""


def test_every_picture_says_what_it_shows(browser, address):
    show(browser, address, 1400, "light")
    assert browser.execute_script(UNTOLD) == []


def test_tables_scroll_within_themselves_and_a_keyboard_can_do_it(browser, address):
    show(browser, address, 360, "light")
    unfold(browser)
    wide = (
        "return [...document.querySelectorAll('table')].filter(one => one.scrollWidth > one.parentElement.clientWidth)"
        ".map(one => [getComputedStyle(one.parentElement).overflowX, one.parentElement.tabIndex])"
    )
    found = browser.execute_script(wide)
    assert len(found) > 3
    assert {tuple(pair) for pair in found} == {("auto", 0)}


def test_on_paper_what_is_folded_is_there(browser, address):
    show(browser, address, 1280, "dark")
    folded = "return [...document.querySelectorAll('details .small')].map(one => one.checkVisibility())"
    assert set(browser.execute_script(folded)) == {False}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    assert set(browser.execute_script(folded)) == {True}
    colour = "return getComputedStyle(document.body).backgroundColor"
    assert browser.execute_script(colour) == "rgb(255, 255, 255)"
    a4 = {"width": 690, "height": 1000, "deviceScaleFactor": 1, "mobile": False}  # less the margins
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", a4)
    assert not browser.execute_script(WIDE)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def test_dark_is_dark_and_light_is_light(browser, address):
    shades = {}
    for scheme in ("light", "dark"):
        show(browser, address, 1280, scheme)
        colour = browser.execute_script("return getComputedStyle(document.body).backgroundColor")
        shades[scheme] = sum(int(part) for part in colour.strip("rgb()").split(","))
    assert shades["dark"] < 150 < 600 < shades["light"]


def test_a_keyboard_reaches_the_results_first(browser, address):
    from selenium.webdriver.common.keys import Keys

    show(browser, address, 1280, "light")
    body = browser.find_element("tag name", "body")
    body.send_keys(Keys.TAB)
    active = browser.switch_to.active_element
    assert active.text == "Skip to the results"
    active.send_keys(Keys.ENTER)
    assert browser.switch_to.active_element.get_attribute("id") == "results"


def test_the_copy_button_answers(browser, address):
    show(browser, address, 1280, "light")
    button = browser.find_element("css selector", "button.copy")
    browser.execute_script("arguments[0].click()", button)
    browser.implicitly_wait(2)
    assert browser.find_elements("xpath", "//button[text()='Copied' or text()='Selected']")


def test_without_scripts_the_page_is_whole(browser, address):
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        show(browser, address, 390, "light")
        assert "make repro" in browser.find_element("tag name", "footer").text
        assert not any(button.is_displayed() for button in browser.find_elements("css selector", "button.copy"))
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
