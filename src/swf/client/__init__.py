"""One client interface, boto3's own, to every engine; and which engine that is.

`connect` finds it: on a file, at an address, or Amazon SWF.
"""

from __future__ import annotations

from swf.client.finding import connect, ensure_domain
from swf.client.http import HttpClient
from swf.client.naming import domain_name

__all__ = ["HttpClient", "connect", "domain_name", "ensure_domain"]
