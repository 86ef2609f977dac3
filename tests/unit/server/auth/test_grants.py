"""Grants end once, and reach whoever holds them."""
import gc

import pytest

from server.auth.grants import Grants
from server.auth.schemas import Grant, User
from server.common.errors import Code, NotAllowed, Unavailable

ANN, BOB = User("user_ann"), User("user_bob")


def test_who_holds_a_grant_is_told_once_that_it_has_ended() -> None:
    grant, told = Grant("ses_1", ANN), list[str]()
    first, second = lambda: told.append("first"), lambda: told.append("second")
    grant.call(first)
    grant.call(second)
    grant.forget(second)
    grant.check()
    grant.end(Code.SESSION_ENDED)
    grant.end(Code.IDENTITY_CHANGED)
    assert told == ["first"]
    grant.call(second)
    assert told == ["first", "second"]
    with pytest.raises(NotAllowed) as ended:
        grant.check()
    assert ended.value.code is Code.SESSION_ENDED


def test_who_has_become_somebody_else_is_asked_to_come_back() -> None:
    grant = Grant("guest:1", ANN)
    grant.end(Code.IDENTITY_CHANGED)
    with pytest.raises(Unavailable):
        grant.check()


def test_one_id_is_one_grant_as_long_as_it_is_held() -> None:
    grants = Grants()
    grant = grants.take("ses_1", ANN)
    assert grants.take("ses_1", User(ANN.id, admin=True)) is grant
    assert grant.user.admin
    grants.end("ses_1", Code.SESSION_ENDED)
    assert grants.take("ses_1", ANN) is not grant
    del grant
    gc.collect()
    assert len(grants) == 0


def test_ends_one_or_all_of_a_user_or_only_tokens() -> None:
    grants = Grants()
    session, token, others = (
        grants.take("ses_1", ANN), grants.take("token:1", ANN), grants.take("token:2", BOB))
    grants.end("tokens:user_ann", Code.SESSION_ENDED)
    assert [grant.ended for grant in (session, token, others)] == [None, Code.SESSION_ENDED, None]
    grants.end("user:user_ann", Code.SESSION_ENDED)
    assert session.ended is Code.SESSION_ENDED
    assert others.ended is None
    grants.end("ses_unknown", Code.SESSION_ENDED)


def test_ends_what_has_expired() -> None:
    grants = Grants()
    soon, later, never = (grants.take(f"ses_{n}", ANN, at) for n, at in ((1, 10.0), (2, 20.0), (3, None)))
    grants.end_expired(10.0)
    assert [grant.ended is not None for grant in (soon, later, never)] == [True, False, False]
