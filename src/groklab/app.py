"""What every program of groklab does around its work: one line for a user's error, an exit status for a shell."""

import contextlib
import logging
import os
import shlex
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from groklab.errors import UserError
from groklab.lifeline import end_with_parent

if TYPE_CHECKING:
    from omegaconf import DictConfig

Main = TypeVar("Main", bound=Callable[..., Any])
_HELP = """{doc}

Choices (group=choice; several regularizers as regularizer=[l2,dropout]):
{choices}

Values (group.key=value), such as optimizer.lr=0.01, architecture.depth=3, trainer.max_epochs=5, and
  seed=0         of weights, order and dropout
  seeds=1        repeat on so many seeds, from seed on; fold=range(5) repeats on folds
  preview=false  check every job and try one of each shape; launch nothing
  force=false    run again what is finished
  test=true      score the test part at the end
  searches=NAME  what a search found, searches/NAME.yaml

  python {program} experiment=digits_mlp
  python {program} experiment=digits_mlp optimizer=sgd optimizer.lr=0.1
  python {program} experiment=digits_mlp trainer=debug

--cfg job shows the composed config, --hydra-help the options of Hydra; -m runs a multirun, one job for each
combination of comma-separated values, as in architecture.depth=1,2,4 seed=0,1,2; hydra/launcher=stack trains
small networks as one. -m claim=NAME decides a claim, -m atlas=NAME measures an atlas.
The same command again finds its finished run; an interrupted run goes on from its last checkpoint."""


class _Refused(BaseException):
    """A user's error on its way past Hydra."""


def run(main: Callable[[], Any]) -> None:
    """Run a program's ``main`` and exit.

    A :class:`UserError` (and what Hydra says of a wrong command line) becomes one line on standard error and status
    1; a signal's status is the shell's. Anything else is our own fault and keeps its traceback.
    """
    os.environ.setdefault("HYDRA_FULL_ERROR", "1")  # errors arrive here instead of being printed by Hydra
    try:
        if hasattr(main, "__wrapped__") and {"--help", "-h"} & set(sys.argv[1:]):
            return show_help()
        if "DVC_ROOT" in os.environ:
            end_with_parent()
        if hasattr(main, "__wrapped__"):
            from groklab.config.arguments import take_defaulted
            from groklab.config.hydra_targets import guard

            guard()
            take_defaulted()
        main()
    except (UserError, _Refused) as error:
        sys.exit(_say(str(error)))
    except Exception as error:
        from groklab.config.explain import explain

        message = explain(error)
        if message is None:
            raise
        sys.exit(_say(message))
    except BaseException as error:
        if not hasattr(error, "exit_code"):
            raise
        print(error, file=sys.stderr)  # noqa: T201 - this is the program's last word
        sys.exit(error.exit_code)


def stackable(steps: str) -> Callable[[Main], Main]:
    """Name the generator that does step by step what a program's function does at once, for launchers that stack."""

    def mark(function: Main) -> Main:
        function.steps = steps  # type: ignore[attr-defined]
        return function

    return mark


@contextlib.contextmanager
def job(config: "DictConfig") -> Iterator[dict[str, Any]]:
    """The resolved config of the running Hydra job, checked against its parts.

    A user's error in a single run passes by Hydra, which would print a line of its own before ours; in a multirun
    Hydra keeps it and goes on with the other jobs.
    """
    from hydra.core.hydra_config import HydraConfig
    from hydra.types import RunMode

    from groklab.config.check import check
    from groklab.config.completion import complete
    from groklab.config.composition import running_origins

    log_to_standard_error()
    try:
        origins = running_origins()
        yield check(complete(config, origins), origins)
    except UserError as error:
        if HydraConfig.get().mode == RunMode.MULTIRUN:
            raise
        raise _Refused(str(error)) from error


def log_to_standard_error() -> None:
    """Progress and warnings go where results do not."""
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")


def command(config: dict[str, Any]) -> str:
    """The shell command that gives the running job again."""
    from hydra.core.hydra_config import HydraConfig

    from groklab.config.composition import running_origins
    from groklab.rerunning import command_of

    hydra = HydraConfig.get()
    if again := command_of(running_origins().folder, _words(hydra.overrides.task)):
        return again
    words = _words(hydra.overrides.task)
    if hydra.job.config_name != "config":  # a resolved experiment: its name composes the same
        words = [f"experiment={_experiment(config['name'])}", *words]
    return shlex.join(["python", "pipelines/train.py", *words])


def _words(overrides: Sequence[str]) -> list[str]:
    """Those that a run is made from."""
    return [word for word in overrides if word.split("=")[0] not in ("test", "publish", "force")]


def _experiment(name: str) -> str:
    """The name with its folder in conf/experiment, where it lies in one."""
    folder = Path(sys.argv[0]).resolve().parent.parent / "conf" / "experiment"
    found = sorted(folder.rglob(f"{name}.yaml"))
    return found[0].relative_to(folder).with_suffix("").as_posix() if found else name


def settings(known: Mapping[str, str], *, required: tuple[str, ...]) -> dict[str, str]:
    """The ``key=value`` words of a program that takes no config.

    Args:
        known: Keys and what they mean, for ``--help``.
        required: Keys that must be given.

    Raises:
        UserError: A word is none of them, or one is missing.
    """
    if {"--help", "-h"} & set(sys.argv[1:]):
        lines = "\n".join(f"  {key + '=':14}{meaning}" for key, meaning in known.items())
        print(f"{(sys.modules['__main__'].__doc__ or '').strip()}\n\n{lines}")  # noqa: T201
        raise SystemExit(0)
    given: dict[str, str] = {}
    for word in sys.argv[1:]:
        key, equals, value = word.partition("=")
        if not equals or key not in known:
            from groklab.config.suggest import did_you_mean

            raise UserError(f"{word}: is not KEY=VALUE with a known key. {did_you_mean(key, known)}")
        given[key] = value
    for key in required:
        if key not in given:
            raise UserError(f"{key}= is missing: {known[key]}; --help lists all")
    return given


def show_help() -> None:
    """Print what the running program does and which choices ``conf/`` holds.

    Hydra's own help composes the config once for every group; this reads the folder, ten times as fast.
    """
    program = Path(sys.argv[0])
    folder = program.resolve().parent.parent / "conf"
    groups = sorted(path for path in folder.rglob("*") if path.is_dir())
    choices = "\n".join(f"  {_heading(group, folder)} {', '.join(_choices(group))}" for group in groups)
    print(_HELP.format(doc=(sys.modules["__main__"].__doc__ or "").strip(), choices=choices, program=program))  # noqa: T201


def _heading(group: Path, folder: Path) -> str:
    """``data:``, and of a folder within it, whose choices are given with its name, ``experiment=reference/...:``."""
    first, *within = group.relative_to(folder).parts
    return f"{first}={'/'.join(within)}/...:" if within else f"{first}:"


def _choices(group: Path) -> list[str]:
    return sorted(path.stem for path in group.glob("*.yaml"))


def _say(message: str) -> int:
    if os.environ.get("GROKLAB_TRACEBACK") == "1":
        traceback.print_exc()
    print(message, file=sys.stderr)  # noqa: T201 - this is the program's last word
    return 1
