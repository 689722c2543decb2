"""What the tests of understanding share: loading the models takes a second, so that it happens once."""

import pytest

from models.text import catalogue
from models.text.understanding import Understanding


@pytest.fixture(scope="session")
def understanding() -> Understanding:
    """The shop's understanding with the devices of its own data files."""
    loaded = Understanding.load()
    loaded.use(catalogue.from_files())
    return loaded
