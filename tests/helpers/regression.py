"""A training that a pencil can check: linear regression."""

import torch

from pipeline.config.training import Training
from pipeline.learning.trainer import train

TRUE_WEIGHTS = torch.tensor([[1.5, -0.5]])


def events(n, seed):
    """Rows x1, x2, y with y = 1.5 x1 - 0.5 x2 + 0.3 + noise of width 0.1."""
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(n, 2, generator=generator)
    noise = 0.1 * torch.randn(n, 1, generator=generator)
    return torch.cat([x, x @ TRUE_WEIGHTS.T + 0.3 + noise], dim=1)


def squared_error(model, batch):
    """Of the last column, predicted from the others."""
    return (model(batch[:, :-1]) - batch[:, -1:]).square().squeeze(1)


def dropping():
    """A linear model that draws random numbers in training, as a network with dropout does."""
    return torch.nn.Sequential(torch.nn.Dropout(0.1), torch.nn.Linear(2, 1))


class Study:
    """A training problem; `spoil(epoch, batch number, batch)` may change or interrupt it."""

    def __init__(self, checkpoint):
        self.checkpoint = checkpoint
        self.training_events, self.validation_events = events(640, 1), events(200, 2)
        self.spoil = lambda epoch, number, batch: batch
        self.loss = squared_error
        self.make_model = lambda: torch.nn.Linear(2, 1)
        self.model = None

    def training(self, epoch):
        order = torch.randperm(
            len(self.training_events), generator=torch.Generator().manual_seed(epoch)
        )
        for number, batch in enumerate(self.training_events[order].split(32)):
            yield [self.spoil(epoch, number, batch)]

    def validation(self):
        return iter(self.validation_events.split(64))

    def run(self, identity="same", learning_rate=0.02, **settings):
        """Train a fresh model and return the history."""
        torch.manual_seed(7)
        self.model = self.make_model()
        optimiser = {"learning_rate": learning_rate}
        training = Training.model_validate({"optimiser": optimiser, **settings})
        return train(
            self.model,
            self.loss,
            self.training,
            self.validation,
            len(self.training_events),
            training,
            self.checkpoint,
            identity,
        )

    def weights(self):
        return {name: value.clone() for name, value in self.model.state_dict().items()}


def assert_same_weights(first, second):
    assert first.keys() == second.keys()
    for name in first:
        assert torch.equal(first[name], second[name]), name


def without_time(history):
    return history.drop(columns="seconds")
