"""What a suspicious name may have been meant to be: a question to its owner, never a change."""

from appreciation.words.names import suspicious

_KINDS = {
    "looks like a company": "company",
    "looks like a household": "household",
    "names two people": "household",
}


def proposed(name: str) -> dict[str, str]:
    """Return which of ``name`` and ``kind`` might be set to what; nothing where only a person can.

    >>> proposed("ANNA SMITH")
    {'name': 'Anna Smith'}
    """
    flags = suspicious(name)
    if "is an email address" in flags:
        return {}
    for flag, kind in _KINDS.items():
        if flag in flags:
            return {"kind": kind}
    if {"is written in capitals only", "is written in small letters only"} & set(flags):
        return {"name": " ".join(map(_capitalised, name.split()))}
    first, comma, second = name.partition(",")
    if comma and first.strip() and second.strip() and "," not in second:
        return {"name": f"{second.strip()} {first.strip()}"}
    return {}


def _capitalised(word: str) -> str:
    """Return ``word`` with a capital at its start and after each hyphen or apostrophe."""
    letters, start = [], True
    for sign in word:
        letters.append(sign.upper() if start else sign.lower())
        start = not sign.isalpha()
    return "".join(letters)
