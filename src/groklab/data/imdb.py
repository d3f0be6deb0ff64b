"""Film reviews of the Large Movie Review Dataset."""

import numpy as np

from groklab.data.archives import read_members
from groklab.data.dataset import Raw
from groklab.data.sources import Url, fetch
from groklab.data.texts import TextData
from groklab.data.vocabulary import Words

_SOURCE = Url(
    "https://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz",
    (
        "c40f74a18d3b61f90feba1e17730e0d38e8b97c05fde7008942e91923d1658fe",
        "7b859fe003e31a782d689b3dcf69b2c22d7e439952151ed80ad770d356c3f027",  # the labelled reviews alone, as tar.xz
    ),
)
_CLASSES = {"neg": "negative", "pos": "positive"}


class IMDb(TextData):
    """50,000 film reviews, positive (7 to 10 of 10 stars) or negative (1 to 4).

    The test part of 25,000 is the source's, and has no film of the training part. Validation is drawn from the
    training part by review, not by film, for which film a review is about the files do not say: its score is that of
    known films.

    Source: Maas, Daly, Pham, Huang, Ng & Potts (2011), ACL.
    """

    kind = "classification"
    tokens = Words
    licence = "none stated"
    citation = (
        "A. L. Maas, R. E. Daly, P. T. Pham, D. Huang, A. Y. Ng and C. Potts (2011), Learning Word Vectors for "
        "Sentiment Analysis, Proceedings of the ACL, https://aclanthology.org/P11-1015"
    )

    def load(self) -> Raw:
        """Reviews and their class."""
        file = fetch("imdb", "aclImdb_v1.labelled.tar.xz", sources=[_SOURCE])
        texts, classes, part = [], [], []
        for name, content in read_members(file.path, "aclImdb/t*/[np][eo][gs]/*.txt"):
            _, half, label, _ = name.split("/")
            texts.append(content.decode().replace("<br />", " "))
            classes.append(list(_CLASSES).index(label))
            part.append("test" if half == "test" else "")
        return Raw(
            np.array(texts, dtype=object),
            np.array(classes),
            split=np.array(part),
            class_names=list(_CLASSES.values()),
            source=file.source,
            source_sha256=file.sha256,
            rules=["Line breaks (<br />) are spaces."],
        )
