"""Write a trained run as ONNX, checked against the network: run=ID output=FILE."""

from pathlib import Path

from groklab.app import run, settings

_KNOWN = {"run": "id of the run, or its first digits", "output": "file to write, .onnx"}


def main() -> None:
    """Write the file and say how far it is from the network."""
    given = settings(_KNOWN, required=("run", "output"))
    from groklab.predicting import export_onnx, open_run

    difference = export_onnx(open_run(given["run"], root=Path()), Path(given["output"]))
    print(f"onnx {given['output']}, at most {difference:.2g} from the network")


if __name__ == "__main__":
    run(main)
