from swf.models.history.builder import *
