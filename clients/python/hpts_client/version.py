"""The package's version: that of the contract which it was generated from."""

from typing import Final

VERSION: Final = "1.0.0"
