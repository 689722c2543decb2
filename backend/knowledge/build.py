"""`python -m backend.knowledge.build`: embed the articles now, so that no customer waits for it; quick when nothing changed."""

import sys
import time


def main() -> int:
    """Build; 1 with one sentence when it cannot be."""
    from .articles import BrokenArticle, shelf
    from .searching import BrokenModel, Search

    started = time.perf_counter()
    try:
        Search()
    except (BrokenModel, BrokenArticle) as error:
        print(f"articles: {error}", file=sys.stderr)
        return 1
    passages = sum(len(article.passages) for article in shelf().values())
    print(f"articles: {len(shelf())} with {passages} passages ({time.perf_counter() - started:.1f} s)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
