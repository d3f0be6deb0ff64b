"""What every test gets: shapes checked at run time, one thread, no tracking server, no user's settings."""

import os

from jaxtyping import install_import_hook

_CHECKED = (
    "groklab.architectures",
    "groklab.layers",
    "groklab.regularizers",
    "groklab.tasks",
    "groklab.data.feed",
    "groklab.data.scaling",
)
install_import_hook(list(_CHECKED), "beartype.beartype")

os.environ["OMP_NUM_THREADS"] = "1"
for name in ("MLFLOW_TRACKING_URI", "GROKLAB_ALLOW", "GROKLAB_TRACEBACK"):
    os.environ.pop(name, None)
