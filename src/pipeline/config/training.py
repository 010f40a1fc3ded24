"""Schema of training: how any network learns, and where."""

from typing import Any, Literal, Self

from pydantic import model_validator

from pipeline.config.model import Block, described


class AdamW(Block):
    """The AdamW optimiser; the defaults are the paper's, Adam."""

    learning_rate: float = described("Learning rate.", 1e-4, gt=0)
    betas: tuple[float, float] = described("Decay of the moment estimates.", (0.94, 0.999))
    eps: float = described("Added to the denominator.", 1e-7, gt=0)
    warmup_steps: int = described(
        "Steps over which the learning rate rises to its value. Without, a fast training of the "
        "HCN may end at kappa = 0 in its first steps and stay there.",
        0,
        ge=0,
    )
    weight_decay: float = described(
        "Share of the weights lost in a step, in units of the learning rate (decoupled from the "
        "gradient; biases and normalisation are spared); 0 is Adam.",
        0.0,
        ge=0,
    )
    schedule: Literal["constant", "cosine"] = described(
        "Learning rate after the warm-up: 'constant', or 'cosine', which falls along half a cosine "
        "until `max_epochs` are over.",
        "constant",
    )
    final_fraction: float = described(
        "What 'cosine' leaves of the learning rate in the end.", 0.003, ge=0, le=1
    )


class Training(Block):
    """How a network learns, and where; the defaults are the paper's."""

    optimiser: AdamW = described("Optimiser.", AdamW())
    batch_size: int = described("Events in a step.", 256, gt=0)
    max_epochs: int = described("Passes over the training set at most.", 200, gt=0)
    patience: int = described(
        "Stop after this many epochs without a better validation loss.", 5, gt=0
    )
    max_gradient_norm: float | None = described(
        "Longer gradients are scaled down to this norm; null: never.", None, gt=0
    )
    device: Literal["cpu", "cuda"] = described("Where to train and predict.", "cpu")
    slices: int = described(
        "Equal parts of a batch, which can be worked on at the same time; a batch normalisation "
        "sees one of them at a time. Part of the result: the same number on every machine.",
        1,
        gt=0,
    )
    threads: int = described(
        "Slices worked on at the same time, on a CPU core each: faster, the same result. A GPU has "
        "one.",
        1,
        gt=0,
    )
    processes: int = described(
        "Processes that share the slices of a batch, with a GPU each where the device is 'cuda', "
        "on `threads` cores each else; each makes all the batch's events for itself. The result "
        "differs in the last digits only.",
        1,
        gt=0,
    )

    @model_validator(mode="after")
    def _all_have_slices(self) -> Self:
        if self.processes * self.threads > self.slices:
            of_each = f" in each of {self.processes} processes" if self.processes > 1 else ""
            raise ValueError(
                f"threads: {self.threads}{of_each}, but a batch has {self.slices} slice(s), one "
                "for each at most; raise slices"
            )
        return self

    @model_validator(mode="after")
    def _threads_are_of_a_cpu(self) -> Self:
        if self.device == "cuda" and self.threads > 1:
            raise ValueError(
                f"threads: {self.threads}, but a GPU works on one slice after the other; leave "
                "threads out, or use more GPUs by processes"
            )
        return self

    @property
    def cores(self) -> int:
        """CPU cores that a training keeps busy."""
        return self.processes * self.threads

    @property
    def gpus(self) -> int:
        """GPUs that a training keeps busy."""
        return self.processes if self.device == "cuda" else 0

    def parallelism(self) -> dict[str, int]:
        """How a training is spread over cores; the result does not depend on it."""
        return {"processes": self.processes, "threads": self.threads}

    def without_parallelism(self) -> Self:
        """The same training on one core: the same result but for the last digits."""
        return self.model_copy(update=dict.fromkeys(self.parallelism(), 1))

    def identity(self) -> dict[str, Any]:
        """What the weights after an epoch depend on, as plain content.

        The number of epochs does so only where the learning rate falls towards the last one, those
        of threads and processes never: a training may go on with others.
        """
        constant = self.optimiser.schedule == "constant"
        without = {*self.parallelism(), *(["max_epochs"] if constant else [])}
        return self.model_dump(mode="json", exclude=without)
