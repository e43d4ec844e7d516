"""Keys in files, changed while the exchange runs: a new key is prepared, trusted by the other zone, then taken (A2.1).

The zone that signs prepares the next key; the other zone puts its public half among those it accepts, after comparing
the fingerprint by another way than the network; then the zone takes the key, and the next batch is signed by it. No
process is started again for it. The private half of the old key is gone from then on; its public half stays, for it
proves the old seals. A key that another has followed seals nothing more (`core.exchange.inbox`), and neither does one
whose end, noted beside it (`.until`), has come: so one that was copied and forgotten is worth nothing for ever.
"""

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from core.errors import RuleRefusal
from core.exchange.signing import (
    ChainHash,
    Ed25519Signer,
    Ed25519Verifier,
    key_name,
    load_public,
    load_signer,
    make_key,
    public_path,
    write_new,
)


class KeyFile:
    """The signing key in a file, read again when another takes its place."""

    def __init__(self, path: Path, chain_hash: ChainHash = ChainHash.SHA256) -> None:
        self._path = path
        self._chain_hash = chain_hash
        self._seen = _look_of(path)
        self._signer = load_signer(path, chain_hash)

    def present(self) -> Ed25519Signer:
        """The key that lies there now."""
        look = _look_of(self._path)
        if look != self._seen:
            self._signer, self._seen = load_signer(self._path, self._chain_hash), look
        return self._signer

    @property
    def key_id(self) -> str:
        """The name of the present key."""
        return self.present().key_id

    def hash_of(self, told: bytes) -> str:
        """The digest by the hash of the present key."""
        return self.present().hash_of(told)

    def sign(self, told: bytes) -> str:
        """The signature by the present key."""
        return self.present().sign(told)


class PeerKeys:
    """The other zone's public keys in files and folders (every `*.pub` in them), read again when one changes.

    An end that can't be read lets no key in: it raises ValueError.
    """

    def __init__(self, *places: Path) -> None:
        self._places = places
        self._seen: tuple[object, ...] = ()
        self._verifier = Ed25519Verifier([])
        self._read()

    def knows(self, key_id: str) -> bool:
        """Whether this key is accepted now."""
        self._read()
        return self._verifier.knows(key_id)

    def valid_until(self, key_id: str) -> datetime | None:
        """When this key ends to be accepted for new seals; None without an end."""
        return self._verifier.valid_until(key_id)

    def hash_of(self, key_id: str, told: bytes) -> str:
        """The digest by the hash that the key's name says."""
        return self._verifier.hash_of(key_id, told)

    def verify(self, key_id: str, signature: str, told: bytes) -> bool:
        """Whether the known key signed exactly these bytes."""
        return self._verifier.verify(key_id, signature, told)

    def _read(self) -> None:
        files = [file for place in self._places for file in _public_files(place)]
        ends = [end for file in files if (end := _end_path(file)).exists()]
        seen = tuple((file, _look_of(file)) for file in (*files, *ends))
        if seen != self._seen:
            found = accepted_keys(*self._places)
            self._verifier = Ed25519Verifier([one.key for one in found], {one.name: one.until for one in found})
            self._seen = seen


@dataclass(frozen=True)
class Accepted:
    """A public key that a zone accepts, by its fingerprint, and the instant from which it seals nothing more."""

    name: str
    key: Ed25519PublicKey
    until: datetime | None


def accepted_keys(*places: Path) -> list[Accepted]:
    """What lies in these files and folders of keys."""
    files = [file for place in places for file in _public_files(place)]
    return [Accepted(fingerprint(file), load_public(file.read_bytes(), file), _end_of(file)) for file in files]


def prepare_key(path: Path) -> tuple[Path, str]:
    """Make the key that will follow the one at `path`: its public file and its fingerprint. Refuses a second one."""
    following = _following(path)
    if public_path(following).exists():
        raise RuleRefusal(f"已有一把待启用的密钥：{public_path(following)}")
    following.unlink(missing_ok=True)  # a crash left it without its public half: nobody can have trusted it
    public = make_key(following)
    return public, fingerprint(public)


def take_key(path: Path) -> str:
    """Sign with the prepared key from now on; returns its fingerprint. Repeating it after a crash ends the same."""
    following = _following(path)
    if not public_path(following).exists():
        raise RuleRefusal("没有待启用的密钥，请先准备一把")
    old = public_path(path)
    kept = path.with_name(f"{path.name}.{fingerprint(old)}.pub")
    if following.exists():
        if not kept.exists():
            os.link(old, kept)
        following.replace(path)
    public_path(following).replace(old)
    return fingerprint(old)


def trust_key(public: Path, folder: Path, expected: str = "", *, until: datetime | None = None) -> Path:
    """Accept a public key of the other zone: put it into the folder of those that are accepted, under its name.

    `until`: the instant from which it seals nothing more; trusted again, a key gets a new end, or none. Refuses a key
    whose fingerprint isn't the one that was compared by another way; an empty `expected` asks nothing.
    """
    found = fingerprint(public)
    if expected and expected != found:
        raise RuleRefusal(f"密钥指纹不符：文件中为 {found}")
    accepted = folder / f"{found}.pub"
    if until is not None:
        _put(_end_path(accepted), until.astimezone(UTC).isoformat().encode())
    if not accepted.exists():
        _put(accepted, public.read_bytes())
    if until is None:
        _end_path(accepted).unlink(missing_ok=True)
    return accepted


def fingerprint(public: Path) -> str:
    """The name of the key in a public file, with the hash left out of its suite."""
    return key_name(load_public(public.read_bytes(), public))


def _put(path: Path, content: bytes) -> None:
    """A durable file under its name, whole or not at all."""
    arriving = path.with_suffix(".part")
    arriving.unlink(missing_ok=True)
    write_new(arriving, content, 0o644)
    arriving.replace(path)


def _end_path(public: Path) -> Path:
    return public.with_suffix(".until")


def _end_of(public: Path) -> datetime | None:
    path = _end_path(public)
    if not path.exists():
        return None
    end = datetime.fromisoformat(path.read_text(encoding="ascii").strip())
    if end.tzinfo is None:
        raise ValueError(f"{path} names no time zone")
    return end


def _following(path: Path) -> Path:
    return path.with_name(path.name + ".next")


def _public_files(place: Path) -> list[Path]:
    return sorted(place.glob("*.pub")) if place.is_dir() else [place]


def _look_of(file: Path) -> tuple[int, int, int]:
    found = file.stat()
    return found.st_ino, found.st_mtime_ns, found.st_size
