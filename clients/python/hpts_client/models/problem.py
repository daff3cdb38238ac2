from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

from ..models.problem_code import ProblemCode, check_problem_code
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.field_error import FieldError


T = TypeVar("T", bound="Problem")


@_attrs_define
class Problem:
    """RFC 9457 problem details.

    Attributes:
        code (ProblemCode): What went wrong; each code has a page at /problems/<code> that says what to do.
        status (int):
        title (str):
        trace_id (str): The trace of this request; quote it when you ask for help.
        type_ (str): Address of the page about this problem, relative to this server.
        detail (str | Unset):
        errors (list[FieldError] | Unset): The fields that are wrong.
        instance (str | Unset): The path that was requested.
    """

    code: ProblemCode
    status: int
    title: str
    trace_id: str
    type_: str
    detail: str | Unset = UNSET
    errors: list[FieldError] | Unset = UNSET
    instance: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        code: str = self.code

        status = self.status

        title = self.title

        trace_id = self.trace_id

        type_ = self.type_

        detail = self.detail

        errors: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.errors, Unset):
            errors = []
            for errors_item_data in self.errors:
                errors_item = errors_item_data.to_dict()
                errors.append(errors_item)

        instance = self.instance

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "code": code,
                "status": status,
                "title": title,
                "trace_id": trace_id,
                "type": type_,
            }
        )
        if detail is not UNSET:
            field_dict["detail"] = detail
        if errors is not UNSET:
            field_dict["errors"] = errors
        if instance is not UNSET:
            field_dict["instance"] = instance

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.field_error import FieldError  # noqa: PLC0415

        d = dict(src_dict)
        code = check_problem_code(d.pop("code"))

        status = d.pop("status")

        title = d.pop("title")

        trace_id = d.pop("trace_id")

        type_ = d.pop("type")

        detail = d.pop("detail", UNSET)

        _errors = d.pop("errors", UNSET)
        errors: list[FieldError] | Unset = UNSET
        if _errors is not UNSET:
            errors = []
            for errors_item_data in _errors:
                errors_item = FieldError.from_dict(errors_item_data)

                errors.append(errors_item)

        instance = d.pop("instance", UNSET)

        problem = cls(
            code=code,
            status=status,
            title=title,
            trace_id=trace_id,
            type_=type_,
            detail=detail,
            errors=errors,
            instance=instance,
        )

        return problem
