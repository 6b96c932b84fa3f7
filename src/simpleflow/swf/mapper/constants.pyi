from swf.constants import *
