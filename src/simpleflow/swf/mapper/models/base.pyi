from swf.models.base import *
