from swf.models.history import *
