"""Ed25519 keys and signatures over canonical JSON."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.record import canonical, write_whole

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


@dataclass(frozen=True)
class Key:
    """A private Ed25519 key, kept in a PEM file that only its owner may read."""

    private: Ed25519PrivateKey

    @classmethod
    def generate(cls) -> Key:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def load_or_create(cls, path: Path) -> Key:
        """The key of the file, made on first use with mode 600."""
        from cryptography.hazmat.primitives import serialization

        if not path.exists():
            key = cls.generate()
            pem = key.private.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            write_whole(path, pem, private=True)
            return key
        try:
            loaded = serialization.load_pem_private_key(path.read_bytes(), password=None)
        except (ValueError, TypeError) as error:
            raise PreuveError(
                _("This is not an Ed25519 private key in PEM form."),
                where=path,
                remedy=_("Restore the key from its backup, or remove the file to make a new one."),
            ) from error
        return cls(loaded)  # type: ignore[arg-type]

    @property
    def public(self) -> str:
        """The public key, `ed25519:` and 64 hexadecimal digits."""
        return "ed25519:" + self.private.public_key().public_bytes_raw().hex()

    def sign(self, record: Any) -> dict[str, str]:
        """The signature of a record: the public key and the signature of its canonical form."""
        return {"key": self.public, "value": self.private.sign(canonical(record)).hex()}


def verify(record: Any, signature: dict[str, str]) -> bool:
    """Whether `signature` was made over exactly this record by the key it names."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        public = Ed25519PublicKey.from_public_bytes(
            bytes.fromhex(signature["key"].removeprefix("ed25519:"))
        )
        public.verify(bytes.fromhex(signature["value"]), canonical(record))
    except (InvalidSignature, ValueError, KeyError):
        return False
    return True
