"""Names of people in letters with capitals: whether a text is one, and whether what follows is a degree."""

from __future__ import annotations

import re

from newscrawl.text.lazy_regex import lazy

_LONGEST = 40  # characters
_FEWEST, _MOST = 2, 5  # words
# Anna, O'Brien, McKee, García-Márquez; J., J.R.; DE LA CRUZ
_WORD = lazy(
    r"(?:[^\W\d_a-zß-öø-ÿ][^\W\d_]*(?:['’ʼ-][^\W\d_]+)*\.?|(?:[^\W\d_a-zß-öø-ÿ]\.){1,3}|[(\"“][^\W\d_]+[)\"”])"
)
_PARTICLES = frozenset(
    """de del della der den des di da do dos du e el la las le los van von vom zu zur ter ten af av bin
ibn al y""".split()
)
#: Words that stand in the names of teams, outlets, columns, menus and titles; hardly ever in a person's.
_NOT_OF_NAMES = frozenset(
    """about academy accounting advice advertising affiliate agency all analysis analytics and app apps
article articles association authors automation back bank best
blog blogs book books brand business buy by calculator
car care career careers case categories category center centre chat city click coaching college comments
commerce community company contact content contributor contributors cookie course courses creative customer
daily data dates day deals demo department design desk development digital docs download ebook economy
ecommerce editor editorial editors education email energy engineering english entertainment event events
experts explore facebook fashion featured features finance financial fitness follow food for foundation free
from fun gallery game games general get gift global go google group guide guides health help here high home
hotels house how industry info insights institute insurance international interview investing issue issues
jobs journal jump latest law leadership learn learning legal less lifestyle list live local login magazine
management market marketing media menu min minute minutes mobile money more music my national network new
news newsletter next no notes now of office official on online opinion opinions our overview page partner
partners people personal photo photography photos picks planning play podcast podcasts policy politics popular
post posts press previous pricing privacy product products project projects radio read reading real recent
recipe recipes related release report reports research resource resources review reviews sales save school
science search security see seo series service services share shop show sign site skip small social software
solutions source sports staff start startup stories story strategy studio subscribe success support table
talk team tech technology terms the this tips to today tools top topics training travel trends tutorial
tutorials tv university update updates us use users video videos view watch web website week weekly welcome
zur zum galerie program programs forum spotlight makers llc pllc llp inc ltd gmbh ag key takeaways contents
chapter part step
what why wiki with work world write writer writing year you your
aktuell aktuelles alle allgemein artikel auf aus beitrag beiträge bild der die dossier ein eine für
gesellschaft inhalt kommentar kontakt kultur leben lesen magazin mehr mit nachrichten panorama politik presse
redaktion reise sport startseite teilen thema themen und unser verlag von wirtschaft wissen zum zur
actualité actualités article articles aux avec culture économie la les monde par plus politique pour presse
rédaction société sur tous une vidéo agencia con cultura deportes economía el en equipo general los más
mundo noticias opinión para política por redacción sociedad sucesos una vida""".split()
) - {"e", "el", "la", "los", "der", "von", "zur"}
#: What is behind a name after a comma: a degree, a licence, a rank of nobility. `MD`, `Ph.D.`, `E-RYT 200`.
_SEVERAL = lazy(r"[,;&|]|\s(?:and|und|et|y|e|og|och|en)\s")
_DEGREE = lazy(
    r"(?:ph\.?\s?d|m\.?\s?d|d\.?\s?o|m\.?\s?b\.?\s?a|m\.?\s?a|b\.?\s?a|m\.?\s?sc?|b\.?\s?sc?|m\.?\s?ed|ed\.?\s?d|psy\.?\s?d"
    r"|pharm\.?\s?d|j\.?\s?d|ll\.?\s?m|esq(?:uire)?|r\.?\s?n|r\.?\s?d\.?\s?n?|l\.?\s?d|cpa|cfa|cfp|[jsJS]r|iii?|dipl\.?-?ing|m\.?\s?p\.?\s?h"
    r"|d\.?\s?v\.?\s?m|d\.?\s?d\.?\s?s|d\.?\s?p\.?\s?t|p\.?\s?e|aia|pmp|phr|cissp|msw|lcsw|lmft)\.?[®™*]?",
    re.IGNORECASE,
)
_LETTERS = lazy(
    r"(?=[^a-zß-öø-ÿ]*$)(?=.*[A-Z]{2})[A-Z][A-Z0-9.®™/*-]{1,7}(?: (?:\d{3}|\([A-Z][a-z]+\)))?[*.]?"
)


def is_full_name(text: str) -> bool:
    """Whether a text may be a person's given and family name: two to five words with capitals, none of them
    one of teams, outlets, columns or menus.

    >>> is_full_name("Ana María de la Cruz"), is_full_name("Digital Marketing"), is_full_name("Read more")
    (True, False, False)
    """
    if len(text) > _LONGEST:
        return False
    words = text.split()
    if not _FEWEST <= len(words) <= _MOST:
        return False
    named = [word for word in words if word not in _PARTICLES]
    if len(named) < _FEWEST or not all(_WORD.fullmatch(word) for word in named):
        return False
    if (
        words[0] in _PARTICLES
        or not any(letter.isupper() for letter in text)
        or not any(len(word.strip(".")) > 1 for word in named[1:])
    ):
        return False
    return not any(word.casefold().strip(".") in _NOT_OF_NAMES for word in named)


def names_people(text: str) -> bool:
    """Whether a byline holds a person's name in full: `Ada Lindqvist, MD`, `Ada Lindqvist and Bo Cole`."""
    return any(is_full_name(part.strip()) for part in _SEVERAL.split(text))


def is_degree(text: str) -> bool:
    """Whether what follows a name after a comma is a degree or a licence.

    >>> is_degree("Ph.D."), is_degree("RDN"), is_degree("E-RYT 200"), is_degree("Bo Cole")
    (True, True, True, False)
    """
    text = text.strip()
    return _DEGREE.fullmatch(text) is not None or _LETTERS.fullmatch(text) is not None
