"""What MkDocs asks for while it builds the site."""

import re
from pathlib import Path
from typing import Any

import api_reference
import config_reference
import live_results
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parent.parent.parent
_LISTED = re.compile(r"\]\(([\w-]+\.md)\)")


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """The navigation has every page of decisions, in the order of their list, and the verdicts where there are any."""
    docs = Path(config.docs_dir)
    if (docs / "claims.md").is_file():
        config.nav.insert(3, {"Claims": "claims.md"})  # type: ignore[union-attr]
    for entry in config.nav or []:
        if "Decisions" in entry:
            entry["Decisions"] = decisions(docs / "decisions")
    return config


def decisions(folder: Path) -> list[str]:
    """Addresses of the list and of what it names."""
    names = _LISTED.findall((folder / "README.md").read_text())
    return [f"decisions/{name}" for name in ("README.md", *names)]


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds the pages that are made of the code and of ``conf/``."""
    made = {"reference/configs.md": config_reference.page(ROOT / "conf"), **api_reference.pages(ROOT / "src")}
    for address, content in made.items():
        files.append(File.generated(config, address, content=content))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Fills in what is measured."""
    return live_results.fill(markdown, ROOT)
