"""Opaque names for UIDs: one name for one UID on every node of an installation, meaningless elsewhere."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from readingroom.imaging.safe_write import private_folder


class Pseudonyms:
    """Names made with a key that lies beside the studies."""

    def __init__(self, studies: Path) -> None:
        self._key = _key(studies / ".pseudonyms")

    def of(self, uid: str) -> str:
        """16 URL-safe characters for a DICOM UID."""
        digest = hmac.new(self._key, uid.encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest[:12]).decode()


def _key(path: Path) -> bytes:
    """The key in `path`; made by whoever comes first."""
    private_folder(path.parent)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    draft.write_bytes(secrets.token_bytes(32))
    draft.chmod(0o600)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_bytes()
