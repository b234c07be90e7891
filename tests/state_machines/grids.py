"""What every move does in every state, written down by hand: one grid a table, a dot where nothing may happen."""

from __future__ import annotations

from state_machines.conversation import CONVERSATION
from state_machines.item import ITEM
from state_machines.message_set import MESSAGE_SET, REQUEST
from state_machines.operation import OPERATION
from state_machines.staging import STAGED
from state_machines.table import Table

_ITEM = """
              draft   sent      accepted  queued    synced  failed
send          sent    .         .         .         .       .
retrieve      .       draft     .         .         .       .
accept        .       accepted  .         .         .       .
take_back     .       .         sent      .         .       .
reject        .       draft     draft     .         .       draft
queue         .       .         queued    .         .       .
hold          .       .         .         accepted  .       .
second_look   .       .         sent      sent      .       .
confirm       .       .         .         synced    .       .
refuse        .       .         .         failed    .       .
retry         .       .         .         .         .       accepted
amend         .       .         .         .         sent    .
revert        .       synced    synced    .         .       synced
link          synced  synced    .         .         .       .
unlink        .       .         .         .         draft   .
"""

_OPERATION = """
              waiting  ready    working  unknown  failed   done  dropped
release       ready    .        .        .        .        .     .
hold          .        waiting  .        .        .        .     .
start         .        working  .        .        .        .     .
lose          .        .        unknown  .        .        .     .
find          .        .        .        working  .        .     .
finish        .        .        done     done     .        .     .
fail          .        .        failed   failed   .        .     .
put_back      .        .        ready    ready    .        .     .
retry         .        .        .        .        waiting  .     .
drop          dropped  dropped  dropped  .        dropped  .     .
"""

_MESSAGE_SET = """
              out        lost       answered  refused  abandoned
answer        answered   answered   .         .        .
refuse        refused    .          .         .        .
lose          lost       .          .         .        .
resend        .          out        .         .        .
abandon       abandoned  abandoned  .         .        .
"""

_REQUEST = """
              out       unknown   answered  refused  settled
answer        answered  answered  .         .        .
refuse        refused   .         .         .        .
lose          unknown   .         .         .        .
resend        .         out       .         .        .
settle        .         settled   .         .        .
"""

_CONVERSATION = """
              opened    checked   awaiting  stopping  closed  ended
check_host    checked   .         .         .         .       .
send          .         awaiting  awaiting  .         .       .
receive       .         .         checked   .         .       .
stop          stopping  stopping  stopping  .         .       .
close         closed    closed    closed    closed    .       .
expire        ended     ended     ended     ended     .       .
"""

_STAGED = """
              staged    imported  linked  archived
add           imported  .         .       .
link          linked    .         .       .
archive       archived  .         .       .
restore       .         .         .       staged
unlink        .         staged    staged  .
"""

GRIDS: list[tuple[Table, str]] = [
    (ITEM, _ITEM),
    (OPERATION, _OPERATION),
    (MESSAGE_SET, _MESSAGE_SET),
    (REQUEST, _REQUEST),
    (CONVERSATION, _CONVERSATION),
    (STAGED, _STAGED),
]


def read(grid: str) -> tuple[list[str], dict[tuple[str, str], str | None]]:
    """The states of a grid, and where each move leads from each of them."""
    head, *rows = (line.split() for line in grid.strip().splitlines())
    cells = {
        (move, state): None if cell == "." else cell
        for move, *row in rows
        for state, cell in zip(head, row, strict=True)
    }
    return head, cells
