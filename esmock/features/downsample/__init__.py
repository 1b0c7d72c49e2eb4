"""Downsampling: an index of a time series with one document per series and interval."""
