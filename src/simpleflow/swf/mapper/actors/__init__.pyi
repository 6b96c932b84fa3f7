from swf.actors import *
