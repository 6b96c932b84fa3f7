from swf.format import *
