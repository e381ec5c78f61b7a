"""Limits that several warnings share: how much is looked at, and what counts as many, nearly all, few and often."""

LOOKED_AT = 200  # sequences
MANY = 50  # distinct integers: fewer may well be a vocabulary
NEARLY_ALL = 0.95  # of the numbers, or of the labels
FEW_NAMES = 0.1  # of the strings, that are distinct: names of events recur, queries hardly do
A_FEW = 0.1  # of the distinct integers: -1 or -100 alone stands for padding, or for what is unknown
SOME = 20  # distinct integers: fewer may be a vocabulary, whatever their order
OFTEN = 20  # occurrences of each integer from which a network learns something of it
