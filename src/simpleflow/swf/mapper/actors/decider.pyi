from swf.actors.decider import *
