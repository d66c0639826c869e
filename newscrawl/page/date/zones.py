"""Which clock a page's times are most likely of, where neither the page nor its source says."""

from __future__ import annotations

from newscrawl.page.document.parse import host_of

#: By the country of the address. Of a country with several zones, that of its capital or its press.
_BY_COUNTRY = {
    "cn": "Asia/Shanghai",
    "hk": "Asia/Hong_Kong",
    "tw": "Asia/Taipei",
    "sg": "Asia/Singapore",
    "jp": "Asia/Tokyo",
    "kr": "Asia/Seoul",
    "in": "Asia/Kolkata",
    "id": "Asia/Jakarta",
    "th": "Asia/Bangkok",
    "vn": "Asia/Ho_Chi_Minh",
    "my": "Asia/Kuala_Lumpur",
    "ph": "Asia/Manila",
    "il": "Asia/Jerusalem",
    "de": "Europe/Berlin",
    "at": "Europe/Vienna",
    "ch": "Europe/Zurich",
    "fr": "Europe/Paris",
    "be": "Europe/Brussels",
    "nl": "Europe/Amsterdam",
    "it": "Europe/Rome",
    "es": "Europe/Madrid",
    "pt": "Europe/Lisbon",
    "pl": "Europe/Warsaw",
    "cz": "Europe/Prague",
    "se": "Europe/Stockholm",
    "no": "Europe/Oslo",
    "dk": "Europe/Copenhagen",
    "fi": "Europe/Helsinki",
    "gr": "Europe/Athens",
    "tr": "Europe/Istanbul",
    "ru": "Europe/Moscow",
    "ua": "Europe/Kyiv",
    "ro": "Europe/Bucharest",
    "hu": "Europe/Budapest",
    "uk": "Europe/London",
    "ie": "Europe/Dublin",
    "us": "America/New_York",
    "ca": "America/Toronto",
    "mx": "America/Mexico_City",
    "br": "America/Sao_Paulo",
    "ar": "America/Argentina/Buenos_Aires",
    "cl": "America/Santiago",
    "co": "America/Bogota",
    "au": "Australia/Sydney",
    "nz": "Pacific/Auckland",
    "za": "Africa/Johannesburg",
    "ng": "Africa/Lagos",
    "eg": "Africa/Cairo",
}
#: By language, where the address is of no country; English and Arabic are written on too many clocks.
_BY_LANGUAGE = {
    "zh": "Asia/Shanghai",
    "ja": "Asia/Tokyo",
    "ko": "Asia/Seoul",
    "de": "Europe/Berlin",
    "fr": "Europe/Paris",
    "it": "Europe/Rome",
    "es": "Europe/Madrid",
    "pt": "America/Sao_Paulo",
    "nl": "Europe/Amsterdam",
    "pl": "Europe/Warsaw",
    "cs": "Europe/Prague",
    "sv": "Europe/Stockholm",
    "no": "Europe/Oslo",
    "nb": "Europe/Oslo",
    "da": "Europe/Copenhagen",
    "fi": "Europe/Helsinki",
    "el": "Europe/Athens",
    "tr": "Europe/Istanbul",
    "ru": "Europe/Moscow",
    "uk": "Europe/Kyiv",
    "he": "Asia/Jerusalem",
    "hi": "Asia/Kolkata",
    "th": "Asia/Bangkok",
    "vi": "Asia/Ho_Chi_Minh",
    "id": "Asia/Jakarta",
    "fa": "Asia/Tehran",
    "hu": "Europe/Budapest",
    "ro": "Europe/Bucharest",
    "bg": "Europe/Sofia",
    "sk": "Europe/Bratislava",
    "lt": "Europe/Vilnius",
    "lv": "Europe/Riga",
}
_UNKNOWN = "UTC"


def zone_of(url: str, language: str | None) -> str:
    """The IANA name of the zone: by the language's region, the address's country, the language; else UTC.

    >>> zone_of("https://www.spiegel.de/a", "de")
    'Europe/Berlin'
    """
    base, _, region = (language or "").partition("-")
    country = host_of(url).rpartition(".")[2]
    if country == "co" or country not in _BY_COUNTRY:
        country = {"gb": "uk"}.get(region.lower(), region.lower())
    if base == "zh" and country not in ("hk", "tw", "sg"):
        return _BY_LANGUAGE["zh"]
    return _BY_COUNTRY.get(country) or _BY_LANGUAGE.get(base, _UNKNOWN)
