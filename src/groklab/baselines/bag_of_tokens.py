"""Texts by which runs of tokens they hold, whatever the order."""

from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import NonNegativeInt, PositiveInt
from scipy import sparse
from sklearn.base import BaseEstimator
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from sklearn.utils import ClassifierTags, RegressorTags, Tags

Int64 = NDArray[np.int64]
_MOST_DENSE_COLUMNS = 512  # of gradient boosting, which takes no sparse matrix: 25,000 texts are 102 MB
_TREE_DEPTH = 10  # as accurate on IMDB as a whole tree or more, in a third of the time, and less sure when wrong


class BagOfTokens(BaseEstimator):
    """Counts of runs of 1 to ``ngrams`` tokens, weighted, into a classic model.

    ``tfidf`` weighs a count ``t`` with ``(1 + ln t) (1 + ln((1 + n) / (1 + df)))``, where ``df`` of the ``n``
    training texts hold the run, and scales each text to length 1. ``count`` is the count itself: the choice for
    targets that grow with the length of the text.

    Args:
        kind: What is predicted.
        model: ``logistic_regression`` (classification), ``ridge`` (regression), ``decision_tree`` or
            ``gradient_boosting``, which sees the 512 runs that most texts hold. What they are set to, and the
            defaults here, did best on validation parts of IMDB (classification) and ESOL (regression).
        weighting: Of the counts.
        ngrams: Tokens in the longest run.
        min_count: A run that fewer training texts hold is left out.
        random_state: Seed of the tree's ties and of the boosting's held-out part.

    Raises:
        ValueError: The model is not for ``kind``, or no run is left to learn from.

    Source: Salton & Buckley (1988), Information Processing & Management 24(5); scikit-learn's TfidfTransformer.
    """

    units: ClassVar[Literal["data", "standardized"]] = "standardized"
    _parameter_constraints: ClassVar[dict[str, Any]] = {}
    classes_: NDArray[Any]

    def __init__(
        self,
        *,
        kind: Literal["classification", "regression"],
        model: Literal["logistic_regression", "decision_tree", "gradient_boosting", "ridge"],
        weighting: Literal["tfidf", "count"] = "tfidf",
        ngrams: Literal[1, 2, 3] = 2,
        min_count: PositiveInt = 5,
        random_state: NonNegativeInt = 0,
    ) -> None:
        self.kind, self.model, self.weighting = kind, model, weighting
        self.ngrams, self.min_count, self.random_state = ngrams, min_count, random_state

    def __sklearn_tags__(self) -> Tags:
        """A classifier or a regressor, as ``kind`` says."""
        tags: Tags = super().__sklearn_tags__()
        if self.kind == "classification":
            tags.estimator_type, tags.classifier_tags = "classifier", ClassifierTags()
        else:
            tags.estimator_type, tags.regressor_tags = "regressor", RegressorTags()
        return tags

    def fit(self, x: ArrayLike, y: ArrayLike) -> "BagOfTokens":
        """Fit to tokens [n, length], 0 where there is none, and classes [n] or values [n] or [n, k]."""
        self._validate_params()
        tokens = np.asarray(x)
        self._base = int(tokens.max()) + 1
        self._known = [np.unique(keys) for _, keys in self._runs(tokens)]
        held = np.bincount(self._count(tokens).indices, minlength=sum(map(len, self._known)))
        ends = np.cumsum([len(known) for known in self._known])[:-1]
        parts = zip(self._known, np.split(held, ends), strict=True)
        self._known = [known[often >= self.min_count] for known, often in parts]
        held = held[held >= self.min_count]
        if not len(held):
            raise ValueError(f"no run of tokens is in {self.min_count} texts; lower min_count")
        self._dense = np.sort(np.argsort(-held, kind="stable")[:_MOST_DENSE_COLUMNS])
        self._weights = TfidfTransformer(sublinear_tf=True).fit(self._count(tokens))
        self._fitted = _model(self.model, self.kind, self.random_state).fit(self._columns(tokens), y)
        if self.kind == "classification":
            self.classes_ = self._fitted.classes_
        return self

    def predict(self, x: ArrayLike) -> NDArray[Any]:
        """Classes [n], or values as ``y`` was."""
        said: NDArray[Any] = self._fitted.predict(self._columns(np.asarray(x)))
        return said

    def predict_proba(self, x: ArrayLike) -> NDArray[np.float64]:
        """Probabilities [n, classes]."""
        said: NDArray[np.float64] = self._fitted.predict_proba(self._columns(np.asarray(x)))
        return said

    def _validate_params(self) -> None:
        super()._validate_params()
        _model(self.model, self.kind, self.random_state)

    def _columns(self, tokens: NDArray[Any]) -> Any:
        counts = self._count(tokens)
        weighted = self._weights.transform(counts) if self.weighting == "tfidf" else counts
        return weighted[:, self._dense].toarray() if self.model == "gradient_boosting" else weighted

    def _count(self, tokens: NDArray[Any]) -> sparse.csr_matrix:
        """How often each known run is in each text, [n, runs]."""
        parts = []
        for known, (rows, keys) in zip(self._known, self._runs(tokens), strict=True):
            at = np.searchsorted(known, keys)
            found = known[np.minimum(at, len(known) - 1)] == keys if len(known) else np.zeros(len(keys), bool)
            where = rows[found], at[found]
            parts.append(sparse.csr_matrix((np.ones(found.sum()), where), shape=(len(tokens), len(known))))
        return sparse.csr_matrix(sparse.hstack(parts))

    def _runs(self, tokens: NDArray[Any]) -> list[tuple[Int64, Int64]]:
        """By length: the row of each run without padding or a token beyond those of the fit, and its key."""
        wide, found = tokens.astype(np.int64), []
        usable = (wide > 0) & (wide < self._base)
        for length in range(1, min(self.ngrams, tokens.shape[1]) + 1):
            last = tokens.shape[1] - length + 1
            keys, whole = np.zeros((len(tokens), last), np.int64), np.ones((len(tokens), last), bool)
            for place in range(length):
                keys = keys * self._base + wide[:, place : place + last]
                whole &= usable[:, place : place + last]
            found.append((np.nonzero(whole)[0], keys[whole]))
        return found


def _model(name: str, kind: str, seed: int) -> Any:
    models: dict[tuple[str, str], Any] = {
        ("logistic_regression", "classification"): LogisticRegression(C=10, max_iter=1000),
        ("decision_tree", "classification"): DecisionTreeClassifier(max_depth=_TREE_DEPTH, random_state=seed),
        ("decision_tree", "regression"): DecisionTreeRegressor(max_depth=_TREE_DEPTH, random_state=seed),
        ("gradient_boosting", "classification"): HistGradientBoostingClassifier(random_state=seed),
        ("gradient_boosting", "regression"): HistGradientBoostingRegressor(random_state=seed),
        ("ridge", "regression"): Ridge(alpha=10),
    }
    if (name, kind) not in models:
        fitting = ", ".join(model for model, of in models if of == kind)
        raise ValueError(f"model={name} is not for {kind}; choose one of {fitting}")
    return models[name, kind]
