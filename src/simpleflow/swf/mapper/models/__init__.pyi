from swf.models import *
