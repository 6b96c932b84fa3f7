from swf.actors.helpers import *
