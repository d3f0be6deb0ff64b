import math

import numpy as np
import pytest
from sklearn.base import clone, is_classifier

from groklab.baselines.character_ngram import CharacterNgram


def shifted(rows):
    """Tokens and the token after each."""
    rows = np.asarray(rows)
    return rows[:, :-1], rows[:, 1:]


def drawn(num_tokens, *, rows=40, length=30, seed=0):
    return np.random.default_rng(seed).integers(1, num_tokens, size=(rows, length))


@pytest.mark.parametrize("order", [1, 2, 3, 6])
def test_the_probabilities_of_all_tokens_sum_to_one(order):
    fitted = CharacterNgram(order=order, num_tokens=7).fit(*shifted(drawn(5)))
    x, _ = shifted(drawn(7, rows=8, seed=1))  # 5 and 6 were never seen
    chances = fitted.predict_proba(x)
    assert chances.shape == (*x.shape, 7)
    np.testing.assert_allclose(chances.sum(-1), 1, rtol=1e-12)
    assert chances.min() > 0


def test_one_token_by_hand():
    # Targets 2 2 2 3 of 4 tokens: no counts of counts, so 0.5 is taken from each and spread over all four.
    fitted = CharacterNgram(order=1).fit([[1, 2, 2, 2]], [[2, 2, 2, 3]])
    spread = (2 * 0.5 / 4) / 4
    assert fitted.predict_proba([[1]])[0, 0].tolist() == pytest.approx(
        [spread, spread, 2.5 / 4 + spread, 0.5 / 4 + spread]
    )


def test_two_tokens_by_hand():
    # Runs: 1 2 twice, 2 1 once, 1 1 once. Beneath, 2 has one token before it (1) and 1 has two (2 and 1).
    fitted = CharacterNgram(order=2, num_tokens=3).fit([[1, 2, 1, 1]], [[2, 1, 1, 2]])
    lower = {1: 1.5 / 3 + (1 / 3) / 3, 2: 0.5 / 3 + (1 / 3) / 3}
    chances = fitted.predict_proba([[1]])[0, 0]
    assert chances[2] == pytest.approx((2 - 0.5) / 3 + (2 * 0.5 / 3) * lower[2])
    assert chances[1] == pytest.approx((1 - 0.5) / 3 + (2 * 0.5 / 3) * lower[1])


def test_what_follows_many_tokens_is_likelier_than_what_is_merely_frequent():
    # 3 occurs thrice but after 2 alone; 1 occurs as often, after three tokens. After 5, which is new, 1 is likelier.
    x, y = [[2, 9, 2, 9, 2, 9, 4, 9, 6, 9, 7]], [[3, 9, 3, 9, 3, 9, 1, 9, 1, 9, 1]]
    chances = CharacterNgram(order=2).fit(x, y).predict_proba([[5]])[0, 0]
    assert chances[1] > chances[3]


def test_a_sequence_that_repeats_is_learnt():
    rows = np.tile([1, 2, 1, 3, 4], (200, 8))
    x, y = shifted(rows)
    nats = -CharacterNgram(order=3).fit(x, y).log_prob(x, y)
    assert nats[:, 2:].max() < 0.02
    assert nats[:, 0].min() > 0.3  # 2 or 3 after 1: it takes the token before
    assert -CharacterNgram(order=1).fit(x, y).log_prob(x, y).mean() > 1


def test_drawn_tokens_cost_their_entropy():
    x, y = shifted(drawn(9, rows=300, length=100))
    held_x, held_y = shifted(drawn(9, rows=20, length=100, seed=1))
    for order in (1, 2):
        nats = -CharacterNgram(order=order).fit(x, y).log_prob(held_x, held_y).mean()
        assert nats == pytest.approx(math.log(8), abs=0.01)


def test_only_the_tokens_before_within_order_and_row_count():
    fitted = CharacterNgram(order=3).fit(*shifted(drawn(5)))
    x, y = shifted(drawn(5, rows=4, seed=2))
    whole = fitted.log_prob(x, y)
    np.testing.assert_array_equal(fitted.log_prob(x[:, :10], y[:, :10]), whole[:, :10])
    np.testing.assert_array_equal(fitted.log_prob(x[:, 5:], y[:, 5:])[:, 1:], whole[:, 6:])
    np.testing.assert_array_equal(fitted.log_prob(x[::-1], y[::-1]), whole[::-1])


def test_padding_is_not_learnt():
    x, y = shifted(drawn(5))
    padded = CharacterNgram(order=4).fit(np.pad(x, ((0, 0), (0, 6))), np.pad(y, ((0, 0), (0, 6))))
    np.testing.assert_allclose(padded.log_prob(x, y), CharacterNgram(order=4).fit(x, y).log_prob(x, y))
    with pytest.raises(ValueError, match="no target to learn from"):
        CharacterNgram().fit([[1, 2]], [[0, 0]])


def test_rows_shorter_than_the_order():
    fitted = CharacterNgram(order=6).fit([[1, 2], [2, 1]], [[2, 0], [1, 0]])
    assert np.isfinite(fitted.log_prob([[1, 2, 1]], [[2, 1, 2]])).all()


def test_a_large_vocabulary_and_order_do_not_overflow():
    x, y = shifted(drawn(50_000, rows=20))
    fitted = CharacterNgram(order=6).fit(x, y)
    assert fitted.log_prob(x, y)[:, 6:].mean() > -2  # each run was seen once: half of it is given back a level


@pytest.mark.parametrize("token", [-1, 4])
def test_a_token_out_of_range_is_refused(token):
    fitted = CharacterNgram().fit([[1, 2]], [[2, 3]])
    with pytest.raises(ValueError, match=rf"token {token} is not from 0 to 3"):
        fitted.log_prob([[1]], [[token]])


def test_it_is_cloned_and_is_a_classifier():
    made = CharacterNgram(order=4, num_tokens=70)
    assert clone(made).get_params() == {"order": 4, "num_tokens": 70}
    assert is_classifier(made)
