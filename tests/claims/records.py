"""Evidence as a claim's runs would leave it."""


def outcome(first, second, *, expect="higher", smallest_effect=0.5, metric="test/accuracy"):
    """Two arms with a value for each seed."""
    arms = {"first": {"values": list(first), "runs": []}, "second": {"values": list(second), "runs": []}}
    return {
        "metric": metric,
        "unit": "",
        "expect": expect,
        "smallest_effect": smallest_effect,
        "contrast": {"first": 1.0, "second": -1.0},
        "arms": arms,
    }


def record(*outcomes, name="claimed"):
    """A claim with these outcomes."""
    return {
        "claim": name,
        "statement": "The first is better.",
        "section": "layers",
        "seeds": list(range(len(outcomes[0]["arms"]["first"]["values"]))),
        "arms": {"first": {}, "second": {}},
        "outcomes": list(outcomes),
        "flags": [],
        "command": f"python pipelines/train.py -m claim={name}",
    }
