"""What the networks see of a cluster, from its uint8 images [n, 8, rows, columns].

Conversion is batch by batch, on the device of the network: 100,000 clusters of 40 x 40 pixels are
1.3 GB as uint8, and five times as much as numbers of the nine images.
"""

import math

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

# What the small networks see: bins of pixels, and how many along each side about the centre.
FINE_PX, FINE_BINS = 2, 16
COARSE_PX, COARSE_BINS = 3, 12  # 82 nm, about the width of the point spread function
SCALE_COUNTS = 128.0  # of the authors' preparation
LEVELS = 256
PLANES = 8
HARMONICS = 5
# Of `elongation`: standard deviation of the window in sums, share of the brightest one taken off.
WINDOWS = ((1.0, 0.0), (1.6, 0.0), (2.0, 0.0), (1.5, 0.15))
WINDOW_STEPS = 3
MOMENTS = 2 * len(WINDOWS)


def binned_planes(images: Tensor, turn_deg: Tensor | None = None) -> Tensor:
    """Sums of 2x2 pixels less their median over the image, the central ones: [n, 8, 16, 16].

    The value v becomes sign(v) ln(1 + |v|). An image of zeros, which is missing, stays zero.
    `turn_deg`: see `turned`.
    """
    return _signed_log(_binned(images, turn_deg, FINE_PX, FINE_BINS))


def harmonic_maps(images: Tensor, turn_deg: Tensor | None = None) -> Tensor:
    """Maps [n, 5, 12, 12]: mean of the eight images, and cos, sin of 2 and of 4 theta in them.

    theta is the angle of the analyser, 22.5 deg from image to image. The maps are of 3x3 sums less
    their median, then v -> sign(v) ln(1 + |v|). Images of less than 36 pixels have fewer sums.
    """
    planes = _binned(images, turn_deg, COARSE_PX, COARSE_BINS)
    maps = _harmonics(images.shape[1]).to(planes) @ planes.flatten(2)
    return _signed_log(maps.unflatten(2, planes.shape[2:]))


def elongation(mean: Tensor) -> Tensor:
    """Elongation e (cos 2 phi, sin 2 phi) of the light about its centre, in each window: [n, 8].

    From the first of `harmonic_maps` [n, rows, columns]: second moments of the light in a round
    Gaussian window that moves to its centre, their difference over their sum. phi is the angle of
    the long axis from x (right) to y (down). e is 0 for round light. Windows of several sizes see
    the core and the ends of a track.
    """
    light = mean.relu().expm1()
    brightest = light.amax((1, 2), keepdim=True)
    return torch.cat([_moments((light - s * brightest).relu(), w) for w, s in WINDOWS], dim=1)


def _moments(light: Tensor, width: float) -> Tensor:
    """Elongation in one window [n, 2]; see `elongation`."""
    y, x = (torch.arange(size).to(light) for size in light.shape[1:])
    smooth = functional.avg_pool2d(light[:, None], 3, stride=1, padding=1)
    first = smooth.flatten(1).argmax(1)
    across, down = x - (first % len(x))[:, None], y - (first // len(x))[:, None]
    for _ in range(WINDOW_STEPS):
        seen = _windowed(light, across, down, width)
        across = across - (seen.sum(1) * across).sum(1, keepdim=True)
        down = down - (seen.sum(2) * down).sum(1, keepdim=True)
    seen = _windowed(light, across, down, width)
    xx, yy = (seen.sum(1) * across.square()).sum(1), (seen.sum(2) * down.square()).sum(1)
    xy = torch.einsum("nrc,nr,nc->n", seen, down, across)
    return torch.stack([xx - yy, 2 * xy], dim=1) / (xx + yy).clamp(min=1e-3)[:, None]


def _windowed(light: Tensor, across: Tensor, down: Tensor, width: float) -> Tensor:
    """Light [n, rows, columns] in a window at distances [n, columns], [n, rows]; its sum is 1."""
    columns, rows = (torch.exp(-d.square() / (2 * width**2)) for d in (across, down))
    seen = light * rows[:, :, None] * columns[:, None, :]
    return seen / seen.sum((1, 2), keepdim=True).clamp(min=1e-6)


def nine_planes(images: Tensor, turn_deg: Tensor | None = None) -> Tensor:
    """The authors' preparation: each image less its mode, over 128; the first again as the ninth.

    Shape [n, 1, 9, rows, columns]. The copy makes the ends of the analyser's half turn neighbours.
    """
    mode = _mode(images)
    shown = images.float() if turn_deg is None else turned(images, turn_deg)
    planes = (shown - mode[:, :, None, None]) / SCALE_COUNTS
    return torch.cat([planes, planes[:, :1]], dim=1)[:, None]


def border(images: Tensor, _turn_deg: Tensor | None = None) -> Tensor:
    """Nothing of the cluster: [n, pixels of the border + 16].

    The outermost pixels averaged over the eight images, then their mean (the pedestal) and standard
    deviation in each image.
    """
    sides = (images[:, :, 0], images[:, :, -1], images[:, :, 1:-1, 0], images[:, :, 1:-1, -1])
    pixels = torch.cat(sides, dim=2).float()
    return torch.cat([pixels.mean(1), pixels.mean(2), pixels.std(2)], dim=1)


def brightness(images: Tensor, _turn_deg: Tensor | None = None) -> Tensor:
    """Logarithm of the mean peak of the eight images: [n, 1].

    A peak is the maximum of the 3x3 means less the median of the image.
    """
    pixels = images.float()
    peak = functional.avg_pool2d(pixels, 3, stride=1).amax((2, 3)) - _median(pixels.flatten(2))
    return peak.mean(1, keepdim=True).clamp(min=0.1).log()


def turned(images: Tensor, turn_deg: Tensor) -> Tensor:
    """Images turned by `turn_deg` [n] about their centre, from x (right) to y (down); float.

    As the authors do: bicubic interpolation, and pixels from outside are mirrored at the edge. A
    direction at angle phi is afterwards at phi + turn.
    """
    turn = turn_deg.float() * (math.pi / 180)
    cos, sin, zero = turn.cos(), turn.sin(), torch.zeros_like(turn)
    # Where each pixel of the turned image comes from.
    back = torch.stack([cos, sin, zero, -sin, cos, zero], dim=1).view(-1, 2, 3)
    grid = functional.affine_grid(back, list(images.shape), align_corners=False)
    return functional.grid_sample(
        images.float(), grid, mode="bicubic", padding_mode="reflection", align_corners=False
    )


def _binned(images: Tensor, turn_deg: Tensor | None, width: int, bins: int) -> Tensor:
    """Sums of `width` x `width` pixels less their median over the image: [n, 8, bins, bins].

    These are the central ones of an even number of bins, which has the image's centre in its
    middle; fewer if the image has no more.
    """
    shown = images.float() if turn_deg is None else turned(images, turn_deg)
    pixels = images.shape[-1]
    every = pixels // (2 * width) * 2
    start, end = (pixels - every * width) // 2, (pixels + every * width) // 2
    inner = shown[..., start:end, start:end]
    sums = functional.avg_pool2d(inner, width, divisor_override=1)
    level = _median(sums.flatten(2))
    first, last = max(every - bins, 0) // 2, (every + min(bins, every)) // 2
    return sums[..., first:last, first:last] - level[:, :, None, None]


def _harmonics(planes: int) -> Tensor:
    """Weights [5, planes] of the images in the five maps."""
    theta = math.pi / planes * torch.arange(planes)
    waves = [f(m * theta) for m in (2, 4) for f in (torch.cos, torch.sin)]
    return torch.stack([torch.ones(planes), *waves]) / planes


def _median(values: Tensor) -> Tensor:
    """Lower median over the last axis."""
    if values.is_cuda:
        return values.median(-1)[0]
    # NumPy selects seven times faster than torch on a CPU.
    middle = (values.shape[-1] - 1) // 2
    return torch.from_numpy(np.partition(values.numpy(), middle, axis=-1)[..., middle])


def _mode(images: Tensor) -> Tensor:
    """Most frequent value of each image [n, 8], the smallest one of several."""
    n, planes = images.shape[:2]
    first = LEVELS * torch.arange(n * planes, device=images.device).view(n, planes, 1)
    counts = torch.bincount((first + images.flatten(2)).flatten(), minlength=n * planes * LEVELS)
    return counts.view(n, planes, LEVELS).argmax(2)


def _signed_log(values: Tensor) -> Tensor:
    return values.sign() * values.abs().log1p()
