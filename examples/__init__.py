"""Small workflows to read and to run, one module each; every docstring shows its command and what one sees.

Run them from the directory that holds `examples/`. With `standalone` instead of `workflow.start --local` they
run durably, and print the same after the id of the execution; what happens at once may come in any order.
"""

from __future__ import annotations
