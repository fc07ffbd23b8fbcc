"""``python -m lajvard`` is ``lajvard``."""

import sys

from lajvard.errors import InputError, exit_code, require_extra


def main() -> None:
    """The command ``lajvard``, or one line that says what it needs."""
    try:
        require_extra("cli", "lajvard")
    except InputError as error:
        sys.stderr.write(f"Error: {error}\n")
        sys.exit(exit_code(error))
    from lajvard.cli import main as command

    command()


if __name__ == "__main__":
    main()
