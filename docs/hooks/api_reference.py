"""Pages of the packages that a user extends, each module's documentation taken from its docstrings."""

import ast
from pathlib import Path

PACKAGES = {
    "data": ("Data sets", ("groklab.data.dataset", "groklab.data.card")),
    "architectures": ("Architectures", ("groklab.architectures",)),
    "regularizers": ("Regularizers", ("groklab.regularizers",)),
    "tasks": ("Tasks and losses", ("groklab.tasks",)),
    "training": ("Training", ("groklab.training.fit",)),
    "evaluation": ("Evaluation", ("groklab.evaluation",)),
    "claims": ("Claims", ("groklab.claims",)),
    "search": ("Search", ("groklab.search",)),
    "stacking": ("Stacking", ("groklab.stacking",)),
}


def pages(source: Path) -> dict[str, str]:
    """Address and Markdown of each page.

    Args:
        source: Folder that holds the package groklab.
    """
    return {
        f"reference/{name}.md": "\n".join([f"# {title}", "", *(_entry(module) for module in _modules(source, roots))])
        for name, (title, roots) in PACKAGES.items()
    }


def _modules(source: Path, roots: tuple[str, ...]) -> list[str]:
    """The modules themselves, or those of a package that define something public."""
    found = []
    for root in roots:
        place = source.joinpath(*root.split("."))
        files = sorted(place.glob("*.py")) if place.is_dir() else [place.with_suffix(".py")]
        found += [
            ".".join(path.relative_to(source).with_suffix("").parts)
            for path in files
            if path.stem != "__init__" and _is_public(path)
        ]
    return found


def _is_public(path: Path) -> bool:
    return any(
        isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_")
        for node in ast.parse(path.read_text()).body
    )


def _entry(module: str) -> str:
    return f"## {module.rpartition('.')[2]} {{ #{module.replace('.', '-')} }}\n\n::: {module}\n"
