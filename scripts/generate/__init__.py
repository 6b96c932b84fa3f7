"""The sources of `swf.protocol`, from botocore's service model."""
