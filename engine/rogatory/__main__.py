"""``python -m rogatory``."""

from rogatory.cli import main

main(prog_name="rogatory")
