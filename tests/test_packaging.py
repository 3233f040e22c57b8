"""What is shipped is what lies in the repository, and the house rules of its files hold."""

import ast
import re
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import pytest
from tests.conftest import ROOT

from rogatory.errors import ERROR_CODES
from rogatory.library import SCHEMAS, packaged_rules

ENGINE = sorted((ROOT / "engine" / "rogatory").glob("*.py"))


def contents(
    folder: Traversable | Path, endings: tuple[str, ...], at: str = ""
) -> dict[str, bytes]:
    """The files below a folder, by path."""
    found: dict[str, bytes] = {}
    for entry in folder.iterdir():
        if entry.is_dir():
            found |= contents(entry, endings, f"{at}{entry.name}/")
        elif entry.name.endswith(endings):
            found[at + entry.name] = entry.read_bytes()
    return found


def test_the_law_that_ships_is_the_law_of_the_repository() -> None:
    endings = (".md", ".csv")
    shipped = contents(packaged_rules(), endings)
    assert shipped == contents(ROOT / "rules", endings)
    assert len(shipped) > 20


def test_the_schemas_that_ship_are_those_of_the_repository() -> None:
    shipped = contents(files("rogatory.schemas"), (".json",))
    assert shipped == contents(ROOT / "schemas", (".json",))
    assert set(shipped) == {f"{name}.schema.json" for name in SCHEMAS}


def test_the_package_is_typed_and_has_its_grammar_and_version() -> None:
    names = {entry.name for entry in files("rogatory").iterdir()}
    assert "py.typed" in names
    assert [n for n in names if n.endswith(".lark")] == ["grammar.lark"]
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert f'version = "{version("rogatory")}"' in text


def test_each_code_has_a_page_and_each_page_a_code() -> None:
    pages = {p.stem for p in (ROOT / "docs" / "errors").glob("*.md")} - {"README"}
    assert pages == set(ERROR_CODES)


@pytest.mark.parametrize("module", ENGINE, ids=lambda p: p.stem)
def test_the_engine_names_no_treaty_and_no_module_is_long(module: Path) -> None:
    text = module.read_text(encoding="utf-8")
    assert re.findall(r"budapest|uncc|cybercrime|untoc|mlat", text, re.IGNORECASE) == []
    assert len(text.splitlines()) <= 400
    assert ast.get_docstring(ast.parse(text))
