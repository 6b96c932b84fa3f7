"""Small workflows to read and to run, one module each; every docstring shows its command and what one sees.

Run them from the directory that holds `examples/`.
"""

from __future__ import annotations
