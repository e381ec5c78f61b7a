"""The language models of `benchmarks.generation` in PyTorch: nn.LSTM, trained and sampled by hand-written loops."""

import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy, one_hot

from benchmarks.peers.characters import Characters, bits, draw


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


# --- words ------------------------------------------------------------------------------------------------------------


class CharacterModel(nn.Module):
    """Logits (b, t, n_outputs) from the ids before. nn.LSTM has no recurrent dropout: it stands before the softmax."""

    def __init__(self, n_ids, n_outputs, units, dropout):
        super().__init__()
        self.embed = nn.Embedding(n_ids, n_ids, padding_idx=0)
        self.lstm = nn.LSTM(n_ids, units, batch_first=True)
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(units, n_outputs)

    def forward(self, before, states=None):
        hidden, states = self.lstm(self.embed(before), states)
        return self.output(self.dropout(hidden)), states


class TorchWords:
    """Learns words, their ends included, by a hand-written loop. A batch is as long as its longest word."""

    def __init__(self, *, units, epochs, batch_size, learning_rate, clipnorm, dropout, random_state):
        self.units, self.epochs, self.batch_size, self.learning_rate = units, epochs, batch_size, learning_rate
        self.clipnorm, self.dropout, self.random_state = clipnorm, dropout, random_state

    def fit(self, words):
        torch.manual_seed(self.random_state)
        self.coder_ = Characters(words)
        self.network_ = CharacterModel(self.coder_.n_ids, self.coder_.n_outputs, self.units, self.dropout)
        optimizer = torch.optim.Adam(self.network_.parameters(), lr=self.learning_rate)
        n_updates = self.epochs * -(-len(words) // self.batch_size)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, n_updates)
        for inputs, targets in self._batches(words):
            optimizer.zero_grad()
            logits, _ = self.network_(inputs)
            cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=-1).backward()
            nn.utils.clip_grad_norm_(self.network_.parameters(), self.clipnorm)
            optimizer.step()
            schedule.step()
        self.network_.eval()
        return self

    def _batches(self, words):
        """Shuffled batches of (inputs, targets) of all epochs."""
        inputs, targets = (torch.from_numpy(ids).long() for ids in self.coder_.encode(words))
        lengths = (inputs > 0).sum(1)
        for _ in range(self.epochs):
            for rows in torch.randperm(len(words)).split(self.batch_size):
                n = lengths[rows].max()
                yield inputs[rows, :n], targets[rows, :n]

    @torch.inference_mode()
    def bits(self, words):
        """Mean of -log2 p of a character, the end counted as one."""
        inputs, targets = self.coder_.encode(words)
        return bits(self.network_(torch.from_numpy(inputs).long())[0].numpy(), targets)

    @torch.inference_mode()
    def sample(self, n_samples, random_state):
        """Words, drawn in one batch, at most as long as the longest in fit."""

        def step(ids, states):
            logits, states = self.network_(torch.from_numpy(ids).long(), states)
            return logits[:, 0].numpy(), states

        rng = np.random.RandomState(random_state)
        return self.coder_.decode(draw(step, n_samples, self.coder_.longest, rng))
