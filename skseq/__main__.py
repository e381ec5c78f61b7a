"""``python -m skseq``: the guided tour."""

import sys

from skseq._tour import main

if __name__ == "__main__":
    sys.exit(main())
