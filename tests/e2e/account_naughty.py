"""For account_naughty.bats: the big list of naughty strings as names that are
typed into the form which registers an application.

account_naughty.py records STEP	users with a session each, as lines for
	`ostiary load`
account_naughty.py register BASE CERTIFICATE STEP	types every STEP-th string;
	each must become an application that the list shows as text, in one
	element, or be refused beside its field, with what was typed still there
"""
import http.client
import re
import ssl
import sys
import time
import urllib.parse

import html5lib

from naughty import record, sha256, strings, xml_text

EACH = 40  # names of one user


def groups(step):
    names = [text for _, text in strings(step)]
    return [names[i:i + EACH] for i in range(0, len(names), EACH)]


def session(user):
    return f"session{user:036}"


def records(step):
    now = int(time.time()) * 1000
    users = range(len(groups(step)))
    print('{"ostiary_dump":1,"signing_keys":"absent"}')
    for i in users:
        record("accounts", f"user:u{i:015}", id=f"u{i:015}", name=f"typist{i}", display_name="Typist", created=1)
        record("grants", f"session:{sha256(session(i)).hexdigest()}", user=f"u{i:015}", generation=0, created=now,
               seen=now, expires_ms=now + 900000)
    print('{"ostiary_dump_end":%d}' % (2 * len(users)))


def parse(page):
    return html5lib.parse(page, namespaceHTMLElements=False)


def all_text(element):
    return "".join(element.itertext())


def section_shape(section):
    """All of a section but the name in its heading."""
    heading = section.find("h2/bdi")
    for element in section.iter():
        text = None if element is heading else element.text
        yield tuple(re.sub(r"a[0-9a-zA-Z]{15,}|\d{4}-\d\d-\d\d \d\d:\d\d", "*", t or "")
                    for t in (element.tag, *map(str, sorted(element.attrib.items())), text, element.tail))


class Typist:
    def __init__(self, base, certificate):
        context = ssl.create_default_context(cafile=certificate)
        self.connection = http.client.HTTPSConnection(urllib.parse.urlsplit(base).netloc, context=context, timeout=20)
        self.registered = self.refused = self.faults = 0
        self.shape = None

    def ask(self, user, path, form=None):
        headers = {"Cookie": f"__Host-ostiary={session(user)}"}
        if form:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request("POST" if form else "GET", path, urllib.parse.urlencode(form) if form else None, headers)
        answer = self.connection.getresponse()
        return answer.status, parse(answer.read().decode("utf-8"))

    def fault(self, what):
        self.faults += 1
        print(what, file=sys.stderr)

    def type_name(self, user, text):
        """Whether it became an application."""
        _, page = self.ask(user, "/account/apps/new")
        csrf = page.find(".//input[@name='csrf']").get("value")
        status, page = self.ask(user, "/account/apps/new", {
            "csrf": csrf, "name": text, "kind": "public", "action": "register", "prefixes": "https://a.example/cb"})
        if status == 200:
            self.registered += 1
            if page.find(".//p[@class='lead']/bdi").text != xml_text(text.strip(" \t")):
                self.fault(f"{text!r} is said otherwise")
            return True
        self.refused += 1
        kept = page.find(".//input[@id='name']").get("value")
        if status != 400 or page.find(".//*[@id='error_name']") is None or kept != xml_text(text.strip(" \t")):
            self.fault(f"{text!r}: {status}, kept {kept!r}")
        return False

    def read_list(self, user, names):
        status, page = self.ask(user, "/account/apps")
        sections = page.findall(".//section")
        shown = [all_text(section.find("h2")) for section in sections]
        if status != 200 or sorted(shown) != sorted(map(xml_text, names)):
            self.fault(f"list {user}: {status}, {set(shown) ^ set(map(xml_text, names))!r}")
        for section in sections:
            shape = list(section_shape(section))
            self.shape = self.shape or shape
            if shape != self.shape:
                self.fault(f"section of {all_text(section.find('h2'))!r} is another one")


def register(base, certificate, step):
    typist = Typist(base, certificate)
    for user, names in enumerate(groups(step)):
        typist.read_list(user, [text.strip(" \t") for text in names if typist.type_name(user, text)])
    print(f"{typist.registered} registered, {typist.refused} refused, {typist.faults} faults")


if sys.argv[1] == "records":
    records(int(sys.argv[2]))
else:
    register(sys.argv[2], sys.argv[3], int(sys.argv[4]))
