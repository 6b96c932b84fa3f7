"""One suite of what Amazon SWF does, against boto3's client interface, run on every way to our engine.

`reference/swf-engine.md` is what it holds the engine to; `@pytest.mark.edge(n)` names the cases of its §7.
"""

from __future__ import annotations
