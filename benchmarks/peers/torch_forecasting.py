"""The recursive forecaster of `benchmarks.forecasting` in PyTorch: two nn.LSTM, trained and sampled by hand."""

import torch
from torch import nn
from torch.nn.functional import gaussian_nll_loss, softplus


class Forecaster(nn.Module):
    """Mean and deviation (b, t, 2) of steps from a window (b, t') and the numbers before each step (b, t)."""

    def __init__(self, units):
        super().__init__()
        self.encoder = nn.LSTM(1, units, batch_first=True)
        self.decoder = nn.LSTM(1, units, batch_first=True)
        self.output = nn.Linear(units, 2)

    def read(self, windows):
        return self.encoder(windows[..., None])[1]

    def write(self, before, states):
        hidden, states = self.decoder(before[..., None], states)
        numbers = self.output(hidden)
        return numbers[..., 0], 1e-3 + softplus(numbers[..., 1]), states


class TorchSide:
    """A fit from new weights, and all paths drawn in one batch."""

    def __init__(self, shape):
        self.shape = shape
        self.X, self.y = (torch.from_numpy(x).float() for x in shape.windows)

    def fit(self):
        torch.manual_seed(0)
        self.network = Forecaster(self.shape.units)
        optimizer = torch.optim.Adam(self.network.parameters(), lr=0.001)
        for _ in range(self.shape.epochs):
            for rows in torch.randperm(len(self.X)).split(self.shape.batch_size):
                optimizer.zero_grad()
                self._loss(self.X[rows], self.y[rows]).backward()
                nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
                optimizer.step()

    def _loss(self, X, y):
        before = torch.cat([X[:, -1:], y[:, :-1]], 1)
        mean, deviation, _ = self.network.write(before, self.network.read(X))
        return gaussian_nll_loss(mean, y, deviation**2)

    @torch.inference_mode()
    def paths(self):
        X, n_paths = self.X[: self.shape.n_forecasts], self.shape.n_paths
        states = [x.repeat_interleave(n_paths, 1) for x in self.network.read(X)]
        told, drawn = X[:, -1:].repeat_interleave(n_paths, 0), []
        for _ in range(self.shape.horizon):
            mean, deviation, states = self.network.write(told, states)
            told = torch.normal(mean, deviation)
            drawn.append(told)
        return torch.cat(drawn, 1).reshape(len(X), n_paths, -1).numpy()
