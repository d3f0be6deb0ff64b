"""The site as a whole: it builds without a warning, nothing is missing in it and nothing comes from elsewhere."""

import re
import subprocess
import sys
from urllib.parse import unquote, urlsplit

import pytest

from tests.programs import ROOT

pytestmark = pytest.mark.slow
_RESOURCE = re.compile(r"<(?:link|script|img|iframe|source)\b[^>]*?\b(?:src|href)=\"?([^\" >]+)")
_LINK = re.compile(r"<a\b[^>]*?\bhref=\"([^\"]+)\"")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    pytest.importorskip("material", reason="MkDocs Material is not installed: pip install 'groklab[docs]'")
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder


def test_no_page_makes_a_request_to_elsewhere(site):
    for page in site.rglob("*.html"):
        foreign = [url for url in _RESOURCE.findall(page.read_text()) if urlsplit(url).netloc]
        assert foreign == [], page
    for style in site.rglob("*.css"):
        assert re.findall(r"(?:url\(|@import )[\"']?(?:https?:)?//", style.read_text()) == [], style


def test_every_link_and_file_of_a_page_is_there(site):
    for page in site.rglob("*.html"):
        text = page.read_text()
        for url in (*_RESOURCE.findall(text), *_LINK.findall(text)):
            parts = urlsplit(url)
            if parts.scheme or parts.netloc or not parts.path or page.name == "404.html":
                continue
            assert (page.parent / unquote(parts.path)).exists(), f"{page}: {url}"


def test_the_hooks_are_no_part_of_it(site):
    assert not (site / "hooks").exists()


def test_every_decision_is_listed_and_in_the_navigation(site):
    start = (site / "index.html").read_text()
    for path in (ROOT / "docs/decisions").glob("*.md"):
        assert f"decisions/{path.stem if path.stem != 'README' else 'index'}.html" in start, path
