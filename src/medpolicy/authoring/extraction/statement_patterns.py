"""How statements put things: what explains, refers back, sets a scope, or says what holds for all else; as data."""

from __future__ import annotations

import re
from typing import Final

STANCE_WORDS: Final = {
    "medically-necessary": "medically necessary",
    "not-medically-necessary": "not medically necessary",
    "investigational": "investigational",
    "cosmetic": "cosmetic",
    "delegated": "decided by the criteria of someone else",
}
# Sentences that give a reason for a stance and decide nothing.
EXPLAINS: Final = re.compile(
    r"\b(?:evidence|literature|studies|efficacy|health outcomes?|clinical trials?|guidelines? (?:recommend|state)|"
    r"has been shown|have been shown|"
    r"safety and effectiveness)\b",
    re.IGNORECASE,
)
NOTE: Final = re.compile(
    r"^\W*(?:note|click here|view the|for (?:more|additional) information|disclaimer|please note|see also|refer to|"
    r"for information|this (?:[a-z]+ ){0,3}(?:policy|guideline|document|bulletin))\b|\bcan be found\b",
    re.IGNORECASE,
)
LABEL: Final = re.compile(r"[A-Z][\w /&-]{1,50}:")
UNMET: Final = re.compile(
    r"\b(?:(?:that|which|who|when|if)\s+)?(?:do|does|is|are|did)\s+not\s+meet(?:ing)?\s+(?:all\s+)?(?:of\s+)?(?:the|these|"
    r"this|any of the)?\s*(?:above\s+)?"
    r"(?:[a-z]+\s+){0,3}criteria\b[^,.;]*|\bnot meeting (?:the|these)?\s*(?:above\s+)?criteria[^,.;]*|\b(?:when|"
    r"if) (?:all (?:of )?)?(?:the |these |any of the )?(?:above )?(?:coverage |"
    r"medical necessity )?criteria (?:above |listed above |described above )?"
    r"(?:(?:is|are) not|(?:has|have) not been) (?:met|satisfied)\b"
    r"|\b(?:outside|in the absence|instead)(?: of)? (?:the |these |any of the )?(?:above |listed |stated )?criteria\b(?: above)?"
    r"|\bwithout (?:meeting|satisfying) (?:the |these |all of the )?(?:above )?criteria\b|^\s*otherwise,?\s+",
    re.IGNORECASE,
)
ALL_OTHER: Final = re.compile(
    r"\b(?:(?:for|in|of|to)\s+)?(?:for|in|of|treating|treat)\s+(?:all|"
    r"any)\s+other\s+(?:[a-z-]+\s+){0,4}?(?:indications?|disorders?|uses?|conditions?|purposes?|situations?|circumstances?|"
    r"applications?|diagnos[ei]s)\b"
    r"|\b(?:for|in)\s+(?:the\s+treatment\s+of\s+)?(?:[a-z-]+\s+){1,4}and\s+(?:for\s+)?(?:all|any)\s+other\s+(?:indications?|conditions?|uses?)\b"
    r"|^\s*(?:(?:all|any)\s+)?other\s+(?:indications?|uses?|conditions?|applications?)\s+(?:of|for)\b"
    r"|\bin all other (?:cases|situations)\b|\bfor (?:all|any) (?:indications?|uses?|conditions?|"
    r"reasons?) (?:other than|not)[^.;]*",
    re.IGNORECASE,
)
# "for all indications other than fracture": the exception is named, and not "those above".
OTHER_THAN: Final = re.compile(
    r"\bother than\s+(?P<what>(?!(?:those|what|the ones|as)\b)"
    r"(?![^.;]*\b(?:above|below|listed|described|specified|noted)\b)[^.;:]+)",
    re.IGNORECASE,
)
NOT_LISTED: Final = re.compile(
    r"\b(?:not (?:specifically |otherwise )?(?:listed|described|addressed|noted|mentioned|included)(?: above| below| here)?"
    r"|other (?:[a-z]+ )?than (?:those|the ones) (?:noted|listed|described|mentioned)(?: above)?|"
    r"any other (?:[a-z]+ )?than those [a-z]+ above)\b",
    re.IGNORECASE,
)
EXAMPLES_LEAD: Final = re.compile(
    r"\b(?:including|includes?|such as)(?:,?\s*but(?:,)?\s*(?:is |"
    r"are )?not limited to)?,?\s*(?:(?:any of )?the following\b[^:.]*)?:\s*$",
    re.IGNORECASE,
)
THE_FOLLOWING: Final = re.compile(
    r"^(?:use of )?(?:any of |all of |each of )?(?:the )?following\b(?:\s+(?P<nouns>(?!for\b)[a-z -]+?))?"
    r"(?:\s+for\s+(?:any|all|every)\s+(?:indications?|uses?|conditions?))?\s*$",
    re.IGNORECASE,
)
END_OF_CORE: Final = re.compile(r",?\s*\b(?:including|such as|e\.g\.)|,\s*(?:when|if|where)\b")
_CODE: Final = r"(?:\d{4}[0-9TUFA]|[A-Z]\d{4})"
_SYSTEM: Final = r"(?:(?:CPT|HCPCS)\s*)?(?:(?:[Cc]odes?|[®™*])\s*)*"
CODES_IN_TEXT: Final = re.compile(
    rf"\s*\((?P<codes>{_SYSTEM}{_CODE}(?:\s*(?:[,;/–-]|and|or)\s*(?:(?:and|or)\s+)?{_SYSTEM}{_CODE})*)\)"
)
COVERED: Final = re.compile(
    r"\bcover|\b(?:approved|(?:re-?)?authorized|renewed|eligible|provided|available|allowed|granted)$", re.IGNORECASE
)
# "They are considered investigational" says the stance of what stands before.
REFERS_BACK: Final = re.compile(
    r"^(?:(?:all|any|each)\s+(?:of\s+)?)?(?:these|this|such|they|it|the above)(?:\s+(?:above|listed))?"
    r"(?:\s+(?:services?|procedures?|tests?|devices?|items?|products?|treatments?|therap(?:y|ies)|technologies|"
    r"indications?|uses?))?$",
    re.IGNORECASE,
)
EVERYTHING_ELSE: Final = re.compile(
    r"^(?:all|any)\s+other\s+(?:[a-z-]+\s+){0,2}?(?:indications?|uses?|conditions?|circumstances|situations|"
    r"applications?|reasons|purposes)"
    r"(?:\s+(?:for|of)\s+(?:these|this|the above)\s+[a-z]+)?$",
    re.IGNORECASE,
)
# "All other uses of cooling devices are ...": of the statements on cooling.
EVERYTHING_ELSE_OF: Final = re.compile(
    r"^(?:all|any)\s+other\s+(?:[a-z-]+\s+){0,2}?(?:indications?|uses?|applications?)\s+(?:of|for)\s+(?:the\s+)?(?P<service>[^,;:]+)$",
    re.IGNORECASE,
)
WORDS_OF_ANY_SERVICE: Final = frozenset(
    [
        "device",
        "system",
        "product",
        "service",
        "procedure",
        "test",
        "therapy",
        "treatment",
        "equipment",
        "supply",
        "technology",
        "item",
        "study",
        "scan",
        "imaging",
    ]
)
# "Widgets are contraindicated in gout" bars them, and does not say what the plan calls them there.
CONTRAINDICATED: Final = re.compile(
    r"^(?P<subject>[^,;:]{3,120}?)\s+(?:is|are)\s+(?:also\s+)?(?P<words>(?:absolutely\s+)?contra-?indicated)\b(?P<tail>.*)$",
    re.IGNORECASE | re.DOTALL,
)
EXCEPTION_TO_BEFORE: Final = re.compile(
    r"^\W*exceptions?(?:\s+to\s+[^:]{3,60})?\s*:\s*(?P<said>\S.*)$", re.IGNORECASE | re.DOTALL
)
WAIVES_CRITERIA: Final = re.compile(
    r"(?:these|this|the above|the|all)\s+(?:above\s+)?(?:criteria|requirements?)\s+(?:(?:do|does) not apply|"
    r"(?:is|are|need) not (?:be )?(?:met|required|needed)|(?:is|are) waived)\s+(?:to|for|in|when|if)\s+(?P<who>.+)$",
    re.IGNORECASE | re.DOTALL,
)
# A benefit, and not a condition of a member: "not covered under most plans and considered a convenience item".
OF_THE_BENEFIT: Final = re.compile(
    r",?\s*\b(?:under|by|in|with)\s+(?:most|many|some|all|certain|our|its|the|standard)\s+(?:[a-z-]+\s+){0,2}?"
    r"(?:plans?|contracts?|polic(?:y|ies)|benefits?)\b",
    re.IGNORECASE,
)
CALLED_A_CONVENIENCE: Final = re.compile(
    r",?\s+(?:and|because|since|as)\s+(?:(?:it|they)\s+)?(?:is|are)\s+(?:considered\s+|deemed\s+)?(?:to be\s+)?"
    r"(?:for\s+)?(?:an?\s+)?(?:convenience|comfort|personal|not primarily medical|non-?medical|educational|recreational)\b[^.;]*",
    re.IGNORECASE,
)
# A sentence that only says that criteria will follow.
IN_CERTAIN_CASES: Final = re.compile(
    r"^\s*(?:when|if|where|as)\s+(?:it\s+is\s+|they\s+are\s+)?(?:deemed\s+|considered\s+)?medically\s+necessary\s*[.:]?\s*$"
    r"|^\s*(?:in|under|for|when)\s+(?:certain|some|specific|limited|selected)\s+(?:circumstances|situations|cases|"
    r"conditions|indications)"
    r"(?:\s+(?:are\s+)?met)?\s*[.:]?\s*$",
    re.IGNORECASE,
)
BECAUSE: Final = re.compile(
    r"\s*(?:\bbecause\b(?! of)|\b(?:due to|because of|since|given|as)\b(?=[^;]*\b(?:insufficient|inadequate|lack|absence of|"
    r"limited|paucity|evidence|effectiveness|efficacy|proven|established|literature|studies|trials|outcomes|unproven|"
    r"experimental|investigational)\b)|(?:^|,)\s*since\b|\b(?:as (?:there|it|they|these|this) (?:is|are)|as the)\b|\b"
    r"as (?:defined|described|stated) (?:in|by|under) (?:the|a|this|your|their)(?: \w+[’']s)? (?:\w+ )?"
    r"(?:contract|certificate|benefit|plan|policy|evidence of coverage)\b).*$",
    re.IGNORECASE | re.DOTALL,
)
INSTEAD_OF: Final = re.compile(
    r",?\s*\bas an? (?:[a-z-]+ )?(?:alternative|option) to\b[^,;:.]*?(?=\s+(?:when|if|for|in|where|only)\b|[,;:.]|$)",
    re.IGNORECASE,
)
OR_SOONER: Final = re.compile(r",?\s+or\s+(?:sooner|earlier|before(?: then)?)\s+(?:if|when)\s+", re.IGNORECASE)
WHEN: Final = re.compile(r",?\s+(?:only\s+)?(?:when|if|where|provided that|as long as)\s+", re.IGNORECASE)
# "Widgets are medically necessary for:": of the uses that follow, one is enough.
USES_FOLLOW: Final = re.compile(r"^\W*(?:for|in|to treat|for the treatment of|in the treatment of)\s*:\s*$", re.IGNORECASE)
# "..., except those for rent, which are considered not medically necessary."
WHICH_ARE: Final = re.compile(r",\s+(?P<said>which\s+(?:is|are)\s+.+)$", re.IGNORECASE | re.DOTALL)
OR_AT_END: Final = re.compile(r"[,;]?\s+(?:and/)?or\s*$", re.IGNORECASE)
# "For the following, including but not limited to:" lists some of the cases.
OPEN_LIST: Final = re.compile(
    r"\b(?P<lead>for\s+(?:(?:any|either|all|each)\s+of\s+)?the\s+following(?:\s+[a-z-]+){0,2}?),?\s*\(?(?:including|includes?)"
    r"(?:,?\s*but(?:\s+is|\s+are)?\s+not\s+limited\s+to)?\)?\s*:\s*$",
    re.IGNORECASE,
)
SCOPE_OPENER: Final = re.compile(
    r"^(?:[,;]?\s*(?:and\s+)?(?:as an?\s+(?:[a-z-]+\s+)?(?:treatment|alternative|adjunct|component|part|"
    r"option)(?:\s+of\s+the\s+treatment)?\s+(?:of|for|to|in)|"
    r"for\s+(?:use\s+in\s+)?(?:the\s+)?(?:treatment|management|diagnosis|evaluation|repair)\s+of|for\s+use\s+in|"
    r"(?:for|in)\s+treating|for|only(?=\s+(?:in|for|when|if|to)\b)|"
    r"to\s+treat|of|"
    r"in\s+the\s+(?:treatment|management)\s+of|when\s+used\s+(?:to\s+treat|for|in|as)|when|if)\s+)+",
    re.IGNORECASE,
)
NO_SCOPE: Final = re.compile(
    r"^(?:(?:in|under)\s+(?=(?:any|all|every)\b))?(?:(?:any|all|every|each|these|such|this|the|an?)\s+)*(?:other\s+)?(?:indications?|uses?|conditions?|purposes?|"
    r"circumstances?|reasons?|"
    r"services?|situations?|treatment|only)?$",
    re.IGNORECASE,
)
SOMEONE_ELSES: Final = re.compile(
    r"\b(?P<whose>InterQual|MCG|Milliman|eviCore|Carelon|AIM Specialty Health|"
    r"(?:[Dd]elegated|[Tt]hird[- ]party|[Uu]tilization [Mm]anagement|[Cc]ontracted|[Dd]esignated) (?:[a-z-]+ )?[Vv]endor|"
    r"local coverage determination|"
    r"national coverage determination|LCD|NCD)\b"
    r"(?:[^.;]*?\b(?P<identifier>L\d{5}|A\d{5}|\d{2,3}\.\d+(?:\.\d+)?))?"
)
HANDS_OVER: Final = re.compile(
    r"\b(?:follow|refer|use|apply|according|per|see)\b|"
    r"\b(?:can be|are|is) (?:found|available|located|listed) (?:in|at|under|by)\b|"
    r"^\W*(?:local|national) coverage (?:determination|"
    r"article)\b",
    re.IGNORECASE,
)
TITLED: Final = re.compile(r":\s*(?P<title>[^():]+?)\s*\((?P<identifier>[LA]\d{5}|\d{2,3}\.\d+)\)")
CRITERIA_FOR_EACH: Final = re.compile(
    r"\b(?:the\s+)?(?:above\s+)?criteria\s+(?:described\s+above\s+)?(?:is|are|have been|has been)\s+met\s+for\s+(?:each|"
    r"both|all)\b[^,.;]*?(?=\s+and\s+|[,.;]|$)",
    re.IGNORECASE,
)


WITH_AUTHORIZATION: Final = re.compile(
    r"\s+with\s+(?:prior|pre-?)\s*(?:authori[sz]ation|approval|certification)\b", re.IGNORECASE
)
REQUESTS_FOR: Final = re.compile(
    r"^\s*(?:the\s+)?(?:initial\s+)?(?:requests?|coverage|authorizations?|approvals?)\s+(?:for|of)\s+(?=\S)", re.IGNORECASE
)
EXCLUDED_SINCE: Final = re.compile(
    r"\s+(?:is|are)\s+(?:excluded|not covered)\s+because\s+(?:it|they|this|these)\s*$", re.IGNORECASE
)
LIMITS_A_QUANTITY: Final = re.compile(
    r"^\s*(?:no more than|not more than|up to|a maximum of|at most|quantities (?:over|above|greater than))\s+[\d,.]+\s*"
    r"(?:grams?|g|mg|mcg|mL|units?|tablets?|capsules?|vials?|syringes?|pens?|doses?|patches|tubes?|bottles?|kits?)\b",
    re.IGNORECASE,
)
# "When widgets are not covered": the name of a part, and no sentence.
# "For members with gout, widgets are ...", "If the bone is broken, a widget is ...": the condition stands first.
LEADING_CONDITION: Final = re.compile(
    r"^\s*(?P<lead>(?:for|in)\s+(?:[a-z-]+\s+){0,2}?(?:individuals?|members?|patients?|persons?|people|adults?|children|adolescents?|"
    r"infants|women|men|those)\b[^,;:]*|(?:if|when|where)\s+[^,;:]+),\s+(?P<rest>\S.*)$",
    re.IGNORECASE | re.DOTALL,
)
# "..., otherwise they are considered investigational"
OTHERWISE_SAID: Final = re.compile(
    r"[,;]\s*(?:and\s+|but\s+)?otherwise,?\s+(?:(?:it|they|these|this)\s+)?(?:(?:is|are)\s+)?(?:considered\s+)?"
    r"(?P<words>(?:experimental|investigational|unproven|not medically necessary|not covered|cosmetic)\b[^.;]*)",
    re.IGNORECASE,
)
# A label above a list that bars what the statement before it allows.
BARS: Final = re.compile(
    r"(?:absolute |relative |coverage |policy )?(?:exclusions?|exclusion criteria|contraindications?|not covered (?:if|when))\s*"
    r"(?:\([^()]*\))?\s*:",
    re.IGNORECASE,
)
ONLY_A_LABEL: Final = re.compile(r"when\b[^,;:.]*", re.IGNORECASE)
IN_ACCORDANCE: Final = re.compile(
    r",?\s*\b(?:in accordance with|according to|as outlined in|per)\b.*$", re.IGNORECASE | re.DOTALL
)
# "Repairs are covered under the equipment policy": another policy decides.
UNDER_ANOTHER_POLICY: Final = re.compile(
    r"^\s*(?:only\s+)?(?:under|in|by|according to)\s+(?:the|our|a|an)\s+(?:[\w-]+\s+){0,5}?"
    r"(?:policy|guideline|bulletin)\b(?! statement)",
    re.IGNORECASE,
)
# "Coverage will be authorized for 6 months": how long an authorization lasts, and nothing of when it is given.
HOW_LONG: Final = re.compile(
    r"^\s*(?:for|in)\s+(?:an additional|up to|a maximum of|a period of|an initial(?: period of)?|no more than|intervals of)?\s*"
    r"(?:\d+|one|two|three|four|six|nine|twelve)[\s-]*(?:days?|weeks?|months?|years?)\b(?:\s+(?:intervals|at a time|period))?\s*",
    re.IGNORECASE,
)
HAS_NO_SERVICE: Final = re.compile(
    r"\b(?:evidence|studies|literature|data|trials)\b.*\b(?:it|they|these|this)\s*$", re.IGNORECASE | re.DOTALL
)
NOT_PROVEN_AND: Final = re.compile(
    r",?\s*(?:has|have) not (?:yet )?been (?:proven|established|shown|"
    r"demonstrated)\b[^,;]*?,?\s+and(?:,? therefore,?)?\s*$",
    re.IGNORECASE,
)
SECOND_STANCE: Final = re.compile(
    r"[,;]?\s*\b(?:and|but)\s+(?:(?:is|are|it is|they are)\s+)?(?:considered\s+)?(?P<words>(?:experimental|"
    r"investigational|unproven|"
    r"not medically necessary|not covered|cosmetic)(?:(?:\s*,\s*|\s+(?:and|or)\s+|/)(?:experimental|investigational|"
    r"unproven|not medically necessary))*)"
    r"(?P<else>\s+(?:otherwise|in all other (?:cases|situations|circumstances)|for (?:all|any) other \w+))?",
    re.IGNORECASE,
)
NAMES_PRODUCTS: Final = re.compile(
    r"\b(?:products?|devices?|substitutes?|systems?|materials?|brands?|grafts?|implants?)\b.*\b(?:are|is|include|"
    r"includes|following)\b",
    re.I,
)
LONGEST_TITLE: Final = 10  # words
REASON_BEFORE: Final = re.compile(r"^(?:due to|because of|based on|given|owing to)\s+[^,]*,\s*(?=\S)", re.IGNORECASE)
FOR_LISTED_USES: Final = re.compile(
    r"(?<=\w)\s+(?:for|of|in|to treat)\s+(?:(?:any|either|all|each) of\s+)?the following\s+(?:[a-z-]+\s+){0,2}?"
    r"(?:indications?|conditions?|diagnos[ei]s|diseases?|disorders?|uses|purposes|situations|circumstances)\s*$",
    re.IGNORECASE,
)
NOT_WHY: Final = "and not why: check the stance"
ALIKE: Final = 0.4  # of two names of a service, by their words
_STANCE_OF_LABEL: Final = (
    r"(?:not\s+)?(?:considered\s+)?(?:medically\s+necessary|medical\s+necessity|investigational|experimental|unproven|cosmetic|"
    r"reconstructive|covered|reimbursable)"
)
# A heading within the policy that is only a stance: "Investigational and Not Medically Necessary:".
STANCE_LABEL: Final = re.compile(
    rf"(?P<stance>{_STANCE_OF_LABEL}(?:(?:\s*[,/]\s*(?:and\s+|or\s+)?|\s+(?:and|or|and/or)\s+){_STANCE_OF_LABEL})*)"
    r"(?:\s+(?:indications?|uses?|services?|procedures?|statements?))?\s*:?",
    re.IGNORECASE,
)
CONDITION_BEFORE_SUBJECT: Final = re.compile(
    r"^(?P<word>in|for|when|if)\s+(?:the\s+(?=absence|presence))?(?P<condition>[^,:;]{3,90}),\s+(?P<service>[^,]+)$",
    re.IGNORECASE,
)
PEOPLE_IN_SUBJECT: Final = re.compile(
    r"\s+(?:in|for)\s+(?:[a-z-]+\s+){0,2}?(?:individuals?|members?|patients?|persons?|people|adults?|children|adolescents?|those)\b"
    r"[^,;]*$",
    re.IGNORECASE,
)
# "Widgets more than twice in 12 months", "Up to 3 sessions per year": how often, which is a condition and no part of the name.
HOW_OFTEN: Final = re.compile(
    r"\b(?P<bound>more than|greater than|in excess of|no more than|not more than|fewer than|less than|at least|up to|at most|"
    r"a maximum of|over)\s+(?P<count>\d{1,3}|one|two|three|four|five|six|ten|twelve)\s+(?P<what>(?:[a-z-]+\s+){1,3}?)"
    r"(?P<span>(?:(?:with)?in|per|every|over)\s+(?:any\s+|an?\s+|each\s+)?(?:\d{1,3}[\s-]+)?(?:[a-z]+\s+)?"
    r"(?:days?|weeks?|months?|years?|lifetime)(?:[\s-]+period)?)\s*",
    re.IGNORECASE,
)
FOR_A_SERVICE: Final = re.compile(
    r"^\W*for\s+(?!(?:all|any|each|every|more|additional|further)\b)(?P<service>(?:(?!\b(?:criteria|information|details|guidance|"
    r"guidelines?|members?|products?|plans?|medicare|medicaid|commercial)\b)[^,;:.]){3,100}),\s",
    re.IGNORECASE,
)
# "Criteria 1 and 2, or 3": some of the items together, or others.
NAMES_SOME_OF_THE_ITEMS: Final = re.compile(
    r"\b(?:criteri(?:on|a)|conditions?|items?)\s+\(?[A-Z0-9]\)?(?=[^.:]*\b(?i:and)\b)(?=[^.:]*\b(?i:or)\b)"
    r"(?:,?\s+(?:(?i:and|or|criterion|criteria|both|either)\s+)+\(?[A-Z0-9]\)?)+"
)
