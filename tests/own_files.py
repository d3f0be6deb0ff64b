"""Small files of a user's own, one of each form, and the overrides that take them in."""

import csv
import math
import random

LETTERS = "abcdefghij"


def write_own_files(folder):
    """Write texts.csv, notes.txt and series.csv to ``folder``; overrides by form."""
    draw = random.Random(0)
    with open(folder / "texts.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["text", "label"])
        for number in range(120):
            words = [draw.choice(LETTERS) * draw.randint(1, 3) for _ in range(draw.randint(1, 12))]
            writer.writerow([" ".join([*words, f"n{number}"]), "good" if words.count("a") else "bad"])
    lines = ("".join(draw.choice(LETTERS + "  .") for _ in range(60)) for _ in range(200))
    (folder / "notes.txt").write_text("\n\n".join(lines) + "\n")
    with open(folder / "series.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["day", "sales", "visits"])
        for day in range(300):
            wave = math.sin(2 * math.pi * day / 7)
            writer.writerow([day, round(10 + wave + draw.random(), 3), round(5 - wave, 3)])
    texts = ["data=text_table", f"data.path={folder / 'texts.csv'}", "data.length=16", "task=text_classification"]
    return {
        "texts": texts,
        "language": [
            *("data=plain_text", f"data.path={folder / 'notes.txt'}", "data.length=32"),
            *("task=language", "loss=next_token"),
        ],
        "series": [
            *("data=series", f"data.path={folder / 'series.csv'}", "data.time=day", "data.window=14"),
            *("data.horizon=7", "data.period=7", "task=forecasting", "loss=mse"),
        ],
    }


def write_table(folder):
    """Write houses.csv: numbers, a category, a code with leading zeros, gaps; overrides that take it in."""
    draw = random.Random(1)
    with open(folder / "houses.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["rooms", "area", "town", "code", "price"])
        for _ in range(150):
            rooms, area, town = (
                draw.randint(1, 6),
                round(draw.uniform(20, 200), 1),
                draw.choice(["Ulm", "Kiel", "Gera"]),
            )
            price = 1000 * rooms + 50 * area + 5000 * (town == "Ulm")
            writer.writerow([rooms, area if draw.random() < 0.95 else "NA", town, f"00{draw.randint(1, 5)}", price])
    return ["data=table", f"data.path={folder / 'houses.csv'}", "data.target=price", "task=regression", "loss=mse"]
