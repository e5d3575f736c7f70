"""Signing in and out as a host, apart from any room."""

from __future__ import annotations

from readingroom.protocol.base import Counter, Secret, Wire


class SignInRequest(Wire):
    """`POST /api/sign-in`: the secret of a host link for a cookie."""

    secret: Secret


class SignedIn(Wire):
    """A cookie is set beside this; it is good for so long, whatever happens."""

    expires_in_s: Counter


class SignOutRequest(Wire):
    """`POST /api/sign-out`: an empty object."""


class SignedOut(Wire):
    """The session has ended, and its cookie is taken away."""

    signed_out: bool = True
