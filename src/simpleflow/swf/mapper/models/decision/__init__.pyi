from swf.models.decision import *
