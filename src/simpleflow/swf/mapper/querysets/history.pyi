from swf.querysets.history import *
