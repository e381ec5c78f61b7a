"""Names of countries and the languages that they are written in, from babel: ``pip install "skseq[benchmarks]"``."""

LANGUAGES = {"de": "German", "es": "Spanish", "fi": "Finnish", "hu": "Hungarian", "nl": "Dutch"}


def country_names():
    """(names, their languages), without the names that two of the languages share."""
    from babel import Locale

    names = {language: set(Locale(code).territories.values()) for code, language in LANGUAGES.items()}
    pairs = [
        (name, language)
        for language, own in names.items()
        for name in sorted(own)
        if name[0].isalpha() and sum(name in others for others in names.values()) == 1
    ]
    return [name for name, _ in pairs], [language for _, language in pairs]
