"""Slots: GPUs or their instances, else cores."""

import os

import pytest

from groklab.errors import UserError
from groklab.launching import devices
from groklab.launching.devices import devices_in, slots, visible_gpus

TWO_GPUS = """\
GPU 0: NVIDIA H100 80GB HBM3 (UUID: GPU-5d5ba0d6-d33d-2b2c-524d-9e3d8d2b8a77)
GPU 1: NVIDIA H100 80GB HBM3 (UUID: GPU-a1b2c3d4-0000-1111-2222-333344445555)
"""
FIRST_IS_CUT = """\
GPU 0: NVIDIA A100-SXM4-40GB (UUID: GPU-5d5ba0d6-d33d-2b2c-524d-9e3d8d2b8a77)
  MIG 3g.20gb     Device  0: (UUID: MIG-c7384736-a75d-5afc-978f-d2f1294409fd)
  MIG 3g.20gb     Device  1: (UUID: MIG-a28ad590-3fda-56dd-84fc-0a0b96edc58d)
GPU 1: NVIDIA A100-SXM4-40GB (UUID: GPU-a1b2c3d4-0000-1111-2222-333344445555)
"""


@pytest.fixture
def gpus(monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "2,3")


def visible(slot):
    return slot.environment.get("CUDA_VISIBLE_DEVICES")


def test_gpus_are_named_by_what_stays_theirs():
    assert [name[:12] for name in devices_in(TWO_GPUS)] == ["GPU-5d5ba0d6", "GPU-a1b2c3d4"]


def test_instances_stand_in_their_gpu_s_place():
    assert [name[:12] for name in devices_in(FIRST_IS_CUT)] == ["MIG-c7384736", "MIG-a28ad590", "GPU-a1b2c3d4"]


def test_a_machine_without_gpus_lists_none():
    assert devices_in("No devices found.\n") == []


@pytest.mark.parametrize(
    ("told", "found"), [("2,3", ["2", "3"]), ("", []), ("-1", []), (" GPU-1 , MIG-2 ", ["GPU-1", "MIG-2"])]
)
def test_what_is_visible_is_what_the_environment_says(monkeypatch, told, found):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", told)
    assert visible_gpus() == found


def test_a_driver_that_fails_is_no_gpu(monkeypatch, tmp_path):
    program = tmp_path / "nvidia-smi"
    program.write_text("#!/bin/sh\nexit 9\n")
    program.chmod(0o755)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert visible_gpus() == []


def test_the_driver_is_asked_where_the_environment_says_nothing(monkeypatch, tmp_path):
    program = tmp_path / "nvidia-smi"
    program.write_text(f"#!/bin/sh\ncat <<'END'\n{TWO_GPUS}END\n")
    program.chmod(0o755)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert visible_gpus() == devices_in(TWO_GPUS)


def test_jobs_that_share_gpus_take_turns(gpus):
    found = slots(None, per_gpu=2)
    assert [(slot.name, visible(slot)) for slot in found] == [
        ("gpu 0.0", "2"),
        ("gpu 1.0", "3"),
        ("gpu 0.1", "2"),
        ("gpu 1.1", "3"),
    ]


def test_a_number_of_slots_overrides_what_there_is(gpus):
    assert [visible(slot) for slot in slots(3, per_gpu=1)] == ["2", "3", "2"]


def test_without_a_gpu_each_core_that_this_process_may_use_is_a_slot_of_one_thread(monkeypatch):
    monkeypatch.setattr(devices, "visible_gpus", list)
    monkeypatch.setattr(devices.os, "sched_getaffinity", lambda pid: {1, 4, 5})
    found = slots(None, per_gpu=1)
    assert [slot.name for slot in found] == ["core 0", "core 1", "core 2"]
    assert {slot.environment["OMP_NUM_THREADS"] for slot in found} == {"1"}


@pytest.mark.parametrize(("number", "per_gpu", "key"), [(0, 1, "slots=0"), (None, 0, "per_gpu=0")])
def test_less_than_one_is_refused(number, per_gpu, key):
    with pytest.raises(UserError, match=f"hydra.launcher.{key}: should be at least 1"):
        slots(number, per_gpu=per_gpu)
