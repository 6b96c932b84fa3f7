from swf.actors.heartbeat import *
