"""Keys of the exchange: a zone signs its seals, the other zone verifies them. Ed25519 with SHA-256 or SM3 (A2.1).

`Signer` and `Verifier` are protocols, so that another algorithm or a hardware module can stand in. A private key lies
in a file of mode 0600, read by the zone's worker alone: never in a database, a portal's environment or the relay.
The name of a key says its suite, `ed25519-…` or `ed25519-sm3-…`, and every signature covers that name.
"""

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


class ChainHash(StrEnum):
    """What links the messages of a chain: SHA-256, or SM3 of the national algorithms (GB/T 32905)."""

    SHA256 = "sha256"
    SM3 = "sm3"


class Signer(Protocol):
    """The sealing key of one zone, with the hash that its chain uses."""

    def present(self) -> "Signer":
        """The key that signs from now on; asked once per batch, under the sealer's lease."""

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

    def valid_until(self, key_id: str) -> datetime | None:
        """When a known key ends to be accepted for new seals; None while nobody set an end."""

    def hash_of(self, key_id: str, told: bytes) -> str:
        """The digest by the hash that belongs to a known key."""

    def verify(self, key_id: str, signature: str, told: bytes) -> bool:
        """Whether the known key signed exactly these bytes."""


class Ed25519Signer:
    """An Ed25519 key held in memory."""

    def __init__(self, key: Ed25519PrivateKey, chain_hash: ChainHash = ChainHash.SHA256) -> None:
        self._key = key
        self._hash = _HASHES[chain_hash]
        self.key_id = key_name(key.public_key(), chain_hash)

    def present(self) -> Signer:
        """Itself, for as long as it lives."""
        return self

    def hash_of(self, told: bytes) -> str:
        """The digest, 64 hexadecimal characters."""
        return self._hash(told)

    def sign(self, told: bytes) -> str:
        """The signature, 128 hexadecimal characters."""
        return self._key.sign(told).hex()

    def verifier(self) -> "Ed25519Verifier":
        """The public half."""
        return Ed25519Verifier([self._key.public_key()])


class Ed25519Verifier:
    """The public keys that a zone accepts from the other, each with either hash and, where one was set, its end."""

    def __init__(self, keys: Iterable[Ed25519PublicKey], ends: Mapping[str, datetime | None] | None = None) -> None:
        """`ends`: fingerprint, with the hash left out, → the instant from which the key seals nothing more."""
        keys = list(keys)
        self._keys = {key_name(key, chain_hash): (key, _HASHES[chain_hash]) for key in keys for chain_hash in ChainHash}
        self._ends = {name: (ends or {}).get(key_name(key)) for name, (key, _) in self._keys.items()}

    def knows(self, key_id: str) -> bool:
        """Whether this key is accepted."""
        return key_id in self._keys

    def valid_until(self, key_id: str) -> datetime | None:
        """When this key ends to be accepted for new seals; None without an end."""
        return self._ends.get(key_id)

    def hash_of(self, key_id: str, told: bytes) -> str:
        """The digest by the hash that the key's name says; a key that isn't known raises KeyError."""
        return self._keys[key_id][1](told)

    def verify(self, key_id: str, signature: str, told: bytes) -> bool:
        """Whether the known key signed exactly these bytes."""
        try:
            self._keys[key_id][0].verify(bytes.fromhex(signature), told)
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
    write_new(path, private, 0o600)
    write_new(public_path(path), public, 0o644)
    return public_path(path)


def public_path(path: Path) -> Path:
    """Where the public half of a key file lies."""
    return path.with_name(path.name + ".pub")


def load_signer(path: Path, chain_hash: ChainHash = ChainHash.SHA256) -> Ed25519Signer:
    """The signer from a private key file. Refuses a file that others may read."""
    if path.stat().st_mode & 0o077:
        raise PermissionError(f"{path} may be read by others; it must have mode 0600")
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError(f"{path} holds no Ed25519 key")
    return Ed25519Signer(key, chain_hash)


def load_verifier(*public_paths: Path) -> Ed25519Verifier:
    """The verifier from one or more public key files."""
    return Ed25519Verifier(load_public(path.read_bytes(), path) for path in public_paths)


def load_public(pem: bytes, named: Path) -> Ed25519PublicKey:
    """A public key from the content of a file; raises TypeError or ValueError, naming the file, when it is none."""
    key = serialization.load_pem_public_key(pem)
    if not isinstance(key, Ed25519PublicKey):
        raise TypeError(f"{named} holds no Ed25519 key")
    return key


def new_signer(chain_hash: ChainHash = ChainHash.SHA256) -> Ed25519Signer:
    """A signer with a fresh key that is kept nowhere: for tests and demonstrations."""
    return Ed25519Signer(Ed25519PrivateKey.generate(), chain_hash)


def key_name(key: Ed25519PublicKey, chain_hash: ChainHash = ChainHash.SHA256) -> str:
    """The suite and the fingerprint of a key: the first 32 hexadecimal digits of the SHA-256 of its raw bytes."""
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    suite = "ed25519" if chain_hash is ChainHash.SHA256 else f"ed25519-{chain_hash}"
    return f"{suite}-{hashlib.sha256(raw).hexdigest()[:32]}"


def _sha256(told: bytes) -> str:
    return hashlib.sha256(told).hexdigest()


def _sm3(told: bytes) -> str:
    digest = hashes.Hash(hashes.SM3())
    digest.update(told)
    return digest.finalize().hex()


_HASHES: Mapping[ChainHash, Callable[[bytes], str]] = {ChainHash.SHA256: _sha256, ChainHash.SM3: _sm3}


def write_new(path: Path, content: bytes, mode: int) -> None:
    """Write a durable file under a name that must be free."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(handle)
