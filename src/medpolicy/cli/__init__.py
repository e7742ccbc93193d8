"""The command line: one file per command, and what they share.

Here: `main` (the one place where errors become messages and exit statuses), `commands.py` (which commands there are, each loaded
when it is run), `screen.py` (a terminal, or plain text in a pipe), `options.py`. May import everything below. Start with
`commands.py`.

Exit statuses: 0 done; 1 something failed or differs; 2 a request was refused; 3 faults in policy files; 4 not found; 5 a
document does not fit; 64 wrong usage; 130 interrupted; 141 the reader of the output went away.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import typer

from medpolicy.cli.commands import root_command
from medpolicy.cli.screen import printable_lines
from medpolicy.errors import MedPolicyError, RequestError, UsageError

INTERRUPTED = 130  # 128 and the number of SIGINT, as shells report it
PIPE_CLOSED = 141  # 128 and the number of SIGPIPE
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; its exit status. Whatever a user can cause ends in a message, a mistake of ours in a traceback."""
    _open_what_is_closed()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    command = root_command()
    if os.environ.get("_MEDPOLICY_COMPLETE"):  # a shell asks for completions; Typer answers and ends
        command.main(prog_name="medpolicy")
    try:
        with command.make_context("medpolicy", list(sys.argv[1:] if arguments is None else arguments)) as context:
            status = command.invoke(context)
        sys.stdout.flush()
        return status if isinstance(status, int) else 0
    except typer.Exit as ending:
        return ending.exit_code
    except typer.TyperException as error:
        return _wrong_usage(error)
    except MedPolicyError as error:
        return _mistake(error)
    except (KeyboardInterrupt, typer.Abort):
        sys.stderr.write("interrupted\n")
        return INTERRUPTED
    except BrokenPipeError:
        _write_no_more()
        return PIPE_CLOSED
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        sys.stderr.write(f"medpolicy: the output cannot be written: {error.strerror}\n")
        _write_no_more()
        return 1


def _mistake(error: MedPolicyError) -> int:
    message = str(error)
    if isinstance(error, RequestError):
        where = f" {error.field}:" if error.field else ""
        message = f"refused ({error.code}):{where} {error.message}"
    sys.stderr.write(f"medpolicy: {printable_lines(message)}\n")
    return error.exit_status


def _wrong_usage(error: typer.TyperException) -> int:
    message = error.format_message()
    context = getattr(error, "ctx", None)
    if context is not None and message.lstrip().startswith("Usage:"):  # no arguments at all: the help is the message
        sys.stderr.write(message + "\n")
        return UsageError.exit_status
    if context is not None:
        sys.stderr.write(context.get_usage() + "\n")
    help_command = context.command_path if context is not None else "medpolicy"
    sys.stderr.write(f"medpolicy: {printable_lines(message)}\nTry `{help_command} --help`.\n")
    return UsageError.exit_status


def _open_what_is_closed() -> None:
    """A caller may have closed a standard stream; what is written to it then goes nowhere."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115  # open until the end


def _write_no_more() -> None:
    """What is still buffered goes nowhere: nobody reads it, or there is no room for it."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, sys.stdout.fileno())
    except (OSError, ValueError):
        pass  # not a file of the operating system: nothing will be flushed to it
    finally:
        os.close(nowhere)
