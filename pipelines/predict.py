"""Ask a trained run about new data: run=ID input=FILE_OR_FOLDER, or of a language model run=ID prompt=TEXT."""

import sys
from pathlib import Path

from groklab.app import run, settings

_KNOWN = {
    "run": "id of the run, or its first digits; or the name of an experiment in models/",
    "input": "file or folder in the form that the network was trained on",
    "output": "file to write, .csv or .json; standard output without it",
    "prompt": "text that a language model goes on with",
    "length": "tokens to write after the prompt (default: 400)",
    "temperature": "of the writing; 0 always takes the likeliest (default: 0.8)",
    "seed": "of the writing (default: 0)",
}


def main() -> None:
    """Print or write the predictions."""
    given = settings(_KNOWN, required=("run",))
    from groklab.answering.language import continuation
    from groklab.predicting import answer, open_run

    trained = open_run(given["run"], root=Path())
    if "input" in given:
        output = Path(given["output"]) if "output" in given else None
        text = answer(trained, Path(given["input"]), output)
        sys.stdout.write(f"predictions {output}\n" if output else text)
    else:
        numbers = {"length": int(given.get("length", 400)), "seed": int(given.get("seed", 0))}
        temperature = float(given.get("temperature", 0.8))
        print(continuation(trained, given.get("prompt", ""), temperature=temperature, **numbers))


if __name__ == "__main__":
    run(main)
