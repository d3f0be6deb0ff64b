"""Slots for jobs: the GPUs of this machine, or its cores."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass

from groklab.errors import UserError

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1")
_UUID = re.compile(r"\(UUID: ((?:GPU|MIG)-[^)]+)\)")


@dataclass(frozen=True)
class Slot:
    """A place for one job at a time.

    Args:
        name: As the live view shows it.
        environment: Variables that pin a job to the slot.
    """

    name: str
    environment: dict[str, str]


def slots(number: int | None, *, per_gpu: int) -> list[Slot]:
    """The slots of this machine: ``per_gpu`` on each GPU there is, else one a core, each of one thread.

    Args:
        number: So many, whatever there is; GPUs then take turns.
        per_gpu: Jobs that share a GPU.

    Raises:
        UserError: A number is below 1.
    """
    if number is not None and number < 1:
        raise UserError(f"hydra.launcher.slots={number}: should be at least 1")
    if per_gpu < 1:
        raise UserError(f"hydra.launcher.per_gpu={per_gpu}: should be at least 1")
    gpus = visible_gpus()
    if gpus:
        total = number or per_gpu * len(gpus)
        return [_gpu_slot(index, gpus) for index in range(total)]
    return [Slot(f"core {index}", dict(ONE_THREAD)) for index in range(number or len(os.sched_getaffinity(0)))]


def _gpu_slot(index: int, gpus: list[str]) -> Slot:
    gpu, turn = index % len(gpus), index // len(gpus)
    return Slot(f"gpu {gpu}.{turn}", {**ONE_THREAD, "CUDA_VISIBLE_DEVICES": gpus[gpu]})


def visible_gpus() -> list[str]:
    """What CUDA_VISIBLE_DEVICES may name, one a device, without importing torch or starting CUDA.

    A GPU that is cut into MIG instances counts as those.
    """
    told = os.environ.get("CUDA_VISIBLE_DEVICES")
    if told is not None:
        return [name.strip() for name in told.split(",") if name.strip() not in ("", "-1")]
    if shutil.which("nvidia-smi") is None:
        return []
    try:
        listed = subprocess.run(["nvidia-smi", "-L"], capture_output=True, text=True, check=True, timeout=30).stdout
    except (OSError, subprocess.SubprocessError):
        return []
    return devices_in(listed)


def devices_in(listed: str) -> list[str]:
    """UUIDs in what ``nvidia-smi -L`` prints, a GPU's MIG instances in its place."""
    found: list[str] = []
    for uuid in _UUID.findall(listed):
        if uuid.startswith("MIG-") and found and found[-1].startswith("GPU-"):
            found[-1] = uuid
        else:
            found.append(uuid)
    return found
