from swf.models.domain import *
