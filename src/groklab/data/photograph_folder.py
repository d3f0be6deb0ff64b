"""A user's own photographs, to learn to enlarge."""

import hashlib
from typing import Any, Unpack

import numpy as np
from pydantic import PositiveInt

from groklab.data.class_folder import OnError
from groklab.data.dataset import Fraction, Raw
from groklab.data.file_tree import Unreadable, content_of, files_in, listed, name_in
from groklab.data.image_file import open_image
from groklab.data.image_folder import ImageFolder
from groklab.data.image_pairs import ImagePairs, in_one_array
from groklab.data.own_data import OwnData
from groklab.data.variation import Variation
from groklab.errors import UserError
from groklab.files import digest

Array = np.ndarray[Any, Any]


class PhotographFolder(OwnData, ImagePairs):
    """All images below ``path``, of any size, in colour; each is in one part whole.

    Args:
        name: As in :class:`ImagePairs`, and so the rest that is not named here.
        path: The folder.
        shape: [3, height, width] of a piece of input.
        on_error: ``fail`` stops at a file that cannot be read, ``skip`` names it in the data card.
        licence: As in :class:`OwnData`.
        citation: As in :class:`OwnData`.

    Raises:
        ValueError: An argument is out of its range.
        UserError: There is no such folder, or a file in it cannot be read.
    """

    def __init__(
        self,
        *,
        name: str,
        path: str,
        shape: list[int],
        num_features: int | None,
        num_outputs: PositiveInt,
        scale: PositiveInt,
        stride: PositiveInt,
        on_error: OnError = "fail",
        val_fraction: Fraction | None,
        test_fraction: Fraction | None,
        split_seed: int = 0,
        licence: str = "not stated",
        citation: str = "not stated",
        **variation: Unpack[Variation],
    ) -> None:
        if num_outputs != 3:
            raise ValueError(f"num_outputs={num_outputs} must be 3: photographs are taken in colour")
        super().__init__(
            name=name,
            path=path,
            shape=shape,
            num_features=num_features,
            num_outputs=num_outputs,
            scale=scale,
            stride=stride,
            val_fraction=val_fraction,
            test_fraction=test_fraction,
            split_seed=split_seed,
            licence=licence,
            citation=citation,
            **variation,
        )
        self.on_error = on_error

    def load(self) -> Raw:
        """Every image that can be read, in the order of the names.

        Raises:
            UserError: There is none, or one cannot be read and ``on_error`` is ``fail``.
        """
        root = self.place()
        paths = [path for path in files_in(root) if path.suffix.lower() in ImageFolder.suffixes]
        images, hashes, skipped, changed = [], [], [], set()
        for path in paths:
            try:
                content = content_of(path)
                image, transparent, changes = open_image(content)
            except (
                Unreadable,
                OSError,
                ValueError,
                SyntaxError,
            ) as error:  # Pillow raises all of them on damaged bytes
                if self.on_error == "fail":
                    raise UserError(
                        f"{path}: cannot be read as an image ({error}); mend or remove it, or set data.on_error=skip"
                    ) from error
                skipped.append(name_in(path, root))
                continue
            image = image.convert("RGBA").convert("RGB") if transparent else image.convert("RGB")
            images.append(np.ascontiguousarray(np.asarray(image).transpose(2, 0, 1)))
            hashes.append(f"{name_in(path, root)} {hashlib.sha256(content).hexdigest()}")
            changed |= set(changes)
        if not images:
            raise UserError(f"data.path: {self.path} holds no image ({', '.join(sorted(ImageFolder.suffixes))})")
        return Raw(
            in_one_array(images),
            np.zeros(len(images), np.int64),
            source=f"own photographs, {len(images)} files in the folder {root.resolve().name}",
            source_sha256=digest(hashes),
            rules=[
                "Photographs are taken in colour; a grey one has its one channel three times.",
                *(f"{change}." for change in sorted(changed)),
                *([f"Files that cannot be read are left out: {listed(skipped)}."] if skipped else []),
            ],
        )
