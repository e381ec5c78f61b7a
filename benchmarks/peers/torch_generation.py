"""The language model of `benchmarks.generation` in PyTorch: nn.LSTM, trained and sampled by hand-written loops."""

import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy, one_hot


class LanguageModel(nn.Module):
    """Logits (b, t, n_tokens) from the ids before, 0 at the start."""

    def __init__(self, n_tokens, units):
        super().__init__()
        self.n_ids = n_tokens + 1
        self.lstm = nn.LSTM(self.n_ids, units, batch_first=True)
        self.output = nn.Linear(units, n_tokens)

    def forward(self, before, states=None):
        hidden, states = self.lstm(one_hot(before, self.n_ids).float(), states)
        return self.output(hidden), states


class TorchSide:
    """One epoch of updates, and all sequences drawn in one batch."""

    def __init__(self, shape):
        torch.manual_seed(0)
        self.shape, X = shape, shape.sequences
        self.network = LanguageModel(shape.n_tokens, shape.units)
        self.optimizer = torch.optim.Adam(self.network.parameters(), lr=0.001)
        before = np.pad(X + 1, ((0, 0), (1, 0)))[:, :-1]
        self.before, self.X = torch.from_numpy(before).long(), torch.from_numpy(X).long()

    def fit(self):
        for rows in torch.randperm(len(self.X)).split(self.shape.batch_size):
            self.optimizer.zero_grad()
            logits, _ = self.network(self.before[rows])
            cross_entropy(logits.flatten(0, 1), self.X[rows].flatten()).backward()
            nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
            self.optimizer.step()

    @torch.inference_mode()
    def sample(self):
        token, states, written = torch.zeros(self.shape.n_samples, 1, dtype=torch.long), None, []
        for _ in range(self.shape.n_timesteps):
            logits, states = self.network(token, states)
            written.append(torch.multinomial(torch.softmax(logits[:, 0], -1), 1))
            token = written[-1] + 1
        return torch.cat(written, 1).numpy()
