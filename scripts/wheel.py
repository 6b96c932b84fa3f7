"""Exits 1 when a wheel holds other top-level packages than `simpleflow` and `swf`."""

from __future__ import annotations

import sys
import zipfile

names = {name.split("/")[0] for name in zipfile.ZipFile(sys.argv[1]).namelist()}
packages = {name for name in names if not name.endswith(".dist-info")}
print(f"{sys.argv[1].rsplit('/')[-1]} holds {', '.join(sorted(packages))}")
sys.exit(packages != {"simpleflow", "swf"})
