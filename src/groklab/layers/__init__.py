"""Building blocks that architectures share: plain torch, one concept a file."""
