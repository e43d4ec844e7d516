"""Personal data in a document that somebody reads for another reason than the person: masked, whatever its shape."""

import re
from typing import Any

from core.domain.publicity import mask_email, mask_id, mask_mobile, mask_name

_IDENTITY = re.compile(r"(?<![0-9A-Za-z])\d{17}[0-9Xx](?![0-9A-Za-z])")
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_EMAIL = re.compile(
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII
)  # an address written into a Chinese sentence ends with it
_LANDLINE = re.compile(r"(?<!\d)0\d{2,3}[- ]?\d{7,8}(?!\d)")
NUMBERS = frozenset({"legal_representative_id", "contact_mobile", "contact_phone", "contact_email", "mobile"})
"""Fields of forms that lead to a person and are sealed wherever they are stored (MLPS 8.1.4.8)."""

_BY_NAME = {
    "contact_name": mask_name,
    "legal_representative": mask_name,
    "legal_representative_id": mask_id,
    "contact_mobile": mask_mobile,
    "contact_phone": mask_mobile,
    "contact_email": mask_email,
}


def masked(value: Any, key: str = "") -> Any:
    """The same document with names of persons, identity numbers, telephones and addresses of mail masked.

    What a person's own fields hold is known by their names, everything else by its shape, wherever in a text it stands.
    """
    if isinstance(value, dict):
        return {name: masked(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [masked(inner, key) for inner in value]
    if not isinstance(value, str):
        return value
    if key in _BY_NAME:
        return _BY_NAME[key](value)
    text = _EMAIL.sub(lambda found: mask_email(found[0]), value)
    text = _IDENTITY.sub(lambda found: mask_id(found[0]), text)
    text = _MOBILE.sub(lambda found: mask_mobile(found[0]), text)
    return _LANDLINE.sub(lambda found: "*" * len(found[0]), text)
