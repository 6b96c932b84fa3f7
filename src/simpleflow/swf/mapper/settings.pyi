from swf.settings import *
