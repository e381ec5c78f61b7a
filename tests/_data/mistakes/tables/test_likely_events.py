"""Frames whose rows are most likely events of longer sequences."""

import re

import numpy as np
import pandas as pd
import polars as pl
import pytest
from quiet_fits import assert_no_warning
from warned import told

from skseq import (
    SequenceClassifier,
    SequenceGenerator,
)
from skseq._data.mistakes.tables.likely_events import warn_if_events

SMALL = {"units": 2, "epochs": 1}
pytestmark = pytest.mark.usefixtures("eager", "untrained")
LABELS = [0, 1, 0, 1]
EVENTS = pd.DataFrame({"user": np.repeat(np.arange(8), 3), "step": [1, 2, 3] * 8, "page": ["home", "cart", "pay"] * 8})


@pytest.mark.parametrize("library", [pd, pl])
@pytest.mark.parametrize("names", [False, True])
def test_rows_that_are_events(library, names):
    frame = EVENTS.assign(user="u" + EVENTS["user"].astype(str)) if names else EVENTS
    X = frame if library is pd else pl.DataFrame(frame.to_dict("list"))
    told = r"^X holds .* '(user|step)'.* 'page', and is read as 24 sequences of 3 tokens.* such as (X\.gr.*), and y"
    with pytest.warns(UserWarning, match=told) as caught:
        SequenceClassifier(**SMALL).fit(X, [0, 1, 0] * 8)
    advised = eval(re.match(told, str(caught[0].message))[2], {"X": X})
    model = SequenceClassifier(**SMALL).fit(advised, LABELS * 2)  # warnings are errors
    assert set(model.vocabulary_) == {"home", "cart", "pay"}
    assert model.n_timesteps_in_ == 3
    assert_no_warning(SequenceClassifier(**SMALL, source_type="tokens"), X, [0, 1, 0] * 8)


LOG = pd.DataFrame(
    {
        "user": ["bob", "amy", "bob", "amy"] * 6,
        "event": ["login", "login", "su", "exit"] * 6,
        "time": pd.Timestamp("2024-03-01") + pd.to_timedelta(np.arange(24)[::-1], "h"),
    }
)


@pytest.mark.parametrize("library", [pd, pl])
@pytest.mark.parametrize("of_text", [False, True])
def test_rows_of_a_log_with_times(library, of_text):
    frame = LOG.assign(time=LOG["time"].astype(str)) if of_text else LOG
    of_users = ["exit", "login"] * 6, ["su", "login"] * 6  # of amy and bob, from the last row on
    for names, expected in ((["user", "event", "time"], of_users), (["time", "event"], [LOG["event"].tolist()[::-1]])):
        X = frame[names] if library is pd else pl.DataFrame(frame[names].to_dict("list"))
        told = r"^X holds columns of times, .* 'time', and of strings, .* 'event', .* such as (.*), and y to match"
        with pytest.warns(UserWarning, match=told) as caught:
            SequenceGenerator(**SMALL).fit(X)
        assert len(caught) == 1
        assert sorted(eval(re.match(told, str(caught[0].message))[1], {"X": X})) == sorted(expected)
        assert_no_warning(SequenceGenerator(**SMALL, source_type="tokens"), X)


@pytest.mark.parametrize("names", [["event", "time", "user"], ["time", "user", "event"], ["who", "event", "time"]])
def test_lists_of_a_log_are_those_of_users_in_any_order_of_columns(names):
    more = {"message": [f"at row {row}" for row in range(24)], "who": ["bob", "amy", "eve", "jim"] * 6}
    X = LOG.assign(**more)[[*names, "message"]]
    [message] = told(SequenceGenerator(**SMALL).fit, X)
    whom = "who" if "who" in names else "user"
    assert f"such as X.sort_values('time').groupby('{whom}')['event'].agg(list), and y" in message


def test_an_id_of_integers_is_told_from_what_else_comes_again():
    more = {"amount": np.arange(24) // 2, "customer_id": np.repeat([7, 8, 9], 8), "shop": ["north", "south"] * 12}
    [message] = told(SequenceGenerator(**SMALL).fit, LOG[["time", "event"]].assign(**more))
    assert "groupby('customer_id')['event']" in message
    [message] = told(
        SequenceGenerator(**SMALL).fit, LOG[["time", "event"]].assign(amount=more["amount"], shop=more["shop"])
    )
    assert "groupby('shop')['event']" in message  # by its name, an event is what happened


@pytest.mark.parametrize(
    ("names", "advised"),
    [
        (["user", "item"], "X.groupby('user')['item'].agg(list), and y to match, with rows in the order of events"),
        (["user", "item", "ts"], "X.sort_values('ts').groupby('user')['item'].agg(list), and y to match. "),
        (["user", "session", "item", "ts", "device"], "X.sort_values('ts').groupby('session')['item']"),
        (["session", "item"], "X.groupby('session')['item']"),
        (["item", "uid", "epoch"], "X.sort_values('epoch').groupby('uid')['item']"),
    ],
)
def test_items_are_told_from_whose_they_are(names, advised):
    shop = {"user": ["amy", "bob", "eve"] * 8, "item": [41, 87, 52, 63] * 6, "device": ["pc", "phone"] * 12}
    times = pd.Timestamp("2024-03-01") + pd.to_timedelta(np.arange(24), "h")
    X = pd.DataFrame({**shop, "session": np.arange(24) // 4, "uid": [7, 8, 9] * 8, "ts": times, "epoch": np.arange(24)})
    [message] = told(SequenceGenerator(**SMALL).fit, X[names])
    assert f"such as {advised}" in message
    assert "in place of 'item' put that of what happened, and of" in message
    lists = eval(re.search(r"such as (X.*agg\(list\)), and", message)[1], {"X": X})
    assert set().union(*lists) == {41, 87, 52, 63}
    assert_no_warning(SequenceGenerator(**SMALL), lists)


def test_integers_of_rows_without_an_id_that_comes_again_are_no_events():
    codes = np.arange(24)
    for frame in ({"user": codes, "item": codes % 5}, {"first": codes % 5, "second": codes % 3}, {"user": codes % 5}):
        assert not warn_if_events(pd.DataFrame(frame), "X")


def days(n):
    return pd.date_range("1990-01-01", periods=n)


@pytest.mark.parametrize(
    "people",
    [
        {"name": [f"p{row}" for row in range(40)], "city": ["x", "y"] * 20, "start": days(40)},
        {"name": [f"p{row}" for row in range(40)], "city": ["x", "y"] * 20, "start": days(40).date},
        {"name": ["amy", "bob"] * 20, "city": ["x", "y"] * 20, "date of birth": days(40).date},
        {"name": ["amy", "bob"] * 20, "city": ["x", "y"] * 20, "born": days(40)},
    ],
    ids=["midnights", "dates", "birth", "born"],
)
def test_dates_of_people_are_no_events(people):
    assert_no_warning(SequenceGenerator(**SMALL), pd.DataFrame(people))


def test_days_of_visits_are_events():
    X = pd.DataFrame(
        {"found": ["flu", "flu", "cold", "none"] * 10, "patient": ["amy", "bob"] * 20, "day": days(40).date}
    )
    [message] = told(SequenceGenerator(**SMALL).fit, X)
    assert "X.sort_values('day').groupby('patient')['found']" in message


def test_what_is_no_time_in_one_row_of_many_is_no_column_of_times():
    X = pd.concat([LOG] * 10).astype(str)
    assert told(SequenceGenerator(**SMALL).fit, X)
    X.iloc[-1, 2] = "later"
    assert_no_warning(SequenceGenerator(**SMALL), X)


@pytest.mark.parametrize("library", [pd, pl])
def test_a_session_of_strings_has_rows_beside_each_other(library):
    frame = EVENTS.assign(session="s" + EVENTS["user"].astype(str))[["session", "page"]]
    X = frame if library is pd else pl.DataFrame(frame.to_dict("list"))
    told = r"^X holds a column 'session' that has the same value in rows beside each other.* such as (X\.gr.*), and y"
    with pytest.warns(UserWarning, match=told) as caught:
        SequenceGenerator(**SMALL).fit(X)
    advised = eval(re.match(told, str(caught[0].message))[1], {"X": X})
    assert list(advised) == [["home", "cart", "pay"]] * 8
    shuffled = frame.sample(frac=1, random_state=0)
    assert not warn_if_events(shuffled, "X")
    assert not warn_if_events(shuffled.assign(session=["day", "night", "night"] * 8), "X")
    assert not warn_if_events(frame.rename(columns={"session": "word"}), "X")


def test_tables_of_strings_alone_are_no_events():
    assert_no_warning(SequenceClassifier(**SMALL), EVENTS[["page", "page"]].set_axis(["a", "b"], axis=1), [0, 1, 0] * 8)


@pytest.mark.parametrize(
    "frame",
    [pd.DataFrame({"a": [], "b": []}), pd.DataFrame({"a": [["x"]], "b": ["y"]}), pl.DataFrame({"a": [], "b": []})],
    ids=["empty", "lists", "polars"],
)
def test_frames_without_rows_or_with_lists_are_no_events(frame):
    assert not warn_if_events(frame, "X")
