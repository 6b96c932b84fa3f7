from swf.actors.core import *
