from swf.querysets.base import *
