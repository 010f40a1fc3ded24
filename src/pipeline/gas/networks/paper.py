"""The direction networks of Ghrear et al. 2024 (Mach. Learn.: Sci. Technol. 5 035009), section 3.

RCN predicts a direction, HCN a direction and the kappa of a von Mises-Fisher distribution about it.
"""

from torch import Tensor, nn
from torch.nn import functional

from pipeline.gas.networks.output import Output
from pipeline.sparse.layers import (
    OnFeatures,
    SiteNorm,
    SparseConv3d,
    SparseMaxPool3d,
    SubMConv3d,
)
from pipeline.sparse.tensor import SparseTensor


class PaperNetwork(nn.Module):
    """Sparse features, a shared dense layer, a direction head and optionally a kappa head.

    `normalise` puts a batch normalisation behind every layer but the last of each head. In a
    prediction it is a factor and an offset of each channel: a network of these layers without it
    and with other weights predicts the same, see `without_norms`.
    """

    def __init__(
        self, backend: str, grid_bins: int, with_kappa: bool, normalise: bool = False
    ) -> None:
        super().__init__()

        def then(activation: nn.Module, channels: int) -> nn.Module:
            return nn.Sequential(SiteNorm(channels), activation) if normalise else activation

        def dense(c_in: int, c_out: int, activation: nn.Module) -> tuple[nn.Module, nn.Module]:
            return nn.Linear(c_in, c_out), then(activation, c_out)

        def relu(channels: int) -> OnFeatures:
            return OnFeatures(then(nn.ReLU(), channels))

        self.features = nn.Sequential(
            *(SubMConv3d(1, 32, 7, backend), relu(32)),
            *(SubMConv3d(32, 40, 5, backend), relu(40)),
            *(SparseConv3d(40, 50, 6, 2, backend), relu(50)),
            SparseMaxPool3d(2, 2, backend),
            *(SparseConv3d(50, 30, 3, 2, backend), relu(30)),
            *(SparseConv3d(30, 10, 3, 1, backend), relu(10)),
            SparseMaxPool3d(2, 2, backend),
        )
        self.grid_bins, self.normalise = grid_bins, normalise
        values = 10 * _final_bins(self.features, grid_bins) ** 3
        self.shared = nn.Sequential(*dense(values, 500, nn.ReLU()))
        self.direction_head = nn.Sequential(
            *dense(500, 200, nn.ReLU()), *dense(200, 50, nn.Tanh()), nn.Linear(50, 3)
        )
        self.kappa_head = (
            nn.Sequential(
                *dense(500, 200, nn.ReLU()),
                *dense(200, 50, nn.ReLU()),
                *(nn.Linear(50, 1), nn.Softplus()),
            )
            if with_kappa
            else None
        )

    @property
    def event_layer(self) -> nn.Module:
        """See `activations`: the dense layer that both heads share."""
        return self.shared

    def begun(self, weights: dict[str, Tensor]) -> dict[str, Tensor]:
        """The weights of an HCN or a normalised network, for this one to begin with."""
        if self.kappa_head is None:
            weights = {name: w for name, w in weights.items() if not name.startswith("kappa_head.")}
        return weights if self.normalise else without_norms(weights)

    def forward(self, voxels: SparseTensor) -> Output:
        """Predict; raises ValueError if the grid is not the one the network was built for."""
        if voxels.spatial_shape != (self.grid_bins,) * 3:
            raise ValueError(
                f"network built for {self.grid_bins}^3 voxels got a grid of "
                f"{voxels.spatial_shape}: build it with the bins of the voxel set"
            )
        shared = self.shared(self.features(voxels).to_dense().flatten(1))
        direction = functional.normalize(self.direction_head(shared), dim=1)
        kappa = None if self.kappa_head is None else self.kappa_head(shared).squeeze(1)
        return Output(direction, kappa)


def without_norms(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """The weights of a `PaperNetwork` that predicts the same without its normalisation.

    Factor and offset of each channel, from the running moments, go into the layer before.
    """
    folded = dict(weights)
    for name in weights:
        norm, _, moment = name.rpartition(".")
        if moment != "running_mean":
            continue
        # `features.1.module.0` and `shared.1.0` follow the layers `features.0` and `shared.0`.
        part, place = norm.removesuffix(".0").removesuffix(".module").rsplit(".", 1)
        weight, bias = (f"{part}.{int(place) - 1}.{kind}" for kind in ("weight", "bias"))
        keys = (f"{norm}.{k}" for k in ("weight", "bias", "running_mean", "running_var"))
        gain, offset, mean, variance = (folded.pop(key) for key in keys)
        folded.pop(f"{norm}.num_batches_tracked")
        factor = gain / (variance + SiteNorm(1).eps).sqrt()
        folded[weight] = folded[weight] * factor.view(-1, *[1] * (folded[weight].ndim - 1))
        folded[bias] = (folded[bias] - mean) * factor + offset
    return folded


def _final_bins(features: nn.Sequential, grid_bins: int) -> int:
    """Edge of the last feature grid, 6 for the paper's 120. Raises ValueError if none is left."""
    bins = grid_bins
    for layer in features:
        if isinstance(layer, SparseConv3d | SparseMaxPool3d):
            bins = max((bins - layer.kernel) // layer.stride + 1, 0)
    if bins == 0:
        raise ValueError(
            f"a grid of {grid_bins}^3 voxels is too small for the direction networks: their "
            f"down-sampling needs at least 40 bins along each axis"
        )
    return bins
