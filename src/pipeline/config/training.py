"""Schema of the training of any network."""

from typing import Any, Literal, Self

from pydantic import model_validator

from pipeline.config.model import Block, described


class AdamW(Block):
    """The AdamW optimiser. The defaults are the paper's: Adam without weight decay."""

    learning_rate: float = described("Learning rate.", 1e-4, gt=0)
    betas: tuple[float, float] = described("Decay rates of the moment estimates.", (0.94, 0.999))
    eps: float = described("Constant added to the denominator of a step.", 1e-7, gt=0)
    warmup_steps: int = described(
        "Steps over which the learning rate rises linearly to its value. Without a warm-up, an HCN "
        "with a high learning rate may reach kappa = 0 in its first steps and stay there.",
        0,
        ge=0,
    )
    weight_decay: float = described(
        "Fraction of the weights subtracted in a step, in units of the learning rate (decoupled "
        "from the gradient; not applied to biases and normalisation); 0 is Adam.",
        0.0,
        ge=0,
    )
    schedule: Literal["constant", "cosine"] = described(
        "Learning rate after the warm-up: 'constant', or 'cosine', which falls along half a cosine "
        "until the end of `max_epochs`.",
        "constant",
    )
    final_fraction: float = described(
        "Final learning rate of 'cosine', in units of `learning_rate`.", 0.003, ge=0, le=1
    )


class Training(Block):
    """Training of a network. The defaults are the paper's."""

    optimiser: AdamW = described("Optimiser.", AdamW())
    batch_size: int = described("Events in one step of the optimiser.", 256, gt=0)
    max_epochs: int = described("Maximum number of epochs.", 200, gt=0)
    patience: int = described(
        "Stop after this many epochs without a better validation loss.", 5, gt=0
    )
    max_gradient_norm: float | None = described(
        "Gradients of a larger norm are scaled down to this norm; null: never.", None, gt=0
    )
    device: Literal["cpu", "cuda"] = described("Device for training and prediction.", "cpu")
    slices: int = described(
        "Equal parts of a batch that can be processed at the same time. Batch normalisation sees "
        "one slice at a time, so the result depends on this number: use the same on every machine.",
        1,
        gt=0,
    )
    threads: int = described(
        "Slices processed at the same time, each on its own CPU core. The result does not depend "
        "on it. Must be 1 on a GPU.",
        1,
        gt=0,
    )
    processes: int = described(
        "Processes that share the slices of a batch. Each has its own GPU if the device is 'cuda', "
        "otherwise `threads` cores; each prepares all events of the batch. The result differs in "
        "the last digits only.",
        1,
        gt=0,
    )

    @model_validator(mode="after")
    def _threads_have_work(self) -> Self:
        if self.processes * self.threads > self.slices:
            of_each = f" in each of {self.processes} processes" if self.processes > 1 else ""
            raise ValueError(
                f"threads: {self.threads}{of_each}, but a batch has {self.slices} slice(s), one "
                "for each at most; raise slices"
            )
        if self.device == "cuda" and self.threads > 1:
            raise ValueError(
                f"threads: {self.threads}, but a GPU works on one slice after the other; leave "
                "threads out, or use more GPUs by processes"
            )
        return self

    @property
    def cores(self) -> int:
        """CPU cores that a training uses."""
        return self.processes * self.threads

    @property
    def gpus(self) -> int:
        """GPUs that a training uses."""
        return self.processes if self.device == "cuda" else 0

    def parallelism(self) -> dict[str, int]:
        """How a training is spread over cores; the result does not depend on it."""
        return {"processes": self.processes, "threads": self.threads}

    def without_parallelism(self) -> Self:
        """The same training on one core; its result differs in the last digits only."""
        return self.model_copy(update=dict.fromkeys(self.parallelism(), 1))

    def identity(self) -> dict[str, Any]:
        """Settings that the weights after an epoch depend on, as plain content.

        Excludes threads and processes, and `max_epochs` if the learning rate is constant: a
        training can be resumed with other values of them.
        """
        constant = self.optimiser.schedule == "constant"
        without = {*self.parallelism(), *(["max_epochs"] if constant else [])}
        return self.model_dump(mode="json", exclude=without)
