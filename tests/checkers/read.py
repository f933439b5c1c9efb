"""Reads a feed or a calendar as other people's programs do, and prints what was understood as JSON.

usage: read.py feed|calendar FILE
"""

import html.parser
import json
import sys

import feedparser
import icalendar


class Text(html.parser.HTMLParser):
    """What is left of HTML without its tags."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.parts = []

    def handle_data(self, data):
        self.parts.append(data)


def text_of(entry):
    text = Text()
    text.feed(" ".join(content.value for content in entry.get("content", [])) or entry.get("summary", ""))
    text.close()
    return " ".join(text.parts)


def feed(raw):
    # Cleaned of what it takes for unsafe, a name would no longer be the one that was served.
    read = feedparser.parse(raw, sanitize_html=False, resolve_relative_uris=False)
    keys = ("id", "title", "link", "summary", "published", "updated")
    entries = [{key: entry.get(key, "") for key in keys} | {"text": text_of(entry)} for entry in read.entries]
    return {
        "bozo": int(read.bozo),
        "why": str(read.get("bozo_exception", "")),
        "version": read.version,
        "title": read.feed.get("title", ""),
        "entries": entries,
    }


def calendar(raw):
    read = icalendar.Calendar.from_ical(raw)
    events = read.walk("VEVENT")
    return {
        "errors": [list(part) for component in read.walk() for part in component.errors],
        "events": [
            {
                "uid": str(event["UID"]),
                "summary": str(event["SUMMARY"]),
                "description": str(event.get("DESCRIPTION", "")),
                "start": event.decoded("DTSTART").isoformat(),
                "end": event.decoded("DTEND").isoformat(),
                "sequence": int(event.get("SEQUENCE", 0)),
                "status": str(event.get("STATUS", "")),
                "alarms": len(event.walk("VALARM")),
            }
            for event in events
        ],
    }


kind, path = sys.argv[1:]
with open(path, "rb") as file:
    raw = file.read()
print(json.dumps({"feed": feed, "calendar": calendar}[kind](raw)))
