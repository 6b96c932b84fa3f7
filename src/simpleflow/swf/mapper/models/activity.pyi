from swf.models.activity import *
