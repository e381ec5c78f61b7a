"""
Serve an estimator: skops and FastAPI
=====================================

A fitted estimator becomes a web service in a few lines. It is stored without pickle, so that to load the file runs no
code of others, and what the estimator says of bad input goes to whoever sent it.
"""

import tempfile
import threading
import time
from pathlib import Path

import httpx
import matplotlib.pyplot as plt
import skops.io
import uvicorn
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

import skseq
from skseq import SequenceClassifier

# %%
# Fit and store
# -------------
# Which language is a word in? Six words of each are enough to show how it is served.

words = ["haus", "maus", "katze", "garten", "laus", "tor", "house", "mouse", "cat", "garden", "louse", "door"] * 5
languages = (["de"] * 6 + ["en"] * 6) * 5
classifier = SequenceClassifier(units=16, analyzer="char", epochs=30, random_state=0).fit(words, languages)
path = Path(tempfile.mkdtemp()) / "language.skops"
skops.io.dump(classifier, path)

# %%
# The service
# -----------
# In a project of your own this is the file that ``uvicorn`` runs. A ``ValueError`` or ``TypeError`` of
# ``predict_proba`` says which argument is wrong, what was expected and what came; the answer 422 passes it on. Its
# endpoint is no ``async def``: FastAPI then runs it in a thread and takes other requests meanwhile.

app = FastAPI(title="Which language?")
served = skops.io.load(path, trusted=skseq.TRUSTED_TYPES)


class Question(BaseModel):
    words: list[str]


@app.post("/language")
def language(question: Question):
    try:
        probabilities = served.predict_proba(question.words)
    except (TypeError, ValueError) as error:
        raise HTTPException(status_code=422, detail=str(error)) from error
    return [dict(zip(served.classes_.tolist(), own)) for own in probabilities.tolist()]


# %%
# Ask it
# ------
# Here the server runs in a thread, on a free port of this machine alone.

server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None))
thread = threading.Thread(target=server.run)
thread.start()
while not server.started:
    time.sleep(0.05)
port = server.servers[0].sockets[0].getsockname()[1]
asked = ["hause", "gaus", "gouse", "gardens", "torte", "doo"]
with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
    good = client.post("/language", json={"words": asked})
    bad = client.post("/language", json={"words": ["haus", "hôtel"]})
server.should_exit = True
thread.join()
print(good.status_code, good.json()[0])
print(bad.status_code, bad.json()["detail"])

# %%
# What came back.

german = [answer["de"] for answer in good.json()]
figure, axes = plt.subplots(figsize=(8, 3.2), layout="constrained")
axes.bar(asked, german)
axes.axhline(0.5, color="gray", linestyle="--")
axes.set(ylim=(0, 1), xlabel="word", ylabel="probability of German", title="Answers of the service")
plt.show()
