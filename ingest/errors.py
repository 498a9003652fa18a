"""The root of every error that a user of oivo can meet.

May import nothing of oivo.
"""


class OivoError(Exception):
    """Something that the user can understand and put right.

    Parameters
    ----------
    problem
        What was found, without the place: ``column MJD is missing``.
    place
        Where: a file, a file and its HDU, a row, a setting.
    remedy
        What to do about it.
    """

    #: Exit status of the command line: 1 for bad input or a failed run, 2 for misuse.
    exit_status = 1

    def __init__(self, problem: str, *, place: str = "", remedy: str = "") -> None:
        self.problem = problem
        self.place = place
        self.remedy = remedy
        super().__init__(problem)

    def __str__(self) -> str:
        text = f"{self.place}: {self.problem}" if self.place else self.problem
        return f"{text} ({self.remedy})" if self.remedy else text


class MisuseError(OivoError):
    """The command, the option or the setting itself is wrong."""

    exit_status = 2
