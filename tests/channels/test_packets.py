"""What no client of ours sends: answered by hanging up, without a page in the log and without keeping anything."""

import json
import logging

import aiohttp
import pytest

from tests.channels.chat import Chat


async def speak(base: str, credential: str, *packets: str | bytes) -> list[str]:
    """Join over a bare WebSocket, send the packets, and return what came until the shop closed (`1`) or the ack 9 arrived."""
    async with aiohttp.ClientSession() as http, http.ws_connect(f"{base}/socket.io/?EIO=4&transport=websocket") as socket:
        await socket.receive_str()
        await socket.send_str(f"40/customer,{json.dumps({'credential': credential})}")
        while "welcome" not in await socket.receive_str(timeout=5):
            pass
        for packet in packets:
            await (socket.send_bytes(packet) if isinstance(packet, bytes) else socket.send_str(packet))
        heard: list[str] = []
        async for frame in socket:
            if frame.data == "2":  # a ping: a busy machine takes its time
                await socket.send_str("3")
                continue
            heard.append(str(frame.data))
            if heard[-1] == "1" or heard[-1].startswith("43/customer,9"):
                break
        return heard


@pytest.mark.parametrize(
    "packet",
    [
        "4",
        '42/customer,9["message",',
        '42/customer,9{"a":1}',
        "42/customer,9[]",
        "42/customer,9[5]",
        '42/customer,9["sync",{"after_rev":0},{}]',
        '42/customer,9["connect",{}]',
        '42/customer,9["disconnect"]',
        f'42/customer,9["message",{"[" * 50_000}{"]" * 50_000}]',
        f'42/customer,{"9" * 200}["sync",{{"after_rev":0}}]',
        '44/customer,{"message":"no"}',
        '451-/customer,9["message",{"_placeholder":true,"num":0}]',
        "4599999999-/customer,9[]",
        b"abc",
    ],
)
async def test_malformed_packets_end_the_connection(chat: Chat, caplog: pytest.LogCaptureFixture, packet: str | bytes) -> None:
    assert await speak(chat.base, str(chat.credential), packet) == ["1"]
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]
    await chat.send("the other tab goes on")


async def test_an_unknown_event_and_an_unasked_ack_are_nothing(chat: Chat) -> None:
    heard = await speak(
        chat.base, str(chat.credential), "43/customer,5[]", '42/customer,["dance",{}]', '42/customer,9["sync",{"after_rev":0}]'
    )
    assert heard == ['43/customer,9[{"messages":[],"rev":0,"more":false}]']
