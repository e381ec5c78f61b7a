"""Which names columns have that are timesteps."""

import re

import numpy as np

OF_A_TIME = re.compile(  # column names, most of which number or name a time
    r"[\W_]*(t|v|x|y|f|p|period|lag|step|time|s|sec|min|h|hr|hour|d|day|w|wk|week|m|month|q|quarter|year)?[\W_]*\d"
    r"|.*(19|20)\d\d|(.*[\W_])?(mon|tue|wed|thu|fri|sat|sun|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
    r"|dawn|morning|forenoon|noon|midday|afternoon|evening|night|midnight|breakfast|brunch|lunch|dinner|supper"
    r"|(first|second|third|fourth|fifth|last|early|late|start|begin|mid|middle|end|before|during|after)(?![a-z]))",
    re.IGNORECASE,
)


def have_names_of_no_times(X):
    """Whether X is a frame of several columns, most of which neither name nor number a time."""
    names = [name for name in getattr(X, "columns", ()) if isinstance(name, str)]
    return len(names) > 1 and np.mean([OF_A_TIME.match(name) is not None for name in names]) <= 0.5
