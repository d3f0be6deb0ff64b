"""The primer that the claims are about: its sections, in their order."""

SECTIONS = (
    "layers",
    "activations",
    "losses",
    "gradient_descent",
    "optimizers",
    "cnn",
    "rnn",
    "gan",
    "regularization",
    "overfitting",
    "baselines",
)
