"""The words by which the parts of a condition are told apart: what joins, denies, dates and waives."""

from __future__ import annotations

import re
from typing import Final

WHEN: Final = re.compile(r"\s+(?:when|if|where|provided that|as long as)\s+", re.IGNORECASE)
IN_THOSE_WITH: Final = re.compile(
    r"(?:^|\s+)(?:in|for)\s+(?:an?\s+)?(?:individuals?|patients?|members?|persons?|people|adults?|children|those)\s+(?:with|"
    r"who have)\s+",
    re.IGNORECASE,
)
SOMEONE_ELSES: Final = re.compile(
    r"\b(?:InterQual|MCG|Milliman|NCCN|eviCore|AIM Specialty|Carelon|LCD|NCD|local coverage determination|"
    r"national coverage determination)\b"
)
INLINE_MARK: Final = re.compile(r"(?<![\w.])\(?(?P<mark>[1-9]|[a-i])\)\s+(?=[A-Za-z])")
OF_THOSE: Final = re.compile(
    r"\b(?:in|for|those|individuals?|members?|patients?|persons?|people|who|when|if|there|is|are|the|has|have)\b", re.I
)
# A noun, and its number: "BMI of 40 or more", not "more of it for at least 3 weeks".
NAMED_MEASURE: Final = re.compile(r"(?:the\s+|an?\s+)?(?!(?:for|of|in|at|with|over|within|during|to|more|less)\b)[A-Za-z]")
LASTS: Final = re.compile(r"^[\w\s%()-]*\b(?:for|lasting|over)\s*$", re.IGNORECASE)
ONLY_HOW: Final = re.compile(
    r"(?:taken|measured|obtained|documented|confirmed|performed|determined|calculated)\s+\w", re.IGNORECASE
)
OR_IN_BRACKETS: Final = re.compile(r"\s*\(or\s+(?P<alternative>[^()]*)\)")
NAME_OF_SCALE: Final = re.compile(
    r"(?:(?!(?:of|with|an?|the|and|or|has|have|had|is|are|in|for|by|to|at|from|on|due|not|no|than|was|were)\b)[A-Za-z][\w-]*\s+){1,4}$",
    re.IGNORECASE,
)
OR_MORE: Final = r"(?:more|greater|less|fewer|higher|lower|older|younger|longer|above|below)\b"
OR: Final = re.compile(rf"\bor\b(?!\s+{OR_MORE}(?!\s+than\b))", re.IGNORECASE)
# "... longer than 12 weeks following an infection", before ", a fall, or a burn": the series is of what it follows.
SERIES_BEHIND: Final = re.compile(
    r"\d\S*\s+(?:days?|weeks?|months?|years?|hours?)\s+(?:following|after|since|from|due to)\s+"
    r"(?:an?\s+|the\s+)?[\w-]+(?:\s[\w-]+)?$"
)
COPULA: Final = r"(?:has|have|is|are|was|were|had|does|do|did)"
OF_EVENT: Final = re.compile(r"\s+(?:of|before|prior to|from)\s+(?P<what>[^,;]+)$", re.IGNORECASE)
OF_THE_SERVICE: Final = re.compile(
    r"(?:the\s+|an?\s+)?(?:planned |requested |proposed |scheduled )?(?:procedure|surgery|operation|request|service|treatment|"
    r"implantation|injection|date of service|initiation|start of (?:treatment|therapy))",
    re.IGNORECASE,
)
WITHIN: Final = re.compile(r"\bwithin\s*$", re.IGNORECASE)
OF_SOME_PEOPLE: Final = re.compile(
    r"except\s+(?:for|in)\s+(?:[a-z-]+\s+){0,2}?(?:individuals?|members?|patients?|persons?|people|those|adults?|children|women|men)\b",
    re.IGNORECASE,
)
DECLINES: Final = r"(?:refuses?|declines?|refused|declined|chooses|lacks?|needs?|requires?|cannot|wishes|prefers?)"
DENIED: Final = re.compile(rf"\b{COPULA}\s+(?:not|no longer|never)\b", re.IGNORECASE)
BESIDE: Final = re.compile(r"\s*,?\s*(?:and|with|plus|together with|in the presence of)\s+(?P<more>\S.*)$")
DESPITE: Final = re.compile(
    r"(?P<value>[^,;()]*?)\s+(?:despite|in spite of|after(?=\s+(?:an?\s+)?(?:failure|inadequate|trial)\b))\s+(?P<more>\S.*)$",
    re.IGNORECASE,
)
FOR_UP_TO: Final = re.compile(r"\bfor\s+(?:up to|a maximum of|no more than|at most)\s+\S+\s+\w+\s*$", re.IGNORECASE)
ONLY_A_NOUN: Final = re.compile(r"(?:an?|the)\s+(?:(?!is\b|are\b|has\b|have\b)[\w-]+\s*){1,4}$")
OTHER_CRITERIA: Final = re.compile(
    r"\bcriteria\b[^.;]*\b(?:above|below|in (?:section )?[IVX]+\b|in (?:section|part) \w|for initial|initial|"
    r"for (?:the )?[a-z -]+)\b[^;]*"
    r"\b(?:met|satisfied)\b|\bmeets?\b[^.;]*\bcriteria\b[^.;]*\b(?:above|below|for)\b",
    re.IGNORECASE,
)
OF_SOME_AGES: Final = re.compile(
    r"\S\s+(?:for\s+(?:those|individuals|members|patients|persons|people|women|men|anyone|all)|"
    r"if(?:\s+the)?(?:\s+\w+){0,3})\b[^,;]*$",
    re.IGNORECASE,
)
LAST_OF_SERIES: Final = re.compile(r",\s+and\s+(?![^,]*,\s+or\s)")
AGE_WITH: Final = re.compile(r"^ages?\s+(?:with|and)\s+", re.IGNORECASE)  # "age under 65 with a history of gout"
IF_THEN: Final = re.compile(
    r"^(?:if\s+(?P<condition>[^,;:]+)|for\s+(?P<whom>(?:the\s+)?(?:women|men|females|males|patients|members|individuals|those|persons|children|"
    r"adults|adolescents)"
    r"(?:\s+(?:(?:of|with|who|on|receiving|taking|using|aged?|under|over|younger|older|between)\s+|(?:≥|<|>|≤)?\s*\d)[^,;:]*)?))\s*[,:]\s*(?:then\s+)?(?P<demand>\S.*)$",
    re.IGNORECASE,
)
OF_AGES: Final = re.compile(
    r"\b(?:an?|the|in|for|is|are|between|ages?|aged|adults?|child(?:ren)?|adolescents?|individuals?|members?|patients?|persons?|people|"
    r"of|at|who|must|be|old)\b",
    re.IGNORECASE,
)
SEX: Final = re.compile(
    r"(?:(?:the )?(?:member|patient|individual|person)s? (?:is|are) )?(?:an? )?(?:biological(?:ly)? )?"
    r"(?P<sex>female|male|woman|man|women|men)(?: at birth)?",
    re.IGNORECASE,
)
ROUGHLY: Final = re.compile(
    r"\b(?:generally|usually|typically|approximately|about|ie|i\.e\.|eg|e\.g\.|defined as|defined|ideally|preferably|age[ds]?)\b",
    re.I,
)
# "..., but not for lupus", "... but not when it is infected": what is excepted stands behind it.
BUT_NOT: Final = re.compile(
    r",?\s+but\s+not\s+(?:(?:for|in|with)\s+(?:those\s+(?:with|who\s+have)\s+)?|(?=(?:those|people|persons|members|patients)\b))",
    re.IGNORECASE,
)
BUT_NOT_BARE: Final = re.compile(
    r",?\s+but\s+not\s+(?!both\b|all\b|limited\b|only\b|necessarily\b|yet\b|more\b|less\b)", re.IGNORECASE
)
BUT_NOT_AT_END: Final = re.compile(r",?\s*\b(?:but|and)\s+not\s*$", re.IGNORECASE)
DENIES_WHAT_FOLLOWS: Final = re.compile(r"(?:is|are|was|were)\s+(?:no|not|neither|never)\b", re.IGNORECASE)
# Of a treatment that is "not effective or contraindicated" either is enough.
FAILS: Final = re.compile(
    r"(?:contra-?indicated|refused|declined|harmful|failed|rejected|obsolete|unknown|lacking|(?:un|in|im)[a-z]{4,})",
    re.IGNORECASE,
)
# "At least 4 falls in 12 months with at least one fall in the preceding 6 months": a count within the count.
COUNTS_AGAIN: Final = re.compile(
    r"\bwith (?:at least|a minimum of|no (?:fewer|less) than) (?:one|two|three|four|five|\d+)\b", re.IGNORECASE
)
