"""The command `tieout`."""

from __future__ import annotations

import sys

import click

from app.cli import (
    audit,
    connection,
    item,
    job_costs,
    not_supported,
    procore,
    report,
    rules,
    sandbox,
    service,
    staged,
    user,
)
from app.core.errors import TieoutError
from app.rulebook.problems import RuleErrors
from app.settings import BadSetting

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 110}


@click.group(context_settings=CONTEXT)
@click.version_option(package_name="tieout", message="%(prog)s %(version)s")
def commands() -> None:
    """Carry Procore's cost records into QuickBooks Desktop, and prove that both agree to the cent."""


for group in (
    sandbox,
    service,
    connection,
    procore,
    user,
    item,
    staged,
    not_supported,
    rules,
    audit,
    job_costs,
    report,
):
    for command in group.COMMANDS:
        commands.add_command(command)


def main() -> None:
    """Run the command; a refusal is one sentence and a way on, never a trace."""
    try:
        sys.exit(commands(standalone_mode=False))
    except RuleErrors as errors:
        for problem in errors.problems:
            click.echo(problem, err=True)
        sys.exit(1)
    except BadSetting as error:
        click.echo(error, err=True)
        sys.exit(1)
    except TieoutError as error:
        click.echo(f"{error.sentence}\n{error.what_to_do}".strip(), err=True)
        sys.exit(1)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(130)


if __name__ == "__main__":
    main()
