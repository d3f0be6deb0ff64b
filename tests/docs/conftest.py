"""The hooks lie beside the pages."""

import sys

from tests.programs import ROOT

sys.path.insert(0, str(ROOT / "docs" / "hooks"))
