"""What a data set is for, what a task asks of a network, what predictions say."""

from typing import Literal

Kind = Literal[
    "classification",  # one class an example
    "regression",  # numbers
    "language",  # the token after each one
    "generation",  # new examples like those given
    "super_resolution",  # the same image, larger
    "detection",  # boxes and their classes
    "transcription",  # the symbols that are spoken
]
