"""Ask a trained run: run=ID input=FILE_OR_FOLDER; a language model with prompt=TEXT; a generator with output=FILE."""

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
    "seed": "of the writing or the drawing (default: 0)",
    "number": "images that a generator draws (default: 64), into output=FILE.png or output=FOLDER",
    "class": "class that a generator draws (default: all in turn)",
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
    elif trained.config["task"]["kind"] == "generation":
        from groklab.answering.drawing import draw_into

        drawn = {"number": int(given.get("number", 64)), "seed": int(given.get("seed", 0))}
        sys.stdout.write(draw_into(trained, given.get("output"), of_class=given.get("class"), **drawn))
    else:
        numbers = {"length": int(given.get("length", 400)), "seed": int(given.get("seed", 0))}
        temperature = float(given.get("temperature", 0.8))
        print(continuation(trained, given.get("prompt", ""), temperature=temperature, **numbers))


if __name__ == "__main__":
    run(main)
