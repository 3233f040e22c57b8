"""Where a piece of text stands: file, line and column."""

from attrs import frozen


@frozen
class Span:
    """A place in a source text.

    Lines and columns count from 1; ``end_line`` and ``end_column`` name the first
    position after the piece. ``file`` is a path relative to what was loaded, or a label
    such as ``<string>``.
    """

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


NOWHERE = Span("<built>", 1, 1, 1, 1)
"""The place of a node that was made by a program and not read from a text."""
