"""Words of the industry that checks look for, as data. A word with a star stands for every word that begins so."""

from __future__ import annotations

# Fields of medicine: the words of a title that confine a policy to one, and what a code of that field names.
FIELDS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (
        ("orthop*", "musculoskelet*"),
        (
            "bone",
            "bones",
            "osse*",
            "osteo*",
            "spin*",
            "vertebr*",
            "disc",
            "discs",
            "intervertebral",
            "joint",
            "joints",
            "arthr*",
            "chondr*",
            "cartilag*",
            "menisc*",
            "ligament*",
            "tendon*",
            "tendin*",
            "knee",
            "knees",
            "hip",
            "hips",
            "shoulder*",
            "ankle*",
            "elbow*",
            "wrist*",
            "fractur*",
            "musculoskelet*",
            "orthop*",
            "skelet*",
            "femor*",
            "femur",
            "tibia*",
            "humer*",
            "rotator",
            "laminect*",
            "scolio*",
            "bunion*",
            "fascia*",
            "arthroplast*",
        ),
    ),
    (
        ("ophthalm*", "eye", "eyes", "retin*", "corne*"),
        (
            "eye*",
            "blephar*",
            "conjunctiv*",
            "fundus",
            "fundoscop*",
            "intraocul*",
            "lacrim*",
            "tonomet*",
            "ocul*",
            "ophthalm*",
            "retin*",
            "corne*",
            "macul*",
            "glaucom*",
            "catarac*",
            "vitre*",
            "intravit*",
            "lens*",
            "optic",
        ),
    ),
    (
        ("cardiac", "heart", "coronary"),
        (
            "heart*",
            "cardi*",
            "electrocardi*",
            "echocardi*",
            "ecg",
            "rhythm*",
            "pacemaker*",
            "defibrillat*",
            "coron*",
            "atri*",
            "ventric*",
            "valv*",
            "aort*",
            "myocard*",
            "arrhythm*",
            "electrophysiolog*",
            "intracard*",
        ),
    ),
    (
        ("dental", "tooth", "teeth", "periodont*"),
        ("dent*", "tooth", "teeth", "oral", "gingiv*", "mandib*", "maxill*", "periodont*"),
    ),
    (
        ("urolog*", "urinary", "prostat*", "bladder"),
        ("urin*", "bladder*", "prostat*", "kidney*", "renal", "ureter*", "urethr*", "urolog*", "penil*", "testic*"),
    ),
    (
        ("vein", "veins", "venous", "varic*", "phleb*"),
        ("vein*", "venous", "endoven*", "varic*", "saphen*", "phleb*", "perforator*", "scler*", "echoscler*", "vascular"),
    ),
    (
        ("hearing", "cochlear", "otolog*", "vestibular"),
        (
            "ear",
            "ears",
            "hearing",
            "auditory",
            "audiolog*",
            "cochlea*",
            "otolog*",
            "oto*",
            "tympan*",
            "mastoid*",
            "vestibul*",
            "labyrinth*",
            "balance",
            "temporal",
        ),
    ),
    (
        ("pulmon*", "lung", "lungs", "bronch*", "respiratory", "asthma"),
        (
            "pulmon*",
            "lung*",
            "bronch*",
            "respir*",
            "airway*",
            "trache*",
            "pleur*",
            "thorac*",
            "chest",
            "ventilat*",
            "spiro*",
            "asthma*",
        ),
    ),
    (
        ("dermat*", "skin", "psoria*"),
        (
            "skin",
            "dermat*",
            "dermis",
            "derm*",
            "epiderm*",
            "cutaneous",
            "subcutaneous",
            "lesion*",
            "wound*",
            "integument*",
            "phototherap*",
            "psoria*",
        ),
    ),
)
# What has the word of a field in it and is none of it.
NOT_OF_A_FIELD = ("bone marrow", "bone-marrow")

# Materials that titles of tables and descriptions of products name.
MATERIALS: dict[str, tuple[str, ...]] = {
    "bone": ("bone", "bones", "osse*"),
    "collagen": ("collagen*",),
    "hydroxyapatite": ("hydroxyapatite",),
    "calcium phosphate": ("phosphate*", "tricalcium"),
    "calcium sulfate": ("sulfate", "sulphate"),
    "bioactive glass": ("glass*",),
    "ceramic": ("ceramic*",),
    "polymer": ("polymer*", "polyethylene", "polylactic", "silicone"),
    "metal": ("titanium", "cobalt", "steel", "nitinol"),
    "skin": ("skin", "dermis"),
    "amnion": ("amnio*", "placent*", "umbilic*", "chorion*"),
    "cartilage": ("cartilag*",),
    "fibrin": ("fibrin*",),
    "pericardium": ("pericardi*",),
}

# What stands behind a maker's name and is no part of it.
LEGAL_FORMS = frozenset(
    (
        "inc",
        "incorporated",
        "llc",
        "lp",
        "corp",
        "corporation",
        "co",
        "company",
        "ltd",
        "limited",
        "plc",
        "gmbh",
        "ag",
        "kg",
        "sa",
        "nv",
        "bv",
    )
)

# A sentence that demands something; and one that says it is not demanded.
DEMAND = r"\b(?:must|requir\w*|needs?|needed|has to|have to|necessary)\b"
NO_DEMAND = (
    r"\b(?:not|never|doesn't|don't)\W+(?:\w+\W+)?(?:requir\w*|needs?|needed|necessary|have to)\b|\b(?:need|must) not\b|"
    r"\bwithout\W+(?:the\W+)?(?:need|requir\w*)\b|\bno\b(?:\W+\w+){0,6}\W+(?:required|needed|necessary)\b"
)

# A sentence that sends the reader to conditions which the document should then list.
LISTED_CONDITIONS = (
    r"\b(?:conditions?|diagnos[ei]s|indications?) (?:\w+ ){0,2}?(?:listed|below|specified|shown|that follow)\b|"
    r"\b(?:following|listed|below-listed) (?:\w+ ){0,2}?(?:conditions?|diagnos[ei]s|indications?)\b"
)
# A sentence that names a condition under which alone the codes are what it calls them.
# What is only said of when the codes are used, or that a contract may say otherwise, is none.
CONDITIONAL = (
    r"\b(?:when|if|only (?:if|when|for)|provided(?: that)?(?= (?:the|that|all|any|each|both)\b)|unless)\b"
    r"(?! (?:used to|applicable|available|noted|(?:the )?services? (?:are|is|may be)\b|"
    r"(?:an?|the) (?:members?(?:'s)? )?(?:contract|benefit|plan|certificate)\b|"
    r"(?:the |these )?(?:following |above |below )?codes? (?:are|is) (?:used|billed|reported|submitted)"
    r"(?! (?:with|for|together|in)\b)))|"
    r"\bcriteria\b.*\b(?:met|satisfied)\b|\b(?:meets?|subject to|accord\w+ (?:with|to)|satisf(?:y|ies))\b.*\bcriteria\b|"
    + LISTED_CONDITIONS
)
# What a table says of itself that does not mean to be complete.
SAMPLE = r"\b(?:samples?|examples?|not (?:an )?(?:all-inclusive|exhaustive|complete)|including,? but not limited)\b"

# Words of headings that mean the same section, and one that says nothing of a section.
HEADING_SYNONYMS = {"codes": "coding", "code": "coding", "precertification": "authorization", "preauthorization": "authorization"}
EMPTY_IN_HEADINGS = frozenset(("information", "section"))
EMPTY_WORDS = frozenset(
    (
        "a",
        "all",
        "an",
        "and",
        "any",
        "are",
        "as",
        "at",
        "be",
        "been",
        "below",
        "but",
        "by",
        "considered",
        "for",
        "from",
        "has",
        "have",
        "in",
        "including",
        "into",
        "is",
        "it",
        "its",
        "of",
        "on",
        "or",
        "other",
        "than",
        "that",
        "the",
        "their",
        "these",
        "they",
        "this",
        "those",
        "to",
        "used",
        "use",
        "uses",
        "using",
        "which",
        "with",
    )
)
