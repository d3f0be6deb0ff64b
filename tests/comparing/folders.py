"""Folders of runs and multiruns as training leaves them."""

import json

import yaml

from groklab.files import write_json

CONFIG = {"name": "digits_mlp", "seed": 0, "optimizer": {"lr": 0.1}, "trainer": {"monitor": "val/loss", "mode": "min"}}

COMMAND = "python pipelines/train.py experiment=digits_mlp"
STATUS = {"experiment": "digits_mlp", "status": "FINISHED", "command": COMMAND}


def write_run(root, run, *, lr=0.1, loss=0.5, accuracy=0.75, numpy="2.0.0", rows=100, code=None, old=False, place=None):
    """``runs/<run>``, or ``models/<place>``."""
    folder = root / "models" / place if place else root / "runs" / run
    folder.mkdir(parents=True)
    (folder / "config.yaml").write_text(yaml.safe_dump({**CONFIG, "optimizer": {"lr": lr}}))
    write_json(folder / "status.json", {"run": run, **STATUS})
    card = {"name": "digits", "fingerprint": "f" * 64, "counts": {"train": rows}, "cleaning": {"rules": ["no doubles"]}}
    write_json(folder / "card.json", {**card, "source_sha256": "0" * 64, "split": {"seed": 0}})
    write_json(folder / "environment.json", {"python": "3.11.7", "packages": {"numpy": numpy}, "git": {"commit": "c"}})
    write_json(folder / "best.json", {"metrics": {"val/loss": loss}})
    write_json(folder / "cost.json", {"num_parameters": 10, "device": "cpu"})
    if not place:
        scores = {"run": run, "split": "test", "metrics": {"accuracy": accuracy}}
        write_json(folder / "metrics.json", scores)
    if not old:
        write_json(folder / "code.json", code or {"groklab.tasks.task": "1" * 64, "groklab.seeds": "2" * 64})
    return folder


def write_search(root, name, trials, *, direction="minimize"):
    """``multirun/<name>`` of a search whose trials are (learning rate, value, run)."""
    folder = root / "multirun" / name
    folder.mkdir(parents=True)
    (folder / "config.yaml").write_text("multirun: search\n")
    (folder / "jobs.jsonl").write_text("")
    write_json(folder / "status.json", {"command": "python pipelines/train.py -m search=lr"})
    rows = [
        {"number": number, "state": "COMPLETE", "params": {"optimizer.lr": lr}, "values": [value], "runs": [run]}
        for number, (lr, value, run) in enumerate(trials)
    ]
    best = (min if direction == "minimize" else max)(rows, key=lambda row: row["values"][0])
    search = {"objective": ["val/loss"], "direction": [direction], "space": {"optimizer.lr": "0.1 to 1"}}
    more = {"fixed": ["experiment=digits_mlp"], "trials": rows, "best": [best["number"]], "confirmed": {}}
    write_json(folder / "search.json", {**search, **more})
    return folder


def write_grid(root, name, jobs):
    """``multirun/<name>`` of a grid whose jobs are (learning rate, value or None, run)."""
    folder = root / "multirun" / name
    folder.mkdir(parents=True)
    words = ["experiment=digits_mlp", f"optimizer.lr={','.join(str(lr) for lr, *_ in jobs)}"]
    (folder / "config.yaml").write_text(yaml.safe_dump({"multirun": "grid", "jobs": words}))
    rows = [
        {
            "job": number,
            "overrides": ["experiment=digits_mlp", f"optimizer.lr={lr}"],
            "status": "FAILED" if value is None else "FINISHED",
            "runs": [run],
            "value": value,
        }
        for number, (lr, value, run) in enumerate(jobs)
    ]
    (folder / "jobs.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder
