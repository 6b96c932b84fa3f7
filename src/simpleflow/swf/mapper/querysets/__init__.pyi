from swf.querysets import *
