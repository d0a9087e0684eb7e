"""Words that tell what kind of name stands before us. For asking, never for changing."""


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


TITLES = _listed(
    "captain dame dhr doctor dott dott.ssa dr dra father fr frau fru herr hon judge lady lord"
    " madame meneer mevr mevrouw miss mister mlle mme monsieur mr mrs ms mx pastor prof"
    " professor rabbi rev reverend señor señora sig sig.ra signor signora sir sister sr sra"
)
SUFFIXES = _listed("cpa dds esq fils ii iii iv jd jr jun junior md mba mdb phd rn sen senior sr")
JOINERS = _listed("and et und")
PARTICLES = _listed(
    "abu af al bin da dal de degli dei del della den der des di do dos du el ibn la las le los"
    " san santa st ten ter van vom von zu zum zur"
)

# Where the family name stands first, the first word is no name to call anyone by.
FAMILY_FIRST = _listed(
    # Vietnamese
    "bui dang do duong ho hoang huynh le ly ngo nguyen phan pham tran vo vu"
    # Chinese and Korean in Latin letters
    " chan chang chen cheng cheung choi chow chu fan feng gao guo han he hu huang jiang jung kang"
    " kim kwon lee li liang lim lin liu luo ma ng oh park shin song sun tan tang wang wong wu xie"
    " xu yang yoon yu zhang zhao zheng zhou zhu"
    # Japanese
    " ito kato kobayashi nakamura sasaki sato suzuki takahashi tanaka watanabe yamada yamamoto"
    " yoshida"
    # Hungarian
    " balogh farkas horvath juhasz kiss kovacs lakatos meszaros molnar nagy nemeth papp racz"
    " szabo szilagyi takacs toth varga"
)

COMPANY = _listed(
    "academy agency apotheke association bakery bistro boutique bäckerei cafe café clinic"
    " company consulting corp corporation council dental dentistry foundation friseur gallery"
    " gmbh group gym holdings hospital hotel inc incorporated institute kg library limited llc llp"
    " logistics ltd ministry museum ohg partners pharmacy plc practice praxis properties pty realty"
    " restaurant salon sarl school services shop solutions spa spzoo srl store studio studios"
    " systems team trust university verein zahnarztpraxis"
)
# Too short or too common as a surname to judge without their capitals.
COMPANY_CAPITALS = _listed("AB AG AS BV EV NV OY PC SA SAS SE SL SPA UG")
COMPANY_ENDINGS = ("& sons", "& son", "& daughters", "& co", "& co.", "& partners", "and sons")

HOUSEHOLD = _listed("familie familia famiglia famille family gezin household")

NO_NAME = _listed(
    "anonymous client customer guest n.a n/a n.n nil no-name noname none null tbd unbekannt"
    " undefined unknown"
) | {"no name", "not given", "not known"}
TRIAL = _listed("asdf dummy example foobar qwerty sample test tester testing xxx")
