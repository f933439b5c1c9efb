"""Reads a feed or a calendar as other people's programs do, and prints what was understood as JSON.

usage: read.py feed|calendar FILE
"""

import json
import sys

import feedparser
import icalendar


def feed(raw):
    read = feedparser.parse(raw)
    entries = [
        {key: entry.get(key, "") for key in ("id", "title", "link", "summary", "published", "updated")}
        for entry in read.entries
    ]
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
