from swf.querysets.activity import *
