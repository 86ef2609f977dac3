"""What clients send about accounts."""
from typing import Annotated, Literal

from pydantic import AfterValidator, EmailStr, Field
from pydantic_core import PydanticCustomError

from server.auth.schemas import Scope
from server.common.errors import Code
from server.common.validation import Strict

MAX_EMAIL = 320


def _plain(value: str) -> str:
    if "\0" in value:
        raise PydanticCustomError(Code.INVALID_VALUE.value, "must not contain the character U+0000")
    return value


Email = Annotated[EmailStr, Field(max_length=MAX_EMAIL, examples=["ann@example.org"])]
Password = Annotated[str, Field(max_length=1024, examples=["correct horse battery"], json_schema_extra={
    "format": "password"})]
Name = Annotated[str, Field(max_length=200), AfterValidator(_plain)]
Token = Annotated[str, Field(max_length=4096)]
ScopeName = Literal["responses", "conversations", "account", "admin"]


def _usual_scopes() -> list[ScopeName]:
    return ["responses", "conversations"]


class AccountCreate(Strict):
    email: Email
    password: Password
    display_name: Name = ""


class SignIn(Strict):
    email: Annotated[str, Field(max_length=MAX_EMAIL)]  # whatever it is, it has no account
    password: Password


class OnlyEmail(Strict):
    email: Email


class OnlyToken(Strict):
    token: Token


class NewPassword(Strict):
    token: Token
    password: Password


class AccountUpdate(Strict):
    display_name: Name


class PasswordChange(Strict):
    current_password: Password
    password: Password


class EmailChange(Strict):
    email: Email
    password: Password


class Confirmation(Strict):
    password: Password


class KeyCreate(Strict):
    """`expires_at` is Unix time in seconds; without it the key lasts until it is revoked."""

    name: Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_plain)]
    scopes: Annotated[list[ScopeName], Field(min_length=1, max_length=len(Scope))] = Field(
        default_factory=_usual_scopes)
    expires_at: Annotated[float, Field(gt=0, lt=1e11)] | None = None
