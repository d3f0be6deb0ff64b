"""What a run ran on: enough to find out later why two runs differ."""

import os
import platform
import subprocess
from functools import cache
from importlib.metadata import distributions
from typing import Any

import torch


def environment() -> dict[str, Any]:
    """Python, platform, packages, git commit and devices; nothing of the environment variables."""
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": packages(),
        "git": _git(),
        "cpu_count": os.cpu_count(),
        "num_threads": torch.get_num_threads(),
        "gpu": torch.cuda.get_device_name() if torch.cuda.is_available() else None,
    }


@cache
def packages() -> dict[str, str]:
    """Version of each installed package; read once, as each has a file of its own."""
    found = {item.metadata["Name"]: item.version for item in distributions() if item.metadata["Name"]}
    return dict(sorted(found.items()))


def _git() -> dict[str, Any] | None:
    """The commit checked out in the working folder; None where there is no git."""
    try:
        commit = _ask("rev-parse", "HEAD")
        return {
            "commit": commit,
            "branch": _ask("rev-parse", "--abbrev-ref", "HEAD"),
            "dirty": bool(_ask("status", "--porcelain", "--untracked-files=no")),
        }
    except (OSError, subprocess.SubprocessError):
        return None


def _ask(*words: str) -> str:
    return subprocess.run(["git", *words], capture_output=True, text=True, check=True, timeout=10).stdout.strip()
