"""Sealed fields: what a reader of the database sees, and how keys change (A9.1, MLPS 8.1.4.8)."""

import base64

import pytest

from core.vault import Vault, VaultError, add_key, is_sealed, keep_newest, read_keys

KEY, OTHER = b"k" * 32, b"o" * 32


def test_what_is_sealed_opens_again_and_never_looks_the_same():
    vault = Vault([KEY])
    first, second = (vault.seal("220102199003070013", "id") for _ in range(2))
    assert first != second
    assert is_sealed(first)
    assert "220102199003070013" not in first
    assert {vault.open(first, "id"), vault.open(second, "id")} == {"220102199003070013"}


def test_a_value_moved_to_another_column_does_not_open():
    vault = Vault([KEY])
    with pytest.raises(VaultError, match="belongs elsewhere"):
        vault.open(vault.seal("13812345678", "account.mobile"), "officer.totp_secret")


def test_a_changed_byte_is_seen():
    vault = Vault([KEY])
    head, _, packed = vault.seal("13812345678", "mobile").rpartition(":")
    sealed = bytearray(base64.b64decode(packed))
    sealed[-1] ^= 1
    with pytest.raises(VaultError, match="altered"):
        vault.open(f"{head}:{base64.b64encode(sealed).decode()}", "mobile")


def test_another_zones_key_opens_nothing():
    sealed = Vault([KEY]).seal("13812345678", "mobile")
    with pytest.raises(VaultError, match="is not among those"):
        Vault([OTHER]).open(sealed, "mobile")


def test_what_an_older_release_left_in_clear_is_read_as_it_is():
    assert Vault([KEY]).open("13812345678", "mobile") == "13812345678"


def test_the_newest_key_seals_and_an_older_one_still_opens():
    sealed = Vault([KEY]).seal("13812345678", "mobile")
    both = Vault([OTHER, KEY])
    assert both.open(sealed, "mobile") == "13812345678"
    assert not both.is_current(sealed)
    assert both.is_current(both.seal("13812345678", "mobile"))


def test_a_digest_is_the_same_for_the_same_number_and_key_alone():
    vault = Vault([KEY])
    assert vault.digest("13812345678", "mobile") == vault.digest("13812345678", "mobile")
    assert len({vault.digest("13812345678", "mobile"), vault.digest("13812345679", "mobile"),
                vault.digest("13812345678", "other"), Vault([OTHER]).digest("13812345678", "mobile")}) == 4  # fmt: skip
    assert vault.digest("13812345678", "mobile") in Vault([OTHER, KEY]).digests("13812345678", "mobile")


def test_a_running_process_seals_by_a_key_that_was_added(tmp_path):
    file = tmp_path / "fields.keys"
    first = add_key(file)
    running = Vault(file=file)
    old = running.seal("13812345678", "mobile")
    second = add_key(file)
    assert first != second
    assert running.seal("13812345678", "mobile").split(":")[2] == second
    assert running.open(old, "mobile") == "13812345678"
    assert keep_newest(file) == 1
    with pytest.raises(VaultError, match=first):
        running.open(old, "mobile")


def test_a_key_file_is_for_its_owner_alone(tmp_path):
    file = tmp_path / "fields.keys"
    add_key(file)
    assert file.stat().st_mode & 0o077 == 0
    file.chmod(0o640)
    with pytest.raises(PermissionError, match="0600"):
        read_keys(file)


def test_a_line_that_is_no_key_is_refused(tmp_path):
    file = tmp_path / "fields.keys"
    file.touch(mode=0o600)
    file.write_bytes(base64.b64encode(b"short"))
    with pytest.raises(VaultError, match="no key"):
        Vault(file=file)
    file.write_bytes(b"")
    with pytest.raises(VaultError, match="there is no key"):
        Vault(file=file)
