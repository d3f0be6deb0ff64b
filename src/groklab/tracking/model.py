"""The exported network as a model that MLflow can load and serve."""

import json
import shutil
from pathlib import Path
from typing import Any

import yaml

from groklab.files import read_json
from groklab.tracking.own_form import LOADER, copy_preprocessing, has_own_form, own_signature, write_own_example

# What it takes to serve a pt2 archive; nothing of groklab, for the archive holds the whole computation.
_PACKAGES = ("mlflow", "torch", "numpy")


def write_model(run_folder: Path, target: Path, *, mlflow_run_id: str, model_id: str, location: str) -> None:
    """Write the MLflow model folder of ``model.pt2``, byte for byte as it was exported.

    The archive is copied and never loaded: ``mlflow.pytorch.save_model`` would trace it once more, and to
    load an archive is to trust it. Input ``[-1, *shape]``, float32 in the data's own units or int32 tokens; for
    super-resolution an image of any height and width; output as in ``output_example.npy``. A network over texts or
    table rows takes and gives tables, in the user's own form; groklab itself must be installed where it is served.

    Source: MLflow 3 documentation, "MLflow Models: storage format"; flavor ``mlflow.pytorch``, format pt2.
    """
    import numpy as np
    from mlflow import pyfunc
    from mlflow.models import Model, ModelSignature
    from mlflow.types import Schema, TensorSpec

    card = read_json(run_folder / "card.json")
    packages = dict(read_json(run_folder / "environment.json").get("packages") or {})
    example = np.load(run_folder / "input_example.npy", allow_pickle=False)
    (target / "data").mkdir(parents=True)
    shutil.copyfile(run_folder / "model.pt2", target / "data" / "model.pt2")

    model = Model(artifact_path=location, run_id=mlflow_run_id, model_uuid=model_id, model_id=model_id)
    own = has_own_form(run_folder, card)
    if own:
        copy_preprocessing(run_folder, target / "data")
        model.signature = own_signature(run_folder, card)
        model.saved_input_example_info = write_own_example(run_folder, target)
    else:
        said = np.load(run_folder / "output_example.npy", mmap_mode="r", allow_pickle=False)
        any_size = card["kind"] == "super_resolution"  # its networks take images of any height and width
        taken, given = (
            (-1, array.shape[1], -1, -1) if any_size else (-1, *array.shape[1:]) for array in (example, said)
        )
        model.signature = ModelSignature(
            inputs=Schema([TensorSpec(example.dtype, taken)]), outputs=Schema([TensorSpec(said.dtype, given)])
        )
        model.saved_input_example_info = _write_example(example.tolist(), target)
        model.add_flavor("pytorch", model_data="data", pytorch_version=str(packages.get("torch", "")), code=None)
    pyfunc.add_to_model(
        model,
        loader_module=LOADER if own else "mlflow.pytorch",
        data="data",
        conda_env="conda.yaml",
        python_env="python_env.yaml",
        **({} if own else {"model_config": {"device": None}}),
    )
    _write_requirements(packages, str(read_json(run_folder / "environment.json")["python"]), target)
    model.model_size_bytes = sum(path.stat().st_size for path in target.rglob("*") if path.is_file())
    model.save(str(target / "MLmodel"))


def _write_example(example: list[Any], target: Path) -> dict[str, str]:
    """The example as it is, and as a client posts it to ``/invocations``."""
    (target / "input_example.json").write_text(json.dumps(example))
    (target / "serving_input_example.json").write_text(json.dumps({"inputs": example}))
    return {
        "artifact_path": "input_example.json",
        "serving_input_path": "serving_input_example.json",
        "type": "ndarray",
        "format": "tf-serving",
    }


def _write_requirements(packages: dict[str, str], python: str, target: Path) -> None:
    """State versions instead of having MLflow infer them, which imports the model and takes ten seconds.

    A local label such as ``+cpu`` is left out: no index that a server would install from has it.
    """
    pins = [f"{name}=={packages[name].split('+')[0]}" for name in _PACKAGES if name in packages]
    (target / "requirements.txt").write_text("\n".join(pins) + "\n")
    conda = {
        "name": "mlflow-env",
        "channels": ["conda-forge"],
        "dependencies": [f"python={python}", "pip", {"pip": pins}],
    }
    (target / "conda.yaml").write_text(yaml.safe_dump(conda, sort_keys=False))
    environment = {
        "python": python,
        "build_dependencies": ["pip", "setuptools", "wheel"],
        "dependencies": ["-r requirements.txt"],
    }
    (target / "python_env.yaml").write_text(yaml.safe_dump(environment, sort_keys=False))
