"""Errors as administrators are told of them."""
from typing import Literal

from pydantic import BaseModel, Field

from server.admin.live_schemas import PersonRead
from server.common.recent import Door

Kind = Literal["failure", "refusal"]


class ErrorRead(BaseModel):
    """One that a client was told. It holds nothing of what the client has written."""

    id: str
    object: Literal["error"] = "error"
    kind: Kind = Field(description="`failure`: on our side (status 500 and above); `refusal`: of what a client asked")
    at: float = Field(description="Unix seconds")
    code: str
    status: int
    door: Door = Field(description="where it was told; `response`: one has ended as failed, whoever followed it")
    message: str = Field(description="what went wrong; where that would hold a client's words, what the code means")
    param: str | None = Field(description="the first name in the path of the field that it is about")
    user: PersonRead | None = Field(description="who was told, where that is known")
    response_id: str | None


class ErrorList(BaseModel):
    object: Literal["list"] = "list"
    data: list[ErrorRead]
    first_id: str | None
    last_id: str | None
    has_more: bool
