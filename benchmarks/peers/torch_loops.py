"""What skseq is measured against in PyTorch: the same networks on nn.LSTM, trained and searched by hand-written loops.

Weights start as PyTorch has them. Ids become one-hot vectors, since nn.LSTM reads vectors.
"""

import torch
from skorch import NeuralNetClassifier
from skorch.callbacks import GradientNormClipping
from torch import nn
from torch.nn.functional import cross_entropy, one_hot

__all__ = ["EncoderDecoder", "LabelNetwork", "as_tensors", "beam", "greedy", "label_classifier", "train", "trainer"]


class EncoderDecoder(nn.Module):
    """Logits (b, t, n_classes) from source and previous ids; attention is None, "dot" or "bahdanau"."""

    def __init__(self, n_classes, units, attention=None):
        super().__init__()
        self.n_ids = n_ids = n_classes + 1  # 0 is padding or start
        self.attention = attention
        self.encoder = nn.LSTM(n_ids, units, batch_first=True)
        if attention == "bahdanau":
            self.first = nn.Linear(units, units)
            self.query, self.key = (nn.Linear(units, units, bias=False) for _ in range(2))
            self.scale = nn.Linear(units, 1, bias=False)
            self.decoder = nn.LSTMCell(n_ids + units, units)
            self.output = nn.Linear(2 * units + n_ids, n_classes)
            return
        self.decoder = nn.LSTM(n_ids, units, batch_first=True)
        if attention == "dot":
            self.combine = nn.Linear(2 * units, units, bias=False)
        self.output = nn.Linear(units, n_classes)

    def forward(self, source, previous):
        encoded, states = self.encode(source)
        tokens = one_hot(previous, self.n_ids).float()
        if self.attention == "bahdanau":
            return self.output(torch.cat([self._attend_stepwise(encoded, tokens), tokens], -1))
        return self.output(self._combined(encoded, self.decoder(tokens, states)[0]))

    def encode(self, source):
        """Outputs (b, t, units) and states (1, b, units) of the encoder."""
        return self.encoder(one_hot(source, self.n_ids).float())

    def step(self, previous, states, encoded):
        """Logits (b, k, n_classes) after previous ids (b, k) of k hypotheses per source, and states (1, b * k, units).

        Not with Bahdanau attention. Hypotheses attend as timesteps do, so nothing is copied for them.
        """
        hidden, states = self.decoder(one_hot(previous.reshape(-1, 1), self.n_ids).float(), states)
        return self.output(self._combined(encoded, hidden.view(*previous.shape, -1))), states

    def _combined(self, encoded, hidden):
        """h~ = tanh(W [c; h]) of all steps at once, c by dot products (Luong et al. 2015)."""
        if self.attention is None:
            return hidden
        weights = torch.softmax(torch.bmm(hidden, encoded.transpose(1, 2)), -1)
        return torch.tanh(self.combine(torch.cat([torch.bmm(weights, encoded), hidden], -1)))

    def _attend_stepwise(self, encoded, tokens):
        """[s_{i-1}; c_i] of every step: the previous state scores (Bahdanau et al. 2015)."""
        keys = self.key(encoded)
        hidden = torch.tanh(self.first(encoded[:, 0]))
        cell, steps = torch.zeros_like(hidden), []
        for token in tokens.unbind(1):
            scores = self.scale(torch.tanh(self.query(hidden)[:, None] + keys))
            context = (torch.softmax(scores, 1) * encoded).sum(1)
            steps.append(torch.cat([hidden, context], -1))
            hidden, cell = self.decoder(torch.cat([token, context], -1), (hidden, cell))
        return torch.stack(steps, 1)


def trainer(network, clipnorm=1.0):
    """Adam at 0.001 and a function of (source, previous, target): one update, clipped over all weights together."""
    optimizer = torch.optim.Adam(network.parameters(), lr=0.001)

    def update(source, previous, target):
        optimizer.zero_grad()
        loss = cross_entropy(network(source, previous).flatten(0, 1), target.flatten())
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), clipnorm)
        optimizer.step()

    return update


def train(update, batches):
    """One update for every (source, previous, target)."""
    for batch in batches:
        update(*batch)


def as_tensors(*arrays):
    """int64 tensors, as one_hot wants them."""
    return [torch.from_numpy(array).long() for array in arrays]


@torch.inference_mode()
def greedy(network, source, n_steps):
    """Classes (b, n_steps) of all sources at once, the likeliest one fed to the next step."""
    encoded, states = network.encode(source)
    previous, written = torch.zeros(len(source), 1, dtype=torch.long), []
    for _ in range(n_steps):
        logits, states = network.step(previous, states, encoded)
        written.append(logits.argmax(-1))
        previous = written[-1] + 1
    return torch.cat(written, 1)


@torch.inference_mode()
def beam(network, source, n_steps, width):
    """Classes (b, n_steps) of the best output that a beam search of all sources at once finds, and its log P (b,)."""
    encoded, states = network.encode(source)
    previous = torch.zeros(len(source), 1, dtype=torch.long)  # one hypothesis per source until the first step
    log_probs, written = torch.zeros(len(source), 1), torch.empty(len(source), 0, dtype=torch.long)
    for _ in range(n_steps):
        logits, states = network.step(previous, states, encoded)
        log_probs, kept, classes = _continued(log_probs, logits, width)
        rows = _rows_of(kept, previous.shape[1])
        states = [x.index_select(1, rows) for x in states]
        written = torch.cat([written[rows], classes.view(-1, 1)], 1)  # (b * width, steps so far)
        previous = classes + 1
    return written.view(len(source), -1, n_steps)[:, 0], log_probs[:, 0]


def _continued(log_probs, logits, width):
    """The best continuations of hypotheses (b, k): log P, the hypothesis that each continues, its class, (b, width)."""
    n_classes = logits.shape[-1]
    sums = (log_probs[..., None] + torch.log_softmax(logits, -1)).flatten(1)  # (b, k * n_classes)
    log_probs, places = sums.topk(min(width, sums.shape[1]))
    return log_probs, places // n_classes, places % n_classes


def _rows_of(kept, k):
    """Rows among b * k hypotheses, of the ones kept (b, width) out of k per source."""
    return (kept + k * torch.arange(len(kept))[:, None]).flatten()


# --- one label per sequence -------------------------------------------------------------------------------------------


class LabelNetwork(nn.Module):
    """Encoder, its code read once by a decoder, one softmax: `stock_keras.label_network`."""

    def __init__(self, n_features, n_classes, units=16):
        super().__init__()
        self.encoder, self.decoder = (
            nn.LSTM(n_features, units, batch_first=True),
            nn.LSTM(units, units, batch_first=True),
        )
        self.output = nn.Linear(units, n_classes)

    def forward(self, X):
        code = self.encoder(X.float())[0][:, -1:]
        return self.output(self.decoder(code)[0][:, -1])


def label_classifier(n_features, n_classes, *, epochs, **parameters):
    """`LabelNetwork` as skorch wraps it, clipped as skseq does by default."""
    return NeuralNetClassifier(
        LabelNetwork,
        module__n_features=n_features,
        module__n_classes=n_classes,
        criterion=nn.CrossEntropyLoss,
        optimizer=torch.optim.Adam,
        max_epochs=epochs,
        train_split=None,
        iterator_train__shuffle=True,
        callbacks=[("clip", GradientNormClipping(1.0))],
        verbose=0,
        **parameters,
    )
