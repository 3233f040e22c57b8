"""The command line: it loads, calls the library, prints, and maps outcomes to exit codes.

Results go to standard output, errors to standard error. With ``--format json`` an error is one
JSON object (``problem.schema.json``).
"""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Callable
from enum import IntEnum
from functools import wraps
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click

from rogatory.errors import (
    Diagnostic,
    DocumentError,
    EvaluationError,
    FileError,
    ProgramError,
    RogatoryError,
)

_F = TypeVar("_F", bound=Callable[..., Any])


class Exit(IntEnum):
    """The exit codes of the command line."""

    DETERMINED = 0
    INVALID_REQUEST = 2
    UNDETERMINED = 3
    INVALID_RULES = 4
    FAILED_CHECK = 5
    INTERNAL = 70


EXIT_CODES = """\b
Exit codes:
  0   determined, or success
  2   invalid request, scenario or usage, or an unreadable file
  3   undetermined: the outcome turns on open questions
  4   invalid rules
  5   a golden case failed, or a proof does not hold
  70  internal error
"""

_rules_option = click.option(
    "--rules",
    "rules_path",
    metavar="FOLDER",
    help="A rule base of one's own, in place of the packaged law.",
)


def _guarded(command: _F) -> _F:
    """Turn every error into a message and an exit code; never a traceback."""

    @wraps(command)
    def run(*args: Any, **options: Any) -> Any:
        as_json = options.get("output") == "json"
        try:
            return command(*args, **options)
        except RogatoryError as error:
            _fail(error, as_json, _code(error))
        except (IsADirectoryError, PermissionError) as error:
            message = f"`{error.filename}`: {error.strerror}"
            _fail(
                FileError([Diagnostic("unreadable_file", message)]), as_json, Exit.INVALID_REQUEST
            )
        except BrokenPipeError:
            # whoever read our output has gone; keep the interpreter from complaining at exit
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(Exit.DETERMINED)
        except (click.exceptions.Exit, click.ClickException, click.Abort, KeyboardInterrupt):
            raise
        except Exception as error:  # the last line of defence
            text = f"{type(error).__name__}: {error}"
            hint = "this is a defect; please report it with the request and the versions used"
            internal = EvaluationError([Diagnostic("internal_error", text, hint=hint)])
            _fail(internal, as_json, Exit.INTERNAL)

    return run  # type: ignore[return-value]


def _code(error: RogatoryError) -> Exit:
    if isinstance(error, ProgramError):
        return Exit.INVALID_RULES
    if isinstance(error, DocumentError | FileError):
        failed = error.code in ("bad_proof", "failed_fixture")
        return Exit.FAILED_CHECK if failed else Exit.INVALID_REQUEST
    return Exit.INTERNAL


def _fail(error: RogatoryError, as_json: bool, code: Exit) -> NoReturn:
    if as_json:
        click.echo(json.dumps(error.to_dict(), ensure_ascii=False, indent=2), err=True)
    else:
        click.echo(str(error), err=True)
    sys.exit(code)


def _load(path: str | None) -> Any:
    from rogatory.rulebase import RuleBase  # noqa: PLC0415  # keep `--help` fast

    return RuleBase.load(path) if path else RuleBase.default()


def _read(name: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        message = f"cannot read `{name}`: {error.strerror}"
        raise FileError([Diagnostic("unreadable_file", message, name)]) from None


def _json(name: str) -> Any:
    from rogatory.documents import parse_json  # noqa: PLC0415

    return parse_json(_read(name), "standard input" if name == "-" else name)


@click.group(epilog=EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="rogatory", prog_name="rogatory")
def main() -> None:
    """Rules as code for mutual legal assistance.

    Which treaty obliges assistance, which grounds permit or require refusal, what has to be
    done first, and what is still open - with a proof.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal may lack a character of ours
            stream.reconfigure(errors="replace")


@main.command(epilog=EXIT_CODES)
@click.argument("request", metavar="REQUEST|-")
@click.option("--scenario", metavar="FILE", help="A scenario to lay over the request.")
@click.option(
    "--format",
    "output",
    type=click.Choice(["json", "text"]),
    default="json",
    show_default=True,
    help="JSON for machines, text for people.",
)
@click.option("--no-proof", is_flag=True, help="Leave the proof out of the text.")
@_rules_option
@_guarded
def decide(
    request: str, scenario: str | None, output: str, no_proof: bool, rules_path: str | None
) -> None:
    """Decide a request (a JSON file, or - for standard input)."""
    from rogatory.request import Request, Scenario  # noqa: PLC0415

    asked = Request.of(_json(request))
    hypothesis = Scenario.of(_json(scenario)) if scenario else None
    rules = _load(rules_path)
    decision = rules.decide(asked, hypothesis)
    if output == "json":
        click.echo(json.dumps(decision.document, ensure_ascii=False, indent=1, sort_keys=True))
    else:
        from rogatory.report import render  # noqa: PLC0415

        text = render(decision.document, rules, asked.document.get("title", ""), not no_proof)
        click.echo(text, nl=False)
    sys.exit(Exit.DETERMINED if decision.determined else Exit.UNDETERMINED)


@main.command(epilog=EXIT_CODES)
@click.argument("path", required=False)
@click.option("--strict", is_flag=True, help="Treat warnings as errors.")
@click.option("--fixtures", metavar="FOLDER", help="Golden cases that should exercise each ground.")
@click.option("--format", "output", type=click.Choice(["json", "text"]), default="text")
@_guarded
def check(path: str | None, strict: bool, fixtures: str | None, output: str) -> None:
    """Check a rule base: the packaged law, or the folder PATH."""
    from rogatory.lint import warnings  # noqa: PLC0415

    rules = _load(path)
    found = warnings(rules, Path(fixtures) if fixtures else None)
    if found and strict:
        raise ProgramError(found)
    if output == "json":
        result = {"rules_digest": rules.digest, "warnings": [d.to_dict() for d in found]}
        click.echo(json.dumps(result, ensure_ascii=False, indent=2))
        return
    for diagnostic in found:
        click.echo(f"warning: {diagnostic}", err=True)
    program = rules.program
    click.echo(
        f"{len(rules.provisions)} sections, {len(program.rules)} rules and facts, "
        f"{len(program.signatures)} predicates, {len(program.readings)} readings, "
        f"{len(rules.entries)} registry rows: no errors, {len(found)} warnings"
    )


@main.command()
@click.argument("name", type=click.Choice(["request", "decision", "scenario", "problem", "case"]))
@_guarded
def schema(name: str) -> None:
    """Print a JSON Schema."""
    from rogatory.library import schema_text  # noqa: PLC0415

    click.echo(schema_text(name), nl=False)


@main.command("rules")
@click.argument("pinpoint", required=False)
@_rules_option
@_guarded
def show_rules(pinpoint: str | None, rules_path: str | None) -> None:
    """Browse the provisions; with PINPOINT, show one and its encoding."""
    from rogatory.browse import show_index, show_section  # noqa: PLC0415

    rules = _load(rules_path)
    if pinpoint is None:
        show_index(rules)
    else:
        show_section(rules, pinpoint)


@main.command(epilog=EXIT_CODES)
@click.argument("folder", metavar="FIXTURES")
@click.option("--accept", is_flag=True, help="Write what comes out as expected; read the diff.")
@_rules_option
@_guarded
def test(folder: str, accept: bool, rules_path: str | None) -> None:
    """Run golden cases and show what differs."""
    from rogatory.golden import find_cases, run_case  # noqa: PLC0415

    rules = _load(rules_path)
    results = [run_case(c, rules, accept=accept) for c in find_cases(Path(folder))]
    failed = [r for r in results if not r.passed]
    click.echo(f"{len(results) - len(failed)} passed, {len(failed)} failed")
    if failed:
        raise DocumentError([r.diagnostic() for r in failed])


@main.command(epilog=EXIT_CODES)
@click.argument("decision", metavar="DECISION|-")
@click.option("--format", "output", type=click.Choice(["json", "text"]), default="text")
@_rules_option
@_guarded
def verify(decision: str, output: str, rules_path: str | None) -> None:
    """Verify every step of a decision's proof with the independent checker."""
    from rogatory.checker import check_decision  # noqa: PLC0415
    from rogatory.documents import validate  # noqa: PLC0415

    document = _json(decision)
    validate(document, "decision")
    steps = check_decision(document, _load(rules_path))
    click.echo(json.dumps({"steps": steps}) if output == "json" else f"{steps} steps hold")
