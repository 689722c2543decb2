"""`revivatech openapi`: the HTTP API as OpenAPI 3.1, without a running site."""

import argparse
import json
import sys


def add(parser: argparse.ArgumentParser) -> None:
    """No arguments."""


def main(arguments: argparse.Namespace) -> int:
    """Print the document."""
    from backend.core.openapi import describe
    from backend.core.permissions import Matrix
    from revivatech.site import VERSION, operations

    json.dump(describe(operations(), Matrix.load(), title="RevivaTech", version=VERSION), sys.stdout, indent=2)
    print()
    return 0
