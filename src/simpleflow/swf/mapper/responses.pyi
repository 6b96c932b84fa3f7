from swf.responses import *
