"""A batch of jobs for sweepers that know only Hydra's interface."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hydra.core.utils import JobReturn, JobStatus
from omegaconf import OmegaConf

from groklab.errors import UserError
from groklab.launching.composing import Composer
from groklab.launching.job import Ended, Request
from groklab.tracking.courier import courier

if TYPE_CHECKING:
    from groklab.launching.pool import Pool


def launch_all(launcher: Any, job_overrides: Sequence[Sequence[str]], first: int) -> list[JobReturn]:
    """Run the jobs of one batch on ``launcher``'s pool; their results in their order."""
    sweep = Path(str(launcher.config.hydra.sweep.dir)).name
    composer = Composer(launcher.hydra_context.config_loader, launcher.config, sweep=sweep)
    requests = [Request(first + index, tuple(words), tuple(words)) for index, words in enumerate(job_overrides)]
    jobs = [composer.job(request) for request in requests]
    pool: Pool = launcher.pool(follow=follow, started=lambda job, slot: None)
    futures = [pool.submit(job) for job in jobs]
    pool.flush()
    ended = [future.result() for future in futures]
    pool.close()
    return [_returned(words, job.config, end) for words, job, end in zip(job_overrides, jobs, ended, strict=True)]


def follow(experiment_name: str, close_timeout_s: float, run_folder: str) -> None:
    """Deliver a job's run from this process, so that no job starts a deliverer of its own."""
    courier(experiment_name, close_timeout_s=close_timeout_s).follow(Path(run_folder))


def _returned(overrides: Sequence[str], config: Any, ended: Ended) -> JobReturn:
    done = JobReturn(overrides=list(overrides))
    done.cfg = OmegaConf.masked_copy(config, [str(key) for key in config if key != "hydra"])
    if ended.status == "FINISHED":
        done.return_value, done.status = ended.value, JobStatus.COMPLETED
    else:
        done.return_value, done.status = UserError(f"job {ended.number}: {ended.error}"), JobStatus.FAILED
    return done
