"""Keys of the exchange: a zone signs its seals, the other zone verifies them. Ed25519 with SHA-256 by default.

`Signer` and `Verifier` are protocols, so that another algorithm or a hardware module can stand in. A private key lies
in a file of mode 0600, read by the zone's worker alone: never in a database, a portal's environment or the relay.
"""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


class Signer(Protocol):
    """The sealing key of one zone, with the hash that its chain uses."""

    @property
    def key_id(self) -> str:
        """The name of the key, the same at both ends."""

    def hash_of(self, told: bytes) -> str:
        """The digest, 64 hexadecimal characters."""

    def sign(self, told: bytes) -> str:
        """The signature as text."""


class Verifier(Protocol):
    """The keys by which one zone knows the other's seals."""

    def knows(self, key_id: str) -> bool:
        """Whether this key is accepted."""

    def hash_of(self, key_id: str, told: bytes) -> str:
        """The digest by the hash that belongs to a known key."""

    def verify(self, key_id: str, signature: str, told: bytes) -> bool:
        """Whether the known key signed exactly these bytes."""


class Ed25519Signer:
    """An Ed25519 key held in memory."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.key_id = _key_id(key.public_key())

    def hash_of(self, told: bytes) -> str:
        """SHA-256."""
        return hashlib.sha256(told).hexdigest()

    def sign(self, told: bytes) -> str:
        """The signature, 128 hexadecimal characters."""
        return self._key.sign(told).hex()

    def verifier(self) -> "Ed25519Verifier":
        """The public half."""
        return Ed25519Verifier([self._key.public_key()])


class Ed25519Verifier:
    """The public keys that a zone accepts from the other."""

    def __init__(self, keys: Iterable[Ed25519PublicKey]) -> None:
        self._keys = {_key_id(key): key for key in keys}

    def knows(self, key_id: str) -> bool:
        """Whether this key is accepted."""
        return key_id in self._keys

    def hash_of(self, key_id: str, told: bytes) -> str:
        """SHA-256, for every key of this algorithm."""
        return hashlib.sha256(told).hexdigest()

    def verify(self, key_id: str, signature: str, told: bytes) -> bool:
        """Whether the known key signed exactly these bytes."""
        try:
            self._keys[key_id].verify(bytes.fromhex(signature), told)
        except (KeyError, ValueError, InvalidSignature):
            return False
        return True


def make_key(path: Path) -> Path:
    """Write a new private key (mode 0600) and beside it the public one (`.pub`); returns the public one's path.

    Refuses to overwrite: a lost key means a new epoch, never a silent exchange.
    """
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    path.parent.mkdir(parents=True, exist_ok=True)
    _write_new(path, private, 0o600)
    _write_new(public_path(path), public, 0o644)
    return public_path(path)


def public_path(path: Path) -> Path:
    """Where the public half of a key file lies."""
    return path.with_name(path.name + ".pub")


def load_signer(path: Path) -> Ed25519Signer:
    """The signer from a private key file. Refuses a file that others may read."""
    if path.stat().st_mode & 0o077:
        raise PermissionError(f"{path} may be read by others; it must have mode 0600")
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError(f"{path} holds no Ed25519 key")
    return Ed25519Signer(key)


def load_verifier(*public_paths: Path) -> Ed25519Verifier:
    """The verifier from one or more public key files."""
    keys = []
    for path in public_paths:
        key = serialization.load_pem_public_key(path.read_bytes())
        if not isinstance(key, Ed25519PublicKey):
            raise TypeError(f"{path} holds no Ed25519 key")
        keys.append(key)
    return Ed25519Verifier(keys)


def new_signer() -> Ed25519Signer:
    """A signer with a fresh key that is kept nowhere: for tests and demonstrations."""
    return Ed25519Signer(Ed25519PrivateKey.generate())


def _key_id(key: Ed25519PublicKey) -> str:
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return "ed25519-" + hashlib.sha256(raw).hexdigest()[:32]


def _write_new(path: Path, content: bytes, mode: int) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(handle)
