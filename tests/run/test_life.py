"""How a process of ours ends when what it needs stays away."""

import pytest
from psycopg import OperationalError

from revivatech import life


@pytest.mark.parametrize("error", [TimeoutError(), OperationalError("no such socket")])
def test_a_database_that_stays_away_is_one_line(error: Exception, capfd: pytest.CaptureFixture[str]) -> None:
    async def wait_in_vain() -> None:
        raise error

    assert life.live(wait_in_vain()) == 1
    said = "".join(capfd.readouterr())
    assert said.count("\n") == 1 and "database_unreachable" in said


def test_a_mistake_of_ours_keeps_its_traceback() -> None:
    async def stumble() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        life.live(stumble())
