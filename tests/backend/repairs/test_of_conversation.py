"""What a technician sees beside a conversation: the orders made in it or followed by its customer, and nobody else's."""

from typing import Any
from uuid import uuid4

from tests.conftest import Client


async def test_orders_of_a_conversation_are_its_customers(visitor: Client, client: Client, book: Any, staff: Any) -> None:
    mine = await book(visitor)
    opened = await visitor.json("POST", "/api/v1/conversations", status=201)
    stranger = await client.json("POST", "/api/v1/conversations", status=201)
    async with Client(client.base, headers={"Authorization": f"Bearer {stranger['credential']}"}) as other:
        await book(other)
    person = await staff("technician")

    async def beside(conversation: str, status: int = 200) -> Any:
        return await person.json("GET", f"/api/v1/orders?conversation={conversation}", status=status)

    shown = (await beside(opened["conversation"]["id"]))["items"]
    assert [order["reference"] for order in shown] == [mine["reference"]]
    assert shown[0]["repairs"][0]["device"] == "iPhone 13"
    empty = await client.json("POST", "/api/v1/conversations", status=201)
    assert (await beside(empty["conversation"]["id"]))["items"] == []
    assert (await beside(str(uuid4()), 404))["code"] == "conversation_unknown"
    assert (await visitor.json("GET", f"/api/v1/orders?conversation={opened['conversation']['id']}", status=403))["code"] == "forbidden"
