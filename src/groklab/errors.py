"""The one kind of error that is a user's to mend."""


class UserError(Exception):
    """One line: where, the rule, the value, the mend.

    Programs print it on standard error and exit with status 1; ``GROKLAB_TRACEBACK=1`` shows the traceback too.
    """

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(message.split()))
