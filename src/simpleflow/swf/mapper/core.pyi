from swf.core import *
