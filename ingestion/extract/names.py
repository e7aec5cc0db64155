"""What the tags, roles, classes and ids of a page's parts say of them: the text itself, or what stands beside it.

The words are those that builders of sites use (Readability's and trafilatura's lists among them). Called by article.py.
"""

from __future__ import annotations

import re

from ingestion.extract.tree import Element

BESIDE_TAGS = frozenset({"nav", "footer", "aside", "menu", "dialog", "button", "select", "input", "menuitem"})
_BESIDE_ROLES = frozenset(
    "navigation complementary contentinfo search menu menubar toolbar dialog alertdialog alert tablist banner".split()
)
_BESIDE = re.compile(
    r"(?:^|[\s_-])(?:ads?|advert\w*|banner|breadcrumbs?|byline|author-?(?:bio|box|info)|combx|comments?|commentlist"
    r"|cookies?|consent|credits?|disqus\w*|fb-comments|footer|footnotes?-nav|galler(?:y|ies)|gdpr|header|keywords|legal|login|masthead"
    r"|meta|menu|modal|more-(?:news|stories|posts|from|on)|most-?(?:read|popular)|nav\w*|newsletter\w*|outbrain"
    r"|pager|pagination|paywall|popup|popular|prev-?next|promo\w*|read-?(?:more|next|also)|recirc\w*|recommend\w*"
    r"|related\w*|remark|replies|respond|rss|share\w*|sharing|shoutbox|sidebar|side-?col\w*|signup|skip|skyscraper|slideshow"
    r"|social\w*|sponsor\w*|subscri\w*|supplemental|survey|taboola\w*|tags?|teasers?|timestamp|toolbar|toolbox|tooltip"
    r"|topics?|trending|widget|widgets)(?=$|[\s_-]|\d)",
    re.I,
)
_BESIDE_ANYWHERE = re.compile(
    r"breadcrumb|sidebar|related-?(?:posts|articles|stories|content|links|topics|news)|newsletter|recommend(?:ed|ations)"
    r"|sharing|sharetools|sharebar|share-?(?:buttons|links|this)|socialmedia|social-?(?:share|links|icons)|cookie-?(?:bar|"
    r"banner|notice)|(?:article|entry|post|story|page|site)[_-]?footer|comment-?(?:list|section|form|area)|readmore"
    r"|outbrain|taboola|advertis|(?:^|[_\s-])ad[_-](?:slot|container|unit|wrapper)|pagination|widget-?area|popup",
    re.I,
)
_ARTICLE_BODY = re.compile(
    r"(?:article|story|post|entry|blog|news|content)[_-]*(?:body|content|text|copy|main)|body[_-]?(?:text|copy|content)"
    r"|(?:^|\s)(?:storytext|postcontent|entrytext|maincontent|main-content|prose)(?:\s|$)",
    re.I,
)
_GOOD = re.compile(r"article|body|content|entry|hentry|h-entry|main|page|post|text|blog|story", re.I)
_BAD = re.compile(
    r"-ad-|hidden|^hid$| hid$| hid |^hid |banner|combx|comment|com-|contact|footer|gdpr|masthead|media|meta|outbrain"
    r"|promo|related|scroll|share|shoutbox|sidebar|skyscraper|sponsor|shopping|tags|widget|teaser",
    re.I,
)
_NAME_CHARACTERS = 300


def is_called_beside(element: Element) -> bool:
    """By its role or its names. What must not be called so by its names alone is for the caller to say."""
    if element.get("role").lower() in _BESIDE_ROLES:
        return True
    names = _names(element)
    if _BESIDE_ANYWHERE.search(names):
        return True
    return bool(_BESIDE.search(names)) and not _ARTICLE_BODY.search(names) and not is_embedded(element)


def is_embedded(element: Element) -> bool:
    """A post of another service, quoted in the text."""
    return "embed" in _names(element)


def is_named_body(element: Element) -> bool:
    """Whether the page itself calls this its text."""
    return "articlebody" in element.get("itemprop").lower() or bool(_ARTICLE_BODY.search(_names(element)))


def class_weight(element: Element) -> int:
    """From -50 to 50, as Readability counts."""
    weight = 0
    for name in (element.get("class")[:_NAME_CHARACTERS], element.get("id")[:_NAME_CHARACTERS]):
        if name:
            weight += 25 * bool(_GOOD.search(name)) - 25 * bool(_BAD.search(name))
    return weight


def _names(element: Element) -> str:
    return f"{element.get('class')[:_NAME_CHARACTERS]} {element.get('id')[:_NAME_CHARACTERS]}"
