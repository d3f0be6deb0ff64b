"""Numbers and names as a reader wants them."""

import math
import re
from datetime import datetime
from typing import Any

MINUS, DASH = "\N{MINUS SIGN}", "\N{EN DASH}"
METRICS = {
    "accuracy": "Accuracy",
    "macro_f1": "Macro F1",
    "auroc": "AUROC",
    "cross_entropy": "Cross-entropy",
    "calibration_error": "Calibration error",
    "r2": "R²",
    "rmse": "RMSE",
    "mae": "MAE",
    "mse": "MSE",
    "nats_per_character": "Nats per character",
    "bits_per_character": "Bits per character",
    "word_error_rate": "Word error rate",
    "psnr_y": "PSNR of luma (dB)",
    "ssim_y": "SSIM of luma",
    "gradient_distance": "Gradient distance",
    "frechet_distance": "Frechet distance",
    "manifold_precision": "Precision (k-NN manifold)",
    "manifold_recall": "Recall (k-NN manifold)",
    "class_coverage": "Classes drawn",
    "diversity": "Diversity",
    "ap": "AP, IoU 0.50 to 0.95",
    "ap50": "AP, IoU 0.50",
    "ap75": "AP, IoU 0.75",
    "recall": "Recall, IoU 0.50 to 0.95",
}
HIGHER_IS_BETTER = {
    "accuracy",
    "macro_f1",
    "auroc",
    "r2",
    "psnr_y",
    "ssim_y",
    "manifold_precision",
    "manifold_recall",
    "class_coverage",
    "ap",
    "ap50",
    "ap75",
    "recall",
}
LOWER_IS_BETTER = {
    "cross_entropy",
    "calibration_error",
    "rmse",
    "mae",
    "mse",
    "nats_per_character",
    "bits_per_character",
    "perplexity",
    "word_error_rate",
    "character_error_rate",
    "sentence_error_rate",
    "gradient_distance",
    "frechet_distance",
}
_BASELINES = {
    "majority": "the majority class",
    "mean": "the training mean",
    "decision_tree": "a decision tree",
    "tfidf_logistic_regression": "TF-IDF with logistic regression",
    "tfidf_decision_tree": "TF-IDF with a decision tree",
    "character_ngram": "character n-grams",
    "persistence": "persistence",
    "seasonal_naive": "the last season",
    "real_images": "other real images",
    "class_pca": "a normal distribution a class",
    "noise": "noise",
    "bicubic": "bicubic interpolation",
    "segmented_words": "segmented words",
    "nearest": "repeated pixels",
    "sliding_window": "a sliding window over gradients",
}
_PARTS = {"train": "training", "val": "validation", "test": "test"}
_WORDS = {"tfidf": "TF-IDF", "ngram": "n-gram"}


def metric(name: str) -> str:
    """``macro_f1`` -> ``Macro F1``, ``rmse_at_13`` -> ``RMSE at 13``."""
    kind, at, step = name.partition("_at_")
    return f"{METRICS[kind]} at {step}" if at and kind in METRICS else METRICS.get(name, words(name))


def direction(name: str) -> str:
    """``↑`` where a higher value is better, ``↓`` where a lower one is, else nothing."""
    kind = name.partition("_at_")[0]
    return "↑" if kind in HIGHER_IS_BETTER else "↓" if kind in LOWER_IS_BETTER else ""


def within(name: str) -> str:
    """A metric's name inside a sentence: ``accuracy``, but ``R²``."""
    return metric(name) if name in ("r2", "rmse", "psnr_y", "ssim_y", "ap", "ap50", "ap75") else metric(name).lower()


def baseline(name: str) -> str:
    """A baseline's name inside a sentence: ``majority`` -> ``the majority class``."""
    return _BASELINES.get(name, words(name).lower())


def words(name: str) -> str:
    """``linear_regression`` -> ``Linear regression``."""
    spaced = " ".join(_WORDS.get(word, word) for word in name.split("_"))
    return spaced[:1].upper() + spaced[1:]


def number(value: float | None) -> str:
    """Three decimals, or three significant digits where that says more; a dash for None."""
    if value is None:
        return DASH
    if not math.isfinite(value):
        return str(value)
    size = abs(value)
    text = (
        f"{value:.3f}" if size == 0 or 0.001 <= size < 100 else f"{value:,.1f}" if 100 <= size < 1e6 else f"{value:.2e}"
    )
    return text.replace("-", MINUS)


def in_steps(value: float | None, step: float) -> str:
    """A value with the decimals that tell a tenth of ``step`` apart: of 20 none, of 0.01 three; a dash for None."""
    if value is None or step <= 0:
        return number(value)
    decimals = max(0, 1 - math.floor(math.log10(step)))
    text = f"{value:,.{decimals}f}"
    return (text if float(text.replace(",", "")) else text.lstrip("-")).replace("-", MINUS)


def signed_in_steps(value: float | None, step: float) -> str:
    """The same with the sign of a difference: ``+145``."""
    text = in_steps(value, step)
    return f"+{text}" if value is not None and value > 0 and any(digit in text for digit in "123456789") else text


def signed(value: float | None) -> str:
    """A difference with its sign: ``+0.014``, ``−0.003``, ``0.000``."""
    if value is None:
        return DASH
    if abs(value) < 0.0005:
        return "0.000"
    return f"{'+' if value > 0 else ''}{number(value)}"


def setting(value: Any) -> str:
    """A value of a config: ``0.1``, ``none``, ``[64, 32]``."""
    if value is None or isinstance(value, bool):
        return {None: "none", True: "yes", False: "no"}[value]
    if isinstance(value, list):
        return f"[{', '.join(setting(item) for item in value)}]"
    return f"{value:g}" if isinstance(value, float) else str(value)


def significant(value: Any) -> str:
    """A value that was found, four digits of it: ``0.01656``, ``64``, ``adam``."""
    return f"{value:.4g}" if isinstance(value, float) else setting(value)


def measured(name: str) -> str:
    """``test/macro_f1`` -> ``Macro F1 (test)``; any other text as it is."""
    known = re.fullmatch(r"(train|val|test)/(\w+)", name)
    if known is None:
        return name
    title = "Loss" if known[2] == "loss" else metric(known[2])
    return f"{title} ({_PARTS[known[1]]})"


def probability(value: float | None) -> str:
    """``0.031``, and ``< 0.001`` below that; a dash for None."""
    return "< 0.001" if value is not None and value < 0.001 else number(value)


def percent(value: float | None) -> str:
    """``+2.4 %`` of 0.024; a dash for None."""
    if value is None:
        return DASH
    digits = "0.0" if abs(value) < 0.0005 else f"{100 * value:+.1f}" if abs(value) < 1 else f"{100 * value:+,.0f}"
    return f"{digits.replace('-', MINUS)}\N{NO-BREAK SPACE}%"


def count(value: float | None) -> str:
    """``12,345``."""
    return DASH if value is None else f"{value:,.0f}"


def duration(seconds: float | None) -> str:
    """``0.84 s``, ``12.3 s``, ``2 min 05 s``, ``1 h 03 min``."""
    if seconds is None:
        return DASH
    if seconds < 59.95:
        return f"{seconds:.2f} s" if seconds < 1 else f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min"


def moment(time: datetime | None) -> str:
    """``24 November 2026, 02:06 UTC``."""
    return "not recorded" if time is None else f"{time.day} {time:%B %Y, %H:%M} UTC"
