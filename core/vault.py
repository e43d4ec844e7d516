"""Keys that seal single fields: identity numbers, telephones, secrets of second factors (A9.1, MLPS 8.1.4.8).

A sealed value reads `sealed:1:<key>:<nonce and AES-256-GCM ciphertext, base64>`; it is bound to its purpose, so that
one copied into another column does not open. The key file lies outside the database: one key a line, the newest first.
The newest seals, the others only open what they sealed. A value that must be looked up has a keyed digest beside it.
"""

import base64
import hashlib
import hmac
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
_PREFIX = "sealed:1:"
_NONCE_BYTES = 12


class VaultError(Exception):
    """A field can't be sealed or opened: no key, an unknown key, or a value that was altered."""


@dataclass(frozen=True)
class _Key:
    name: str
    cipher: AESGCM
    digesting: bytes


class Vault:
    """The keys of one zone. From a file it reads them again when the file has changed, so nothing is started anew."""

    def __init__(self, keys: Sequence[bytes] = (), file: Path | None = None) -> None:
        self._file = file
        self._seen: tuple[int, ...] = ()
        self._keys = [_derived(key) for key in keys]
        self._read()
        if not self._keys:
            raise VaultError("there is no key to seal fields with")

    def seal(self, text: str, purpose: str) -> str:
        """Seal a text under the newest key."""
        self._read()
        key, nonce = self._keys[0], os.urandom(_NONCE_BYTES)
        sealed = nonce + key.cipher.encrypt(nonce, text.encode(), purpose.encode())
        return f"{_PREFIX}{key.name}:{base64.b64encode(sealed).decode()}"

    def open(self, value: str, purpose: str) -> str:
        """The text of a sealed value; one that was never sealed (an older release wrote it) is given as it stands."""
        if not is_sealed(value):
            return value
        name, _, packed = value.removeprefix(_PREFIX).partition(":")
        sealed = base64.b64decode(packed)
        try:
            return (
                self._named(name)
                .cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], purpose.encode())
                .decode()
            )
        except InvalidTag as error:
            raise VaultError(f"a value of {purpose} was altered or belongs elsewhere") from error

    def is_current(self, value: str) -> bool:
        """Whether a stored value, sealed or a digest, is the newest key's work."""
        self._read()
        return value.removeprefix(_PREFIX).partition(":")[0] == self._keys[0].name and (":" in value)

    def digest(self, text: str, purpose: str) -> str:
        """What stands beside a sealed value so that it can be looked up and is unique: a keyed digest."""
        return self.digests(text, purpose)[0]

    def digests(self, text: str, purpose: str) -> tuple[str, ...]:
        """The digests under every key, the newest first: a look-up asks for all of them while keys change."""
        self._read()
        told = f"{purpose}\n{text}".encode()
        return tuple(f"{key.name}:{hmac.new(key.digesting, told, hashlib.sha256).hexdigest()}" for key in self._keys)

    def _named(self, name: str) -> _Key:
        self._read()
        found = next((key for key in self._keys if key.name == name), None)
        if found is None:
            raise VaultError(f"the key {name} is not among those in the key file")
        return found

    def _read(self) -> None:
        if self._file is None:
            return
        look = self._file.stat()
        seen = (look.st_ino, look.st_mtime_ns, look.st_size)
        if seen != self._seen:
            self._keys, self._seen = [_derived(key) for key in read_keys(self._file)], seen


def is_sealed(value: str) -> bool:
    """Whether a stored value bears a seal."""
    return value.startswith(_PREFIX)


def open_vault(file: Path | None) -> Vault | None:
    """The vault of a key file; none where a process has no business with sealed fields."""
    return Vault(file=file) if file is not None else None


def read_keys(file: Path) -> list[bytes]:
    """The keys in a file, the newest first. Refuses a file that others may read, and a line that is no key."""
    if file.stat().st_mode & 0o077:
        raise PermissionError(f"{file} may be read by others; it must have mode 0600")
    keys = [base64.b64decode(line, validate=True) for line in file.read_text(encoding="ascii").split()]
    if any(len(key) != KEY_BYTES for key in keys):
        raise VaultError(f"{file} holds a line that is no key")
    return keys


def add_key(file: Path) -> str:
    """Put a new key in front, making the file if there is none; returns its name. Old ones open what they sealed."""
    keys = [secrets.token_bytes(KEY_BYTES), *(read_keys(file) if file.exists() else ())]
    _write(file, keys)
    return _derived(keys[0]).name


def keep_newest(file: Path) -> int:
    """Forget every key but the newest: only when nothing is sealed by them any more. Returns how many went."""
    keys = read_keys(file)
    _write(file, keys[:1])
    return len(keys) - 1


def _write(file: Path, keys: Sequence[bytes]) -> None:
    arriving = file.with_name(file.name + ".part")
    arriving.unlink(missing_ok=True)
    handle = os.open(arriving, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as written:
        written.write(b"".join(base64.b64encode(key) + b"\n" for key in keys))
        written.flush()
        os.fsync(written.fileno())
    arriving.replace(file)


def _derived(key: bytes) -> _Key:
    """One secret does two things, so each has a key of its own; its name tells nothing of it."""
    cipher, digesting, name = (
        HKDF(algorithm=SHA256(), length=length, salt=None, info=info).derive(key)
        for length, info in ((32, b"tzxm seal"), (32, b"tzxm digest"), (4, b"tzxm name"))
    )
    return _Key(name.hex(), AESGCM(cipher), digesting)
