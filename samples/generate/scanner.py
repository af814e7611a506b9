"""What a counter's scanner or a phone does to a clean sheet."""

from dataclasses import asdict, dataclass

import numpy as np
from PIL import Image, ImageFilter, ImageOps


# Names the random numbers of folds.
FOLDING = 1


@dataclass
class Scan:
    """Faults, each zero when absent. Names of the faults present go into the expectation as `faults`."""

    skew: float = 0  # degrees, counter-clockwise
    noise: float = 0  # standard deviation of the sensor, grey levels
    blur: float = 0  # radius in pixels
    uneven_light: float = 0  # share of light lost at the dark edge
    bleed_through: float = 0  # share of ink seen from the back side
    thin_paper: float = 0  # the same through paper so thin that the back side's letters can be read
    low_contrast: float = 0  # share of contrast lost
    specks: int = 0  # grains of dust
    low_light: float = 0  # share of light missing everywhere
    perspective: float = 0  # share of the width by which corners stray
    rotation: int = 0  # right-angle turn, degrees clockwise
    copies: int = 0  # times that the paper went through a photocopier before
    folds: int = 0  # creases of a folded letter, ink worn off in them
    dirty_folds: int = 0  # creases that have gathered dirt
    shadow: float = 0  # share of light that the hand or the phone itself takes from a part of the sheet

    def faults(self) -> list[str]:
        return [name for name, value in asdict(self).items() if value]


def scan(sheet: Image.Image, how: Scan, seed: int, back: Image.Image | None = None) -> Image.Image:
    """The picture that comes out of the device."""
    rng = np.random.default_rng(seed)
    paper = sheet.getpixel((2, 2))
    if how.bleed_through:
        sheet = show_back(sheet, ImageOps.mirror(back or sheet), how.bleed_through, 4)
    if how.thin_paper:  # turned over along its short edge, so that the lines of both sides lie between each other
        sheet = show_back(sheet, ImageOps.flip(back or sheet), how.thin_paper, sheet.width / 2480 * 1.5)
    for _ in range(how.copies):
        sheet = photocopy(sheet, rng)
    folding = np.random.default_rng((seed, FOLDING))  # a fold shall leave the noise of the same page as it is
    if how.folds:
        sheet = crease(sheet, how.folds, 225, folding)
    if how.dirty_folds:
        sheet = crease(sheet, how.dirty_folds, 70, folding)
    if how.skew:
        sheet = sheet.rotate(how.skew, Image.Resampling.BICUBIC, fillcolor=paper)
    if how.perspective:
        sheet = photograph(sheet, how.perspective, rng)
    if how.blur:
        sheet = sheet.filter(ImageFilter.GaussianBlur(how.blur))
    sheet = Image.fromarray(expose(np.asarray(sheet, dtype=np.float32), how, rng))
    if how.rotation:
        sheet = sheet.transpose({90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}[how.rotation])
    return sheet


def show_back(sheet: Image.Image, back: Image.Image, strength: float, blur: float) -> Image.Image:
    """The print of the back side, which is given as seen from the front, blurred as paper lets it through."""
    ghost = back.convert("L").resize(sheet.size).filter(ImageFilter.GaussianBlur(blur))
    shade = 1 - (255 - np.asarray(ghost, dtype=np.float32)) / 255 * strength
    return Image.fromarray((np.asarray(sheet, dtype=np.float32) * shade[..., None]).astype(np.uint8))


def expose(pixels: np.ndarray, how: Scan, rng: np.random.Generator) -> np.ndarray:
    height, width = pixels.shape[:2]
    if how.low_contrast:
        pixels = 235 + (pixels - 255) * (1 - how.low_contrast)
    if how.uneven_light:
        pixels = pixels * lamp(width, height, how.uneven_light, rng)[..., None]
    if how.shadow:
        pixels = pixels * shade(width, height, how.shadow, rng)[..., None]
    if how.low_light:
        pixels = pixels * (1 - how.low_light) * np.array([1.03, 0.98, 0.86], dtype=np.float32)
    if how.specks:
        rows, columns = rng.integers(2, height - 2, how.specks), rng.integers(2, width - 2, how.specks)
        for row, column in zip(rows, columns, strict=True):
            pixels[row : row + rng.integers(1, 4), column : column + rng.integers(1, 4)] *= 0.35
    if how.noise:
        pixels = pixels + grain(width, height, how.noise, rng)[..., None]
    return np.clip(pixels, 0, 255).astype(np.uint8)


def photocopy(sheet: Image.Image, rng: np.random.Generator) -> Image.Image:
    """One generation of a photocopier: grey, soft, then hardened around a threshold; dust of the glass. Seals come out as black as print."""
    width, height = sheet.size
    soft = np.asarray(sheet.convert("L").filter(ImageFilter.GaussianBlur(width / 2480 * 0.9)), dtype=np.float32)
    soft += grain(width, height, 5, rng)
    hard = 255 / (1 + np.exp((rng.uniform(150, 172) - soft) / 17))
    for row, column in zip(rng.integers(2, height - 2, 60), rng.integers(2, width - 2, 60), strict=True):
        hard[row : row + rng.integers(1, 4), column : column + rng.integers(1, 4)] = 60
    return Image.fromarray(np.clip(18 + hard * 0.92, 0, 255).astype(np.uint8)).convert("RGB")


def crease(sheet: Image.Image, count: int, grey: float, rng: np.random.Generator) -> Image.Image:
    """Folds across the sheet, as a letter has from its envelope: one side of each a little darker, the crease itself nearer to `grey`."""
    pixels = np.asarray(sheet, dtype=np.float32)
    for number in range(count):
        along = pixels if number != 1 else pixels.transpose(1, 0, 2)  # the second fold runs down the page
        length = along.shape[0]
        middle = length * rng.uniform(0.30, 0.70)
        away = np.arange(length, dtype=np.float32) - middle
        reach = sheet.width / 2480 * 90
        dim = 1 - rng.uniform(0.08, 0.16) * np.exp(-np.abs(away) / reach) * (away > 0)
        worn = np.exp(-((away / (sheet.width / 2480 * 2.2)) ** 2)) * rng.uniform(0.35, 0.6)
        along *= dim[:, None, None]
        along += (grey - along) * worn[:, None, None]
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def shade(width: int, height: int, loss: float, rng: np.random.Generator) -> np.ndarray:
    """The soft-edged shadow of a hand that comes in from a side or a lower corner."""
    across = np.linspace(0, 1, width, dtype=np.float32)[None, :] - rng.choice([0.05, 0.95])
    down = np.linspace(0, 1, height, dtype=np.float32)[:, None] - rng.uniform(0.3, 0.9)
    far = np.sqrt(across**2 + (down * 1.2) ** 2)
    return 1 - loss / (1 + np.exp((far - rng.uniform(0.35, 0.6)) / 0.045))


def lamp(width: int, height: int, loss: float, rng: np.random.Generator) -> np.ndarray:
    """Light that falls off linearly in one direction and towards one corner."""
    direction = rng.uniform(0, 2 * np.pi)
    across = np.linspace(-1, 1, width, dtype=np.float32)[None, :] * np.cos(direction)
    down = np.linspace(-1, 1, height, dtype=np.float32)[:, None] * np.sin(direction)
    return 1 - loss * np.clip((across + down + 1.4) / 2.8, 0, 1) ** 1.5


def grain(width: int, height: int, sigma: float, rng: np.random.Generator) -> np.ndarray:
    """Gaussian noise, a little correlated between neighbours as after a scanner's own smoothing."""
    fine = rng.standard_normal((height, width), dtype=np.float32)
    smooth = (fine + np.roll(fine, 1, 0) + np.roll(fine, 1, 1) + np.roll(fine, (1, 1), (0, 1))) / 2
    return smooth * sigma


def photograph(sheet: Image.Image, stray: float, rng: np.random.Generator) -> Image.Image:
    """The sheet on a wooden desk, seen from a hand above its lower edge."""
    width, height = sheet.size
    out = (int(width * 1.12), int(height * 1.10))
    off = lambda: rng.uniform(0.3, 1.0) * stray * width  # noqa: E731
    left, top = out[0] * 0.05, out[1] * 0.045
    corners = [(left + off() + stray * width * 0.6, top + off()), (out[0] - left - off() - stray * width * 0.4, top + off()),
               (out[0] - left - off() * 0.3, out[1] - top - off() * 0.5), (left + off() * 0.3, out[1] - top - off() * 0.4)]
    desk = desk_top(out, rng)
    source = [(0, 0), (width, 0), (width, height), (0, height)]
    warp = perspective_coefficients(corners, source)
    flat = sheet.transform(out, Image.Transform.PERSPECTIVE, warp, Image.Resampling.BICUBIC)
    mask = Image.new("L", sheet.size, 255).transform(out, Image.Transform.PERSPECTIVE, warp, Image.Resampling.BICUBIC)
    desk.paste(flat, (0, 0), mask)
    return desk


def desk_top(size: tuple[int, int], rng: np.random.Generator) -> Image.Image:
    grainy = rng.normal(0, 9, (max(2, size[1] // 160), size[0] // 6))
    wood = np.array([112, 82, 58], dtype=np.float32)[None, None, :] + grainy[..., None]
    return Image.fromarray(np.clip(wood, 0, 255).astype(np.uint8)).resize(size, Image.Resampling.BICUBIC)


def perspective_coefficients(target: list, source: list) -> list[float]:
    """Pillow's eight coefficients that take each target point back to its source point."""
    rows, right = [], []
    for (x, y), (u, v) in zip(target, source, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        right += [u, v]
    return list(np.linalg.solve(np.array(rows, dtype=float), np.array(right, dtype=float)))
