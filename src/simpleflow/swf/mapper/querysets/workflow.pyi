from swf.querysets.workflow import *
