"""Loads openapi.yaml and the problem catalogue beside it, once, and refuses to start from a document that is not sound."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml
from openapi_spec_validator import validate

from app.contract.operations import OperationContract, operations_of
from app.contract.parameters import Parameter
from app.contract.routing_view import routing_view
from app.contract.validators import BodyValidator, Checker

__all__ = ["BodyValidator", "Checker", "Contract", "OperationContract", "Parameter", "ProblemType", "load"]

DOCUMENT: Final = Path(__file__).parents[2] / "openapi" / "openapi.yaml"
"""Beside the package `app`, in the repository and in an installed copy alike."""
PROBLEMS: Final = "problems.yaml"


@dataclass(frozen=True, slots=True)
class ProblemType:
    """One code of the catalogue: `detail` says what it means, `action` what to do."""

    code: str
    status: int
    title: str
    detail: str
    action: str


@dataclass(frozen=True, slots=True)
class Contract:
    """`document` is the 3.1 document as written, references intact; `problem` checks a problem document of any status."""

    document: Mapping[str, Any]
    problems: Mapping[str, ProblemType]
    operations: Mapping[str, OperationContract]
    problem: Checker

    def routing_view(self) -> dict[str, Any]:
        """The 3.0 document that Connexion routes from."""
        return routing_view(self.document)


def load(path: Path = DOCUMENT) -> Contract:
    """The contract in the file at `path`, with the catalogue in problems.yaml beside it.

    Raises OpenAPIValidationError when the document is not OpenAPI 3.1, and ValueError when the two files disagree.
    """
    document = _read(path)
    validate(document)
    catalogue = _read(path.with_name(PROBLEMS))
    problems = {code: ProblemType(code=code, **facts) for code, facts in catalogue.items()}
    schemas = document["components"]["schemas"]
    if set(problems) != set(schemas["ProblemCode"]["enum"]):
        raise ValueError(f"{PROBLEMS} and the enum ProblemCode of {path.name} list different codes")
    problem = Checker({"$ref": "#/components/schemas/Problem"}, document["components"])
    return Contract(document, problems, operations_of(document), problem)


def _read(path: Path) -> dict[str, Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    with path.open("rb") as file:
        content = yaml.load(file, loader)
    if not isinstance(content, dict):
        raise ValueError(f"{path.name} is not a mapping")
    return content
