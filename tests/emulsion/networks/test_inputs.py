"""Inputs of the networks from uint8 images."""

import numpy as np
import pytest
import torch
from helpers.made_blobs import made_blobs

from pipeline.emulsion.networks import inputs


@pytest.fixture
def images():
    return torch.from_numpy(made_blobs(6, 1, 1).images)


def binned(images, width, bins):
    """Sums of the central bins less the lower median of all, in plain NumPy; 40 pixels."""
    n, planes, *_ = images.shape
    left = 40 % (2 * width) // 2
    inner = images.numpy().astype(int)[..., left : 40 - left, left : 40 - left]
    every = inner.shape[-1] // width
    sums = inner.reshape(n, planes, every, width, every, width).sum((3, 5))
    level = np.sort(sums.reshape(n, planes, -1), axis=2)[..., (every**2 - 1) // 2]
    first = (every - bins) // 2
    return sums[..., first : first + bins, first : first + bins] - level[:, :, None, None]


def signed_log(values):
    return np.sign(values) * np.log1p(np.abs(values))


def test_binned_planes_are_2x2_sums_less_their_median(images):
    expected = signed_log(binned(images, 2, 16))
    np.testing.assert_allclose(inputs.binned_planes(images), expected, atol=1e-5)


def test_harmonic_maps_are_the_fourier_sums_over_the_analyser(images):
    theta = np.pi / 8 * np.arange(8)
    waves = [np.ones(8), *(f(m * theta) for m in (2, 4) for f in (np.cos, np.sin))]
    expected = np.einsum("hk,nkij->nhij", np.array(waves) / 8, binned(images, 3, 12))
    maps = inputs.harmonic_maps(images)
    np.testing.assert_allclose(maps, signed_log(expected), atol=1e-5)
    assert maps.shape == (6, inputs.HARMONICS, 12, 12)


@pytest.mark.parametrize("pixels", [32, 34, 36, 48])
@pytest.mark.parametrize(
    ("encode", "half_width", "maps", "bins"),
    [(inputs.binned_planes, 2, 8, 16), (inputs.harmonic_maps, 3, 1, 12)],
)
def test_other_sizes_keep_the_centre_in_the_middle(pixels, encode, half_width, maps, bins):
    """A symmetric cluster stays symmetric."""
    middle = slice(pixels // 2 - half_width, pixels // 2 + half_width)
    images = torch.zeros(1, 8, pixels, pixels, dtype=torch.uint8)
    images[..., middle, middle] = 50
    shown = encode(images)
    assert torch.equal(shown, shown.flip(2))
    assert torch.equal(shown, shown.flip(3))
    assert (shown > 1).sum() == maps * 4
    assert shown.shape[2:] == (min(bins, pixels // (2 * half_width) * 2),) * 2


def test_missing_images_stay_zero(images):
    images[:, 3] = 0
    assert not inputs.binned_planes(images)[:, 3].any()
    assert not inputs.nine_planes(images)[:, 0, 3].any()


def test_nine_planes_are_as_the_authors_prepare_them(images):
    planes = inputs.nine_planes(images)
    assert planes.shape == (6, 1, 9, 40, 40)
    assert torch.equal(planes[:, :, 8], planes[:, :, 0])
    mode = np.bincount(images[2, 5].numpy().ravel()).argmax()
    expected = (images[2, 5].float() - mode) / 128
    assert torch.equal(planes[2, 0, 5], expected)


def test_border_sees_nothing_of_the_cluster(images):
    changed = images.clone()
    changed[..., 1:-1, 1:-1] = 200
    assert torch.equal(inputs.border(changed), inputs.border(images))
    assert inputs.border(images).shape == (6, 4 * 39 + 2 * 8)


def test_brightness_is_the_mean_peak(images):
    """A blob of known height: the pedestal does not count, nor does where the blob is."""
    flat = torch.full((1, 8, 40, 40), 14, dtype=torch.uint8)
    flat[:, :, 10:13, 30:33] = 34
    assert inputs.brightness(flat).exp().item() == pytest.approx(20)
    assert torch.equal(inputs.brightness(flat + 5), inputs.brightness(flat))


def spot(x, y, pixels=40):
    """An image of a Gaussian spot at (x, y) from the centre, in all planes."""
    row, column = torch.meshgrid(*(torch.arange(pixels) - (pixels - 1) / 2,) * 2, indexing="ij")
    image = torch.exp(-((column - x) ** 2 + (row - y) ** 2) / 8)
    return image.expand(1, 8, pixels, pixels)


@pytest.mark.parametrize("turn", [-90.0, -15.0, 30.0, 75.0])
def test_turning_moves_a_spot_from_x_towards_y(turn):
    found, expected = (
        spot(8 * np.cos(np.radians(angle)), 8 * np.sin(np.radians(angle)))
        for angle in (20, 20 + turn)
    )
    found = inputs.turned(found, torch.tensor([turn]))
    # The error of bicubic interpolation.
    assert (found - expected).abs().max() < 0.02


def test_quarter_turns_are_exact(images):
    turned = inputs.turned(images, torch.full((6,), 90.0))
    torch.testing.assert_close(turned, images.float().rot90(-1, (2, 3)), atol=1e-3, rtol=0)


def test_outside_pixels_are_mirrored_at_the_edge():
    """A turned flat image stays flat: nothing dark comes in at the corners."""
    flat = torch.full((1, 8, 40, 40), 14, dtype=torch.uint8)
    turned = inputs.turned(flat, torch.tensor([45.0]))
    torch.testing.assert_close(turned, flat.float(), atol=1e-3, rtol=0)


@pytest.mark.parametrize("encode", [inputs.harmonic_maps, inputs.nine_planes])
def test_a_turn_of_zero_changes_nothing(images, encode):
    turned = encode(images, torch.zeros(6))
    torch.testing.assert_close(turned, encode(images), atol=2e-3, rtol=0)


def light(angle_deg, along, across):
    """Map [1, 12, 12] of an elliptical Gaussian of light with its long axis at an angle."""
    x, y = np.meshgrid(np.arange(12) - 5.2, np.arange(12) - 6.1)
    phi = np.radians(angle_deg)
    u, v = x * np.cos(phi) + y * np.sin(phi), y * np.cos(phi) - x * np.sin(phi)
    counts = 200 * np.exp(-(u**2 / along**2 + v**2 / across**2) / 2)
    return torch.from_numpy(np.log1p(counts))[None]


@pytest.mark.parametrize("angle_deg", [0, 30, 45, 90, 150])
def test_elongation_has_the_double_angle_of_the_long_axis(angle_deg):
    along, across = 1.5, 1.0
    found = inputs.elongation(light(angle_deg, along, across)).reshape(-1, 2).numpy()
    twice = np.radians(2 * angle_deg)
    lengths = np.hypot(*found.T)
    assert found @ [np.cos(twice), np.sin(twice)] == pytest.approx(lengths, rel=0.02)
    # A Gaussian in a Gaussian window: inverse variances add.
    for length, (width, share) in zip(lengths, inputs.WINDOWS, strict=True):
        if share == 0:
            xx, yy = 1 / (width**-2 + along**-2), 1 / (width**-2 + across**-2)
            assert length == pytest.approx((xx - yy) / (xx + yy), abs=0.02)


def test_round_light_and_none_have_no_elongation():
    assert inputs.elongation(light(0, 1.3, 1.3)).abs().max() < 0.03
    assert torch.equal(inputs.elongation(torch.zeros(2, 12, 12)), torch.zeros(2, inputs.MOMENTS))


def test_elongation_stays_after_half_a_turn(images):
    """Up to the last step of the windows, which begin at the brightest end."""
    mean = inputs.harmonic_maps(images)[:, 0]
    found, turned = inputs.elongation(mean), inputs.elongation(mean.flip(1, 2))
    torch.testing.assert_close(turned, found, rtol=0, atol=5e-3)
    assert found.abs().max() > 0.3
