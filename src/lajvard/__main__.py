"""``python -m lajvard`` is ``lajvard``."""

from lajvard.cli import main

if __name__ == "__main__":
    main()
