"""groklab: experiments in deep learning that can be run, measured and trusted."""

__version__ = "0.1.0"
