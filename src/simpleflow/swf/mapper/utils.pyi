from swf.utils import *
