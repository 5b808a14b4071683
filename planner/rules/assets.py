"""Which assets a clue may name, where it may come from, and how sure it is. Codes; the screens have the words."""

from __future__ import annotations

from collections.abc import Mapping

CLAIMS, PHYSICAL, INTANGIBLE = "claims", "physical", "intangible"

#: asset → its class (DOMAIN, section 1)
ASSETS: Mapping[str, str] = {
    "dwelling": PHYSICAL,
    "shop": PHYSICAL,
    "office": PHYSICAL,
    "factory": PHYSICAL,
    "land": PHYSICAL,
    "car": PHYSICAL,
    "truck": PHYSICAL,
    "machinery": PHYSICAL,
    "stock": PHYSICAL,
    "crops": PHYSICAL,
    "receivable": CLAIMS,
    "deposit": CLAIMS,
    "insurance": CLAIMS,
    "shares": CLAIMS,
    "trademark": INTANGIBLE,
    "patent": INTANGIBLE,
    "copyright": INTANGIBLE,
}
#: lawful sources only: nobody is asked who owes nothing and vouches for nothing
SOURCES = ("debtor", "guarantor", "visit", "loan_file", "public_register", "court")
#: surest first
CERTAINTIES = ("documented", "seen", "told")
