"""`python -m investtrack.probe URL`: exit 0 when the address answers with 2xx.

For health checks inside the container, which has no curl.
"""

import sys
import urllib.request


def main(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=4) as answer:
            return 0 if 200 <= answer.status < 300 else 1
    except OSError as error:
        print(f"{url} does not answer: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
