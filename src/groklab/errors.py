"""The one kind of error that is a user's to mend."""

from collections.abc import Iterable


class UserError(Exception):
    """One line: where, the rule, the value, the mend.

    Programs print it on standard error and exit with status 1; ``GROKLAB_TRACEBACK=1`` shows the traceback too.
    """

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(message.split()))


class UserErrors(UserError):
    """Several, a line each below one that counts them."""

    def __init__(self, head: str, errors: Iterable[str]) -> None:
        super().__init__(head)
        self.errors = [" ".join(error.split()) for error in errors]

    def __str__(self) -> str:
        return "\n".join([super().__str__(), *self.errors])
