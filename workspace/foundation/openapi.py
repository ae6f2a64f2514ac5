"""How a door is written down in the OpenAPI document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields

PROBLEMS = {
    400: "The request could not be read.",
    401: "No token, or one that counts no longer.",
    403: "Visible, but not allowed; or the token is not for this.",
    404: "Absent, or not visible to the owner of the token.",
    405: "This address does not take that method.",
    409: "Its state forbids the step, or the Idempotency-Key was used for something else.",
    412: "Changed since the ETag in If-Match.",
    413: "Larger than the limit.",
    415: "Not JSON.",
    422: "A value is refused; `field` names it.",
    428: "If-Match is missing.",
    429: "Too often; wait for Retry-After seconds.",
    503: "Cannot save now; try again after Retry-After seconds.",
}


class Problem(Schema):
    """Every answer from 400 on."""

    error = fields.String(required=True, metadata={"description": "A fixed word."})
    message = fields.String(required=True, metadata={"description": "A sentence for a person."})
    field = fields.String(metadata={"description": "The field that it is about."})
    request_id = fields.String(required=True)


def share_problems(spec: Any) -> None:
    """Put the answers that all doors share into the document."""
    for status, words in PROBLEMS.items():
        spec.components.response(
            f"Problem{status}",
            {"description": words, "content": {"application/json": {"schema": Problem}}},
        )


def operation(
    name: str,
    *,
    gives: type[Schema] | None,
    takes: type[Schema] | None,
    many: bool,
    creates: bool,
    changes: bool,
    status: int,
    upload: bool,
    unsafe: bool,
    example: Any,
    words: Mapping[str, type],
) -> dict[str, Any]:
    """The operation object of one door."""
    parameters: list[dict[str, Any]] = []
    if many:
        parameters += [
            {"in": "query", "name": "limit",
             "description": "Most rows of the page.",
             "schema": {"type": "integer", "minimum": 1, "maximum": 100, "default": 50}},
            {"in": "query", "name": "after",
             "description": "What the page before named as next.",
             "schema": {"type": "string"}},
        ]
    if creates:
        parameters.append(
            {"in": "header", "name": "Idempotency-Key",
             "description": "Sent twice within 24 hours, the work is done once.",
             "schema": {"type": "string", "minLength": 1, "maxLength": 100}}
        )
    if changes:
        parameters.append(
            {"in": "header", "name": "If-Match", "required": True,
             "description": "The ETag of what was seen.", "schema": {"type": "string"}}
        )
    made: dict[str, Any] = {"operationId": name, "parameters": parameters}
    if takes is not None:
        content: dict[str, Any] = {"schema": takes}
        if example is not None:
            content["example"] = example
        made["requestBody"] = {"required": True, "content": {"application/json": content}}
    elif upload:
        made["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": {
            "type": "object", "required": ["file"],
            "properties": {"file": {"type": "string", "contentMediaType":
                                    "application/octet-stream"}},
        }}}}
    made["responses"] = {str(status): _good(gives, many=many)} | {
        str(code): f"Problem{code}" for code in _problems(takes, creates, changes, unsafe, upload)
    }
    return made


def _good(gives: type[Schema] | None, *, many: bool) -> dict[str, Any]:
    if gives is None:
        return {"description": "Done."}
    schema: Any = gives
    if many:
        schema = {
            "type": "object", "required": ["items", "next"],
            "properties": {
                "items": {"type": "array", "items": gives},
                "next": {"type": ["string", "null"]},
            },
        }
    return {"description": "Done.", "content": {"application/json": {"schema": schema}}}


def _problems(
    takes: type[Schema] | None, creates: bool, changes: bool, unsafe: bool, upload: bool
) -> list[int]:
    found = [400, 401, 403, 404, 405, 422, 429, 503]
    if unsafe:
        found += [409, 413]
    if takes is not None or upload:
        found.append(415)
    if changes:
        found += [412, 428]
    return sorted(found)
