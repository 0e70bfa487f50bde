# Says what is wrong in an Atom feed, one line each: what a reader stumbles over, and what RFC 4287 demands.
import re
import sys
import xml.etree.ElementTree as tree

import feedparser

ATOM = "{http://www.w3.org/2005/Atom}"
# RFC 4287 section 3.3: RFC 3339, with the capital T, and Z or an offset.
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$")
ABSOLUTE = re.compile(r"[a-z][a-z0-9+.-]*:\S+$", re.IGNORECASE)
TEXT = {"text", "html", "xhtml", None}

path = sys.argv[1]
parsed = feedparser.parse(path)
if parsed.bozo:
    print(f"a reader stumbles: {parsed.bozo_exception}")
if parsed.version != "atom10":
    print(f"a reader takes it for {parsed.version or 'nothing'}")
feed = tree.parse(path).getroot()
if feed.tag != ATOM + "feed":
    print(f"the root is {feed.tag}")


def one(element, name, where):
    found = element.findall(ATOM + name)
    if len(found) != 1:
        print(f"{where}: {len(found)} {name}")
    return found[0] if found else None


def held(element, where):
    """What a feed and an entry both must have."""
    identity = one(element, "id", where)
    if identity is not None and not ABSOLUTE.match(identity.text or ""):
        print(f"{where}: id `{identity.text}` is no absolute IRI")
    title = one(element, "title", where)
    if title is not None and not (title.text or "").strip():
        print(f"{where}: an empty title")
    one(element, "updated", where)
    for name in ["updated", "published"]:
        for moment in element.findall(ATOM + name):
            if not MOMENT.match(moment.text or ""):
                print(f"{where}: {name} `{moment.text}` is no moment")
    for name in ["title", "subtitle", "summary", "rights"]:
        for text in element.findall(ATOM + name):
            if text.get("type") not in TEXT:
                print(f"{where}: {name} of type {text.get('type')}")
    seen = set()
    for link in element.findall(ATOM + "link"):
        if not link.get("href"):
            print(f"{where}: a link without href")
        if not ABSOLUTE.match(link.get("href") or "") and not root_base:
            print(f"{where}: link `{link.get('href')}` is relative to nothing")
        relation = link.get("rel", "alternate")
        key = (relation, link.get("type"), link.get("hreflang"))
        if relation == "alternate" and key in seen:
            print(f"{where}: two alternate links of the same type and language")
        seen.add(key)
    return identity.text if identity is not None else None


root_base = feed.get("{http://www.w3.org/XML/1998/namespace}base")
held(feed, "feed")
if not any(link.get("rel") == "self" for link in feed.findall(ATOM + "link")):
    print("feed: no self link")
entries = feed.findall(ATOM + "entry")
authors = feed.findall(ATOM + "author")
identities = []
for entry in entries:
    identities.append(held(entry, "entry"))
    if not authors and not entry.findall(ATOM + "author"):
        print("entry: nobody wrote it")
    content = entry.findall(ATOM + "content")
    if len(content) > 1:
        print("entry: more than one content")
    if not content and not any(l.get("rel", "alternate") == "alternate" for l in entry.findall(ATOM + "link")):
        print("entry: neither content nor a link to it")
for author in authors + [a for e in entries for a in e.findall(ATOM + "author")]:
    one(author, "name", "author")
pairs = [(i, e.findtext(ATOM + "updated")) for i, e in zip(identities, entries)]
if len(set(pairs)) != len(pairs):
    print("two entries of the same id and moment")
if not entries:
    print("no entries")
if len(parsed.entries) != len(entries):
    print(f"a reader finds {len(parsed.entries)} of {len(entries)} entries")
