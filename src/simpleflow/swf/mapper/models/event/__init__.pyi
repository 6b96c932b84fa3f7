from swf.models.event import *
