"""The command's frame: which commands there are, and how an error becomes one sentence and an exit code."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer
from typer.exceptions import TyperException

from pathoflow import __version__
from pathoflow.cli import (
    bench,
    demo,
    doctor,
    evaluate,
    grade,
    info,
    networks,
    phantom,
    report,
    review,
    run,
    score,
    train,
)
from pathoflow.cli.sentence import say, say_where
from pathoflow.errors import PathoflowError

app = typer.Typer(
    name="pathoflow",
    help="Finds vessels in liver slides and the carcinoma cells inside them, and proposes a microvascular invasion "
    "grade for review. Research use only.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for module in (demo, info, run, report, review, grade, score, doctor, train, evaluate):
    app.command()(getattr(module, module.__name__.rsplit(".", 1)[-1]))
app.add_typer(phantom.app, name="phantom")
app.add_typer(networks.app, name="networks")
app.add_typer(bench.app, name="bench")

# What shells expect of a command that was ended by Ctrl-C.
_STOPPED = 130


def _tell_version(is_asked: bool) -> None:
    if is_asked:
        print(__version__)
        raise typer.Exit


@app.callback()
def _options(
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False,
    _version: Annotated[
        bool,
        # Eager: it is answered before a missing command is missed.
        typer.Option(
            "--version", help="Show the version and stop.", callback=_tell_version, is_eager=True
        ),
    ] = False,
) -> None:
    if debug:
        os.environ["PATHOFLOW_DEBUG"] = "1"


def main(arguments: list[str] | None = None) -> None:
    """Run the command and leave the process with its exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    # --debug may stand anywhere, because one adds it after a command has failed.
    given = ["--debug"] * ("--debug" in given) + [word for word in given if word != "--debug"]
    try:
        code = app(given, standalone_mode=False, prog_name="pathoflow")
    except TyperException as error:
        # Without a message the help itself has just been shown.
        if message := error.format_message():
            say(f"{message.rstrip('.')}. See pathoflow --help.")
        code = error.exit_code
    except (typer.Abort, KeyboardInterrupt):
        code = _STOPPED
    except PathoflowError as error:
        say_where(error)
        say(f"{error} ({error.code})" if error.code else str(error))
        code = error.exit_code
    except BrokenPipeError:
        # The reader of our output has gone, as `head` does; nothing is left to say.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    except Exception as error:  # noqa: BLE001  (the last door: a fault of ours must be one sentence too)
        say_where(error)
        say(
            f"a fault of pathoflow itself ({type(error).__name__}: {error}); --debug shows where, please report it."
        )
        code = 1
    # Typer itself turns Ctrl-C into this code, without a word and without raising.
    if code == _STOPPED:
        say("stopped; run the same command again to go on where it stopped.")
    raise SystemExit(code or 0)
