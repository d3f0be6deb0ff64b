"""A user's own images, in a folder for each class."""

from typing import ClassVar, Literal, Unpack

import numpy as np
from pydantic import PositiveInt

from groklab.data.class_folder import ClassFolder, Decoded, OnError
from groklab.data.dataset import Fraction
from groklab.data.image_file import open_image
from groklab.data.variation import Variation

_CLEAR = "Transparent pixels are laid on white"


class ImageFolder(ClassFolder):
    """``<path>/<class>/*.jpg`` or ``<path>/{train,val,test}/<class>/*.jpg``, resized to one size.

    Args:
        name: As in :class:`DataSet`, and so the rest that is not named here.
        path: The folder.
        size: [height, width] to which every image is resized, whatever its proportions.
        channels: 3 for colour, 1 for grey.
        classes: Whether the folders are classes; without them the images are there to be learnt from (generation).
        on_error: As in :class:`ClassFolder`.
        licence: As in :class:`OwnData`.
        citation: As in :class:`OwnData`.

    Raises:
        ValueError: An argument is out of its range.
        UserError: There is no such folder.

    Example:
        >>> flowers = ImageFolder(name="flowers", path="flowers", size=[32, 32],
        ...                       val_fraction=0.16, test_fraction=0.2)  # doctest: +SKIP
        >>> flowers.load().x.shape  # doctest: +SKIP
        (3670, 3, 32, 32)
    """

    thing: ClassVar[str] = "image"
    suffixes: ClassVar[frozenset[str]] = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff"})

    def __init__(
        self,
        *,
        name: str,
        path: str,
        size: list[PositiveInt],
        channels: Literal[1, 3] = 3,
        classes: bool = True,
        on_error: OnError = "fail",
        shape: list[int] | None = None,
        num_features: int | None = None,
        num_outputs: int | None = None,
        val_fraction: Fraction | None,
        test_fraction: Fraction | None,
        split_seed: int = 0,
        licence: str = "not stated",
        citation: str = "not stated",
        **variation: Unpack[Variation],
    ) -> None:
        if len(size) != 2 or min(size) < 1:
            raise ValueError(f"size={list(size)} must be [height, width], both at least 1")
        super().__init__(
            on_error=on_error,
            name=name,
            path=path,
            shape=shape,
            num_features=num_features,
            num_outputs=num_outputs,
            val_fraction=val_fraction,
            test_fraction=test_fraction,
            split_seed=split_seed,
            licence=licence,
            citation=citation,
            **variation,
        )
        self.size, self.channels, self.classes = tuple(size), channels, classes
        if not classes:
            self.kind, self.labelled, self.num_outputs = "generation", False, 1

    def rule(self) -> str:
        """Resized, and in which colours."""
        height, width = self.size
        colours = "colour" if self.channels == 3 else "grey"
        return f"Images are made {colours} and resized to {height} x {width} pixels (bilinear)."

    def example_shape(self) -> tuple[int, ...]:
        """[channels, height, width]."""
        return (self.channels, *self.size)

    @property
    def example_type(self) -> type[np.generic]:
        """0 to 255."""
        return np.uint8

    def decode(self, content: bytes) -> Decoded:
        """Pixels of an image file; of an animation the first frame."""
        from PIL import Image

        image, transparent, changes = open_image(content)
        if transparent:
            image = image.convert("RGBA")
            image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
            changes = (*changes, _CLEAR)
        height, width = self.size
        image = image.convert("RGB" if self.channels == 3 else "L")
        pixels = np.asarray(image.resize((width, height), Image.Resampling.BILINEAR))
        return Decoded(pixels.reshape(height, width, self.channels).transpose(2, 0, 1), changes)
