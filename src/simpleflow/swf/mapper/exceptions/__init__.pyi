from swf.exceptions import *
