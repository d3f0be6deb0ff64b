"""Small files of a user's own, one of each form, and the overrides that take them in."""

import csv
import math
import random

import numpy as np
import soundfile
from PIL import Image

LETTERS = "abcdefghij"


def write_own_files(folder):
    """Write texts.csv, notes.txt, series.csv, blots/ and calls/ to ``folder``; overrides by form."""
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
        "boxes": write_boxes(folder / "blots"),
        "speech": write_speech(folder / "calls"),
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


def write_boxes(folder, *, count=30):
    """Write grey images with one to three bright or dark rectangles, and their boxes as Pascal VOC; overrides."""
    draw = np.random.default_rng(2)
    folder.mkdir(exist_ok=True)
    for number in range(count):
        pixels = draw.integers(110, 140, (24, 32), dtype=np.uint8)
        places = draw.permutation([(1, 1), (1, 17), (13, 1), (13, 17)])[: draw.integers(1, 4)]
        boxes = []
        for index, (top, left) in enumerate(places.tolist()):
            height, width = draw.integers(5, 11), draw.integers(6, 15)
            label = "dark" if (number + index) % 2 else "bright"
            pixels[top : top + height, left : left + width] = {"dark": 20, "bright": 240}[label]
            boxes.append((label, left + 1, top + 1, left + width, top + height))
        Image.fromarray(pixels).save(folder / f"blot{number}.png")
        (folder / f"blot{number}.xml").write_text(voc(f"blot{number}.png", (32, 24), boxes))
    return [
        *("data=detection_folder", f"data.path={folder}", "data.size=[24,32]", "data.channels=1"),
        *("task=detection", "loss=focal_iou", "architecture=anchor_free_detector"),
    ]


TONES_HZ = {"low": 300, "mid": 900, "high": 2400}


def write_speech(folder, *, count=60):
    """Write sounds of one to three tones, which are the words, and transcripts.csv; overrides."""
    draw = np.random.default_rng(3)
    folder.mkdir(exist_ok=True)
    rows = [["file", "transcript"]]
    for number in range(count):
        words = draw.choice(list(TONES_HZ), size=draw.integers(1, 4)).tolist()
        write_call(folder / f"call{number}.wav", words, draw)
        rows.append([f"call{number}.wav", " ".join(words)])
    with open(folder / "transcripts.csv", "w", newline="") as file:
        csv.writer(file).writerows(rows)
    return [
        *("data=transcribed_audio", f"data.path={folder}", "data.unit=word", "data.sample_rate=8000", "data.max_s=1"),
        *("data.num_mels=12", "data.frames_per_step=4", "task=transcription", "loss=ctc"),
        "architecture=conv_recurrent",
    ]


def write_call(path, words, draw):
    """A sound of 0.15 s a word and 0.1 s of near silence after each."""
    time_s = np.arange(1200) / 8000
    parts = [np.concatenate([np.sin(2 * np.pi * TONES_HZ[word] * time_s), np.zeros(800)]) for word in words]
    signal = 0.3 * np.concatenate(parts)
    soundfile.write(path, signal + 0.003 * draw.standard_normal(len(signal)), 8000)


def voc(image, size, boxes):
    """What a drawing program writes: xmin and ymin count from 1, xmax and ymax are the last pixels."""
    objects = "".join(
        f"<object><name>{label}</name><bndbox><xmin>{box[0]}</xmin><ymin>{box[1]}</ymin>"
        f"<xmax>{box[2]}</xmax><ymax>{box[3]}</ymax></bndbox></object>"
        for label, *box in boxes
    )
    width, height = size
    return (
        f"<annotation><filename>{image}</filename><size><width>{width}</width><height>{height}</height>"
        f"<depth>1</depth></size>{objects}</annotation>"
    )
