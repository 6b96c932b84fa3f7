from swf.actors.worker import *
