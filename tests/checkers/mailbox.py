"""A mail server that takes every mail and writes it into a folder, as other people's programs understood it.

usage: mailbox.py PORT FOLDER
"""

import email
import email.policy
import json
import os
import sys
import threading

from aiosmtpd.controller import Controller


class Mailbox:
    def __init__(self, folder):
        self.folder = folder
        self.count = 0

    async def handle_DATA(self, server, session, envelope):
        read = email.message_from_bytes(envelope.original_content, policy=email.policy.default)
        part = lambda kind: read.get_body((kind,))
        told = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "headers": {name.lower(): str(value) for name, value in read.items()},
            "defects": [str(defect) for each in read.walk() for defect in each.defects],
            "text": part("plain").get_content(),
            "html": part("html").get_content(),
        }
        path = os.path.join(self.folder, f"{self.count:04}.json")
        self.count += 1
        with open(path + ".new", "w", encoding="utf-8") as file:
            json.dump(told, file)
        os.rename(path + ".new", path)
        return "250 taken"


if __name__ == "__main__":
    port, folder = int(sys.argv[1]), sys.argv[2]
    Controller(Mailbox(folder), hostname="127.0.0.1", port=port).start()
    threading.Event().wait()
