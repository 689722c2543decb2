"""The little Markdown articles are written in: paragraphs, lists, links to each other. Blocks for pages, plain text for chats."""

import itertools
import re
from dataclasses import dataclass

_LINK = re.compile(r"\[([^\]]+)\]\(([a-z0-9-]+)\)")
_BULLET = re.compile(r"^- ")
#: What this Markdown does not have; an article that uses it is refused, so that nobody sees stars and backticks in a chat.
FOREIGN = re.compile(r"[*_`<>|]|^#{3,}|!\[", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words, perhaps a link to an article."""

    text: str
    slug: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or a list with one line an item."""

    lines: tuple[tuple[Piece, ...], ...]
    is_list: bool = False


def blocks(source: str) -> list[Block]:
    """Cut a passage into its paragraphs and lists; a list may follow the line that leads up to it."""
    found: list[Block] = []
    for chunk in re.split(r"\n\s*\n", source.strip()):
        for is_list, lines in itertools.groupby(chunk.splitlines(), key=lambda line: bool(_BULLET.match(line))):
            if is_list:
                found.append(Block(tuple(pieces(_BULLET.sub("", line)) for line in lines), is_list=True))
            else:
                found.append(Block((pieces(" ".join(line.strip() for line in lines)),)))
    return found


def pieces(line: str) -> tuple[Piece, ...]:
    """Cut a line into words and links."""
    found: list[Piece] = []
    at = 0
    for match in _LINK.finditer(line):
        if match.start() > at:
            found.append(Piece(line[at : match.start()]))
        found.append(Piece(match[1], match[2]))
        at = match.end()
    if at < len(line):
        found.append(Piece(line[at:]))
    return tuple(found)


def plain(source: str) -> str:
    """Say a passage in a chat: links are their words, items begin with a dot."""
    said: list[str] = []
    for block in blocks(source):
        lines = ["".join(piece.text for piece in line) for line in block.lines]
        said.append("\n".join(f"• {line}" for line in lines) if block.is_list else lines[0])
    return "\n".join(said)
