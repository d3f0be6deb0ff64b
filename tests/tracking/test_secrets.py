import pytest

from groklab.tracking.secrets import is_secret, mask, redact


@pytest.mark.parametrize("key", ["password", "db.password", "HF_TOKEN", "apiKey", "api-key", "client_secret"])
def test_names_of_secrets(key):
    assert is_secret(key)


@pytest.mark.parametrize("key", ["num_tokens", "tokenizer", "max_tokens", "lr", "passes", "secretary"])
def test_names_that_only_sound_like_it(key):
    assert not is_secret(key)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("http://me:pa55@host:5000/x", "http://***@host:5000/x"),
        ("postgresql://me:p%40@h/db and http://h/", "postgresql://***@h/db and http://h/"),
        ("train.py tracking.token=abc lr=0.1", "train.py tracking.token=*** lr=0.1"),
        ('{"api_key": "a b", "n": 1}', '{"api_key": ***, "n": 1}'),
        ("Authorization: Bearer abcdefgh.ij", "Authorization: Bearer ***"),
        ("nothing: here @ all", "nothing: here @ all"),
    ],
)
def test_text_is_masked_and_the_rest_stays(text, shown):
    assert mask(text) == shown


def test_masking_twice_is_masking_once():
    text = "http://a:b@c token=x"
    assert mask(mask(text)) == mask(text)


def test_redaction_goes_to_any_depth_and_keeps_what_is_unset():
    tree = {"a": [{"token": "x", "lr": 0.1}], "password": None, "uri": "http://u:p@h"}
    assert redact(tree) == {"a": [{"token": "***", "lr": 0.1}], "password": None, "uri": "http://***@h"}
