"""The judges: pure functions from a history to a list of faults in words. An empty list is a clean run."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise

from tests.chaos.history import History, Row

PEOPLE = ("customer", "technician")


def lost(history: History) -> Iterator[str]:
    """Every acknowledged message is stored in its conversation."""
    stored = {(row.conversation, row.client_id) for row in history.rows}
    for ack in history.acks:
        if (ack.conversation, ack.client_id) not in stored:
            yield f"lost: {ack.client_id} was acknowledged in {ack.conversation} and is not there"


def kept(history: History) -> Iterator[str]:
    """A stored message is what was sent and what was acknowledged, however often."""
    rows = {(row.conversation, row.client_id): row for row in history.rows if row.client_id}
    for ack in history.acks:
        row = rows.get((ack.conversation, ack.client_id))
        if row and (row.id, row.seq) != (ack.id, ack.seq):
            yield f"changed: {ack.client_id} was acknowledged as {ack.id} at {ack.seq} and is {row.id} at {row.seq}"
    for sent in history.sent:
        row = rows.get((sent.conversation, sent.client_id))
        if row and row.text != sent.text:
            yield f"changed: {sent.client_id} was sent as {sent.text!r} and is {row.text!r}"


def doubled(history: History) -> Iterator[str]:
    """Nothing is stored twice, and nothing nobody sent is stored."""
    written = [row for row in history.rows if row.author in PEOPLE]
    meant = Counter((message.conversation, message.text) for message in history.sent)
    for (conversation, text), count in Counter((row.conversation, row.text) for row in written).items():
        if count > max(1, meant[conversation, text]):
            yield f"doubled: {text!r} is stored {count} times in {conversation}"
    sent = {(message.conversation, message.client_id, message.author) for message in history.sent}
    for row in written:
        if (row.conversation, row.client_id, row.author) not in sent:
            yield f"invented: {row.text!r} in {row.conversation} was never sent there"


def reordered(history: History) -> Iterator[str]:
    """What one author wrote in a conversation stands in the order in which it was written."""
    order = {(message.conversation, message.client_id): message.order for message in history.sent}
    for conversation, rows in _by_conversation(history.rows).items():
        for author in PEOPLE:
            mine = [order[key] for row in rows if (key := (conversation, row.client_id)) in order and row.author == author]
            for before, after in pairwise(mine):
                if before >= after:
                    yield f"reordered: in {conversation} the {author}'s message {before} stands before message {after}"


def numbered(history: History) -> Iterator[str]:
    """`seq` counts 1, 2, 3 … in each conversation, and no two messages share a rev."""
    for conversation, rows in _by_conversation(history.rows).items():
        if [row.seq for row in rows] != list(range(1, len(rows) + 1)):
            yield f"numbers: {conversation} has {[row.seq for row in rows][:20]}"
        if len({row.rev for row in rows}) != len(rows):
            yield f"numbers: two messages of {conversation} share a rev"


def foreign(history: History) -> Iterator[str]:
    """No page shows a message of another conversation."""
    home = {row.id: row.conversation for row in history.rows}
    for view in history.views:
        for row in view.shown:
            if home.get(row.id) != view.conversation:
                yield f"foreign: {view.name} of {view.conversation} shows {row.text!r} of {home.get(row.id)}"


def agreed(history: History) -> Iterator[str]:
    """Every page shows exactly what is stored, in the same order."""
    stored = _by_conversation(history.rows)
    for view in history.views:
        yield from (f"contradiction on {view.name}: {fault}" for fault in view.contradictions)
        truth = [(row.id, row.seq, row.rev, row.client_id, row.author, row.text) for row in stored.get(view.conversation, [])]
        shown = [(row.id, row.seq, row.rev, row.client_id, row.author, row.text) for row in view.shown]
        if shown != truth:
            missing, extra = len(set(truth) - set(shown)), len(set(shown) - set(truth))
            counts = f"{missing} missing, {extra} other, {len(shown)} shown, {len(truth)} stored"
            yield f"disagreed: {view.name} of {view.conversation}: {counts}"


def answered(history: History) -> Iterator[str]:
    """In a conversation with the assistant exactly one turn speaks after every customer message, once, before the next message."""
    stored = _by_conversation(history.rows)
    for conversation in history.answered:
        spoken: dict[str, set[int]] = defaultdict(set)
        for asked, words in _exchanges(stored.get(conversation, [])):
            # A handover's acknowledgement belongs to no turn and is an answer all the same.
            turns = {row.turn for row in words if row.turn} or ({"handover"} if words else set())
            if len(turns) != 1 and asked.client_id not in history.needless:
                yield f"answers: message {asked.seq} of {conversation} has {len(turns)} answer turns"
            for row in words:
                if row.turn:
                    spoken[row.turn].add(asked.seq)
            for (turn, text), count in Counter((row.turn, row.text) for row in words).items():
                if turn and count > 1:
                    yield f"answers: turn {turn} of {conversation} says {text!r} {count} times"
        for turn, questions in spoken.items():
            if len(questions) > 1:
                yield f"answers: turn {turn} of {conversation} speaks after {len(questions)} different messages"


def _exchanges(rows: Iterable[Row]) -> Iterator[tuple[Row, list[Row]]]:
    asked: Row | None = None
    words: list[Row] = []
    for row in rows:
        if row.author != "customer":
            words.append(row)
            continue
        if asked is not None:
            yield asked, words
        asked, words = row, []
    if asked is not None:
        yield asked, words


ALL: tuple[Callable[[History], Iterable[str]], ...] = (lost, kept, doubled, reordered, numbered, foreign, agreed, answered)


def check(history: History) -> list[str]:
    """All faults of a run."""
    return [fault for judge in ALL for fault in judge(history)]


def _by_conversation(rows: Iterable[Row]) -> dict[str, list[Row]]:
    grouped: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row.conversation].append(row)
    for found in grouped.values():
        found.sort(key=lambda row: (row.seq, row.id))
    return grouped
