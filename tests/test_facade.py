"""What the package offers at its top."""

import inspect
import pickle

import pytest

import rogatory
from rogatory import DocumentError, RuleBase
from rogatory.errors import RogatoryError


def test_the_names_are_sorted_complete_and_documented() -> None:
    assert rogatory.__all__ == sorted(rogatory.__all__)
    public = {
        name
        for name, value in vars(rogatory).items()
        if not name.startswith("_") and (not inspect.ismodule(value) or name in rogatory.__all__)
    }
    assert public == set(rogatory.__all__)
    for name in rogatory.__all__:
        assert inspect.getdoc(getattr(rogatory, name)), name


def test_public_methods_are_documented() -> None:
    for name in rogatory.__all__:
        value = getattr(rogatory, name)
        if inspect.isclass(value):
            for key, member in vars(value).items():
                if not key.startswith("_") and (callable(member) or isinstance(member, property)):
                    assert inspect.getdoc(member), f"{name}.{key}"


def test_the_example_of_the_package_runs() -> None:
    assert "RuleBase.default().decide" in (rogatory.__doc__ or "")
    decision = RuleBase.default().decide(
        {"requesting": "IR", "requested": "US", "as_of": "2026-06-01"}
    )
    assert decision.outcome == "undetermined"


def test_every_error_is_of_one_family_and_survives_pickling() -> None:
    for kind in (rogatory.DocumentError, rogatory.EvaluationError, rogatory.ProgramError):
        assert issubclass(kind, rogatory.RogatoryError)
    with pytest.raises(RogatoryError) as caught:
        RuleBase.default().decide({})
    copy = pickle.loads(pickle.dumps(caught.value))
    assert isinstance(copy, DocumentError)
    assert copy.diagnostics == caught.value.diagnostics
