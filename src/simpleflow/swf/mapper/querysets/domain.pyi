from swf.querysets.domain import *
