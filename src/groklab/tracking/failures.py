"""Why a delivery did not happen, in one line without secrets."""

from groklab.tracking.place import Place
from groklab.tracking.secrets import mask

_LONGEST = 200
_SIGNS = ("failed with exception", "failed with timeout", "Max retries exceeded", "Connection aborted")


class Undelivered(Exception):
    """A delivery that has to be tried again.

    Attributes:
        unreachable: Whether the server did not answer, so that other runs will fare no better.
    """

    def __init__(self, reason: str, *, unreachable: bool) -> None:
        super().__init__(mask(" ".join(reason.split())))
        self.unreachable = unreachable


def undelivered(error: Exception, place: Place) -> Undelivered:
    """``error`` as a reason that fits in a sentence."""
    if isinstance(error, Undelivered):
        return error
    text = " ".join(str(error).split())
    unreachable = place.is_server and (_is_network(error) or any(sign in text for sign in _SIGNS))
    return Undelivered(_short(text, error), unreachable=unreachable)


def _is_network(error: Exception) -> bool:
    return any(kind.__module__.startswith(("requests", "urllib3")) for kind in type(error).__mro__)


def _short(text: str, error: Exception) -> str:
    for sign, reason in (
        ("Connection refused", "connection refused"),
        ("timed out", "no answer in time"),
        ("Name or service not known", "unknown host"),
        ("Failed to resolve", "unknown host"),
        ("No route to host", "no route to host"),
        ("Connection reset", "connection reset"),
        ("Connection aborted", "connection aborted"),
    ):
        if sign in text:
            return reason
    return (mask(text) or type(error).__name__)[:_LONGEST]
