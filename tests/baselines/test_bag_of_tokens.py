import math

import numpy as np
import pytest
from sklearn.base import clone, is_classifier, is_regressor

from groklab.baselines.bag_of_tokens import BagOfTokens

DOCUMENTS = np.array([[2, 2, 3, 0], [2, 4, 0, 0], [4, 0, 0, 0]], np.int32)


def bag(**arguments) -> BagOfTokens:
    return BagOfTokens(**{"kind": "regression", "model": "ridge", "min_count": 1} | arguments)


def columns(fitted, tokens=DOCUMENTS) -> np.ndarray:
    return fitted._columns(tokens).toarray()


def test_tfidf_of_three_documents_by_hand():
    # Tokens 2, 3, 4 are in 2, 1, 2 of 3 documents.
    common, rare = 1 + math.log(4 / 3), 1 + math.log(4 / 2)
    twice = (1 + math.log(2)) * common
    expected = np.array([[twice, rare, 0], [common, 0, common], [0, 0, common]])
    expected /= np.sqrt((expected**2).sum(1, keepdims=True))
    np.testing.assert_allclose(columns(bag(ngrams=1).fit(DOCUMENTS, [1, 2, 3])), expected)


def test_runs_of_two_are_counted_after_the_single_tokens():
    # 2, 3, 4; then 2 2, 2 3, 2 4: none crosses into the padding.
    fitted = bag(ngrams=2, weighting="count").fit(DOCUMENTS, [1, 2, 3])
    assert columns(fitted).tolist() == [[2, 1, 0, 1, 1, 0], [1, 0, 1, 0, 0, 1], [0, 0, 1, 0, 0, 0]]


def test_a_run_in_too_few_texts_is_left_out_however_often_it_is_there():
    # 3 occurs three times, in one text.
    tokens = np.array([[3, 3, 3, 2], [2, 0, 0, 0]], np.int32)
    fitted = bag(ngrams=1, weighting="count", min_count=2).fit(tokens, [1, 2])
    assert columns(fitted, tokens).tolist() == [[1], [1]]
    with pytest.raises(ValueError, match="no run of tokens is in 3 texts; lower min_count"):
        bag(min_count=3).fit(tokens, [1, 2])


def test_more_padding_changes_nothing():
    fitted = bag(ngrams=3).fit(DOCUMENTS, [1, 2, 3])
    padded = np.pad(DOCUMENTS, ((0, 0), (0, 5)))
    np.testing.assert_array_equal(fitted.predict(padded), fitted.predict(DOCUMENTS))
    again = bag(ngrams=3).fit(padded, [1, 2, 3])
    np.testing.assert_allclose(again.predict(DOCUMENTS), fitted.predict(DOCUMENTS))


def test_tokens_that_the_fit_did_not_see_are_as_if_absent():
    fitted = bag(ngrams=2).fit(DOCUMENTS, [1, 2, 3])
    strange = np.array([[2, 4, 99, 0], [3, 4, 0, 0]], np.int32)
    known = np.array([[2, 4, 0, 0], [3, 0, 0, 4]], np.int32)
    np.testing.assert_allclose(columns(fitted, strange), columns(fitted, known))


def test_single_tokens_do_not_tell_the_order_and_pairs_do():
    one, other = np.array([[2, 2, 3, 3]]), np.array([[3, 2, 3, 2]])
    both = np.concatenate([one, other])
    assert np.ptp(columns(bag(ngrams=1).fit(both, [0, 1]), both), axis=0).max() == pytest.approx(0)
    assert np.ptp(columns(bag(ngrams=2).fit(both, [0, 1]), both), axis=0).max() > 0.1


@pytest.mark.parametrize("model", ["logistic_regression", "decision_tree", "gradient_boosting"])
def test_a_word_that_tells_the_class_is_found(model):
    x = np.random.default_rng(0).integers(4, 9, size=(90, 6)).astype(np.int32)
    y = np.arange(90) % 3 * 2
    x[:, 3] = 10 + y
    fitted = bag(kind="classification", model=model).fit(x, y)
    assert fitted.classes_.tolist() == [0, 2, 4]
    assert (fitted.predict(x) == y).all()
    chances = fitted.predict_proba(x)
    assert chances.shape == (90, 3)
    np.testing.assert_allclose(chances.sum(1), 1)


@pytest.mark.parametrize("model", ["ridge", "decision_tree", "gradient_boosting"])
def test_a_value_that_grows_with_the_count_of_a_token_is_predicted(model):
    number = np.arange(200) % 5
    x = np.where(np.arange(5) < number[:, None], 3, 2).astype(np.int32)
    fitted = bag(model=model, weighting="count").fit(x, number - 2.0)
    assert np.abs(fitted.predict(x) - (number - 2)).max() < 0.1


@pytest.mark.parametrize(("kind", "model"), [("classification", "ridge"), ("regression", "logistic_regression")])
def test_a_model_for_another_kind_is_refused_before_the_fit(kind, model):
    with pytest.raises(ValueError, match=f"model={model} is not for {kind}; choose one of"):
        bag(kind=kind, model=model)._validate_params()


def test_it_is_cloned_and_is_what_its_kind_says():
    made = bag(ngrams=3)
    assert clone(made).get_params() == made.get_params()
    assert is_regressor(made)
    assert is_classifier(bag(kind="classification"))
