"""A request's token may be any bytes at all."""

import pytest
from aiohttp.test_utils import make_mocked_request

from backend.core.site import Site
from backend.identity import csrf
from backend.identity.errors import CsrfFailed


@pytest.mark.parametrize("sent", ["", "é", "\udcff", "a" * 43])
async def test_what_is_no_token_is_refused(site: Site, sent: str) -> None:
    request = make_mocked_request("POST", "/staff/logout", headers={csrf.HEADER: sent})
    with pytest.raises(CsrfFailed):
        await csrf.check(request, site.settings, "b" * 43)
