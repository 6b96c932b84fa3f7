from swf.models.workflow import *
