"""What the provider tells the shop: signed forms, each retried once."""

import asyncio
from collections.abc import Mapping
from urllib.parse import urlencode

import aiohttp
from twilio.request_validator import RequestValidator

#: Seconds the shop has to answer, and until it is asked a second time.
PATIENCE, AGAIN_AFTER = 15.0, 0.3


class Webhooks:
    """Posts to the shop as the provider does, signed with the account's token."""

    def __init__(self, token: str) -> None:
        self._signer = RequestValidator(token)
        self._client: aiohttp.ClientSession | None = None
        #: The last answers, newest last: what the shop said to which address.
        self.answers: list[tuple[str, int, str]] = []

    async def post(self, url: str, form: Mapping[str, str]) -> bool:
        """Tell the shop; True once it has answered with success. Asked once more when it did not."""
        for attempt in range(2):
            if attempt:
                await asyncio.sleep(AGAIN_AFTER)
            if await self.post_once(url, form):
                return True
        return False

    async def post_once(self, url: str, form: Mapping[str, str], *, signature: str | None = None) -> bool:
        """Tell the shop once; `signature` in place of the right one."""
        if self._client is None:
            self._client = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE))
        headers = {
            "X-Twilio-Signature": self._signer.compute_signature(url, dict(form)) if signature is None else signature,
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "User-Agent": "TwilioProxy/1.1",
        }
        try:
            async with self._client.post(url, data=urlencode(form), headers=headers, allow_redirects=False) as response:
                body = await response.text()
                self.answers = [*self.answers[-99:], (url, response.status, body)]
                return response.status < 400
        except (aiohttp.ClientError, TimeoutError, ValueError):
            self.answers = [*self.answers[-99:], (url, 0, "")]
            return False

    async def close(self) -> None:
        """Hang up."""
        if self._client is not None:
            await self._client.close()
            self._client = None
