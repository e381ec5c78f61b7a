"""Names of columns that say which sequence a row is of."""

import re

OF_A_VISIT = re.compile(r"(session|visit|case|trip|order|basket)s?([_ ]?(id|name|no))?", re.IGNORECASE)
OF_WHOM = re.compile(
    r"(user|customer|client|visitor|patient|account|host|machine|device)s?([_ ]?(id|name|no))?|uid", re.IGNORECASE
)
OF_AN_ID = re.compile(r"(.*[^a-z])?id", re.IGNORECASE)


def says_whose(name):
    return (OF_A_VISIT.fullmatch(name) or OF_WHOM.fullmatch(name)) is not None
