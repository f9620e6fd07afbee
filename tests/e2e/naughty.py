"""For naughty.bats: the big list of naughty strings as names.

naughty.py records BASE STEP	every STEP-th string as the display name of a
	user, and as name and description of an application, with a session, a
	code and a device for both: lines for `ostiary load`
naughty.py ask BASE CERTIFICATE STEP FOLDER	asks for everything that says
	these names, and compares; the JSON and XML go into FOLDER
naughty.py arguments	which of them may not be a name, by rules of its own, and
	then some that may: lines of KIND, "taken" or the error, and the string in
	base64, parted by tabs
"""
import base64
import hashlib
import http.client
import json
import pathlib
import ssl
import sys
import time
import urllib.parse
import xml.etree.ElementTree

STRINGS = pathlib.Path(__file__).parent.parent / "vectors/blns/blns.json"
HARMLESS = "Harmless"
VERIFIER = "v" * 43
LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
# What the list lacks: O01 has them.
MORE = ["\ufffe", "a\uffff", "\u2028b\u2029", "]]>", "<![CDATA[x]]>", "&#0;", "&amp;", "{{csrf}}", "\x01\x1b\x7f\x85",
        "\t\r\n", "\U0001fffe", "\u202eeman", "--><!--", "</bdi></h1><script>alert(1)</script>", '" onmouseover="x', "1e5"]


def strings(step):
    """Number and string; the first is harmless, to compare with."""
    naughty = [text for text in json.loads(STRINGS.read_text()) if text != ""]
    return enumerate([HARMLESS] + MORE + naughty[::step])


def is_plain(text):
    return not any(ord(c) < 0x20 or 0x7f <= ord(c) < 0xa0 for c in text)


def app_name(text):
    return text if is_plain(text) else HARMLESS


def sha256(text):
    return hashlib.sha256(text.encode())


def user_code(i):
    return "".join(LETTERS[i // 20 ** n % 20] for n in range(7, -1, -1))


def record(store, key, **fields):
    print(json.dumps({"store": store, "key": key, **{n: str(v) for n, v in fields.items()}}))


def records(base, step):
    now = int(time.time())
    challenge = base64.urlsafe_b64encode(sha256(VERIFIER).digest()).decode().rstrip("=")
    until, n = {"expires_ms": (now + 900) * 1000, "expires": (now + 900) * 1000}, 0
    print('{"ostiary_dump":1,"signing_keys":"absent"}')
    for i, text in strings(step):
        user, app = f"u{i:015}", f"a{i:015}"
        code, device, session = f"code{i:039}", f"device{i:037}", f"session{i:036}"
        record("accounts", f"user:{user}", id=user, name=f"naughty{i}", display_name=text, created=1)
        record("accounts", f"app:{app}", client_id=app, name=app_name(text), description=app_name(text), owner=user,
               prefixes=f"{base}/demo", public=1, created=1)
        record("grants", f"session:{sha256(session).hexdigest()}", user=user, generation=0, created=now * 1000,
               seen=now * 1000, expires_ms=until["expires_ms"])
        record("grants", f"code:{sha256(code).hexdigest()}", client_id=app, user=user, redirect_uri=f"{base}/demo/cb",
               scope="openid profile", challenge=challenge, auth_time=now, user_epoch=0, app_epoch=0, **until)
        record("grants", f"device:{sha256(device).hexdigest()}", hash=sha256(device).hexdigest(),
               user_code=user_code(i), client_id=app, scope="profile", **until)
        record("grants", f"usercode:{user_code(i)}", device=sha256(device).hexdigest(), expires_ms=until["expires_ms"])
        n += 6
    print(json.dumps({"ostiary_dump_end": n}))


def xml_text(text):
    """As XML 1.0 can hold it: section 2.2; section 2.11 for the end of a line."""
    text = "".join(c if c in "\t\n\r" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff" else "\ufffd"
                   for c in text)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def elements(page, i):
    """Each element with its attributes and the text in and behind it. What
    differs with user, form and request is left out."""
    import html5lib
    known = {f"naughty{i}": "USER", f"{user_code(i)[:4]}-{user_code(i)[4:]}": "CODE"}
    for element in html5lib.parse(page, namespaceHTMLElements=False).iter():
        if not isinstance(element.tag, str):
            raise ValueError("a comment in the page")
        attributes = {n: "" if n == "value" else v for n, v in element.attrib.items()}
        yield (element.tag, attributes, *(known.get(t, t) for t in (element.text or "", element.tail or "")))


class Asker:
    def __init__(self, base, certificate, folder):
        self.base, self.folder = base, folder
        self.json = open(folder / "json", "w", encoding="utf-8")
        self.said = open(folder / "said", "w", encoding="utf-8")
        context = ssl.create_default_context(cafile=certificate)
        self.connection = http.client.HTTPSConnection(urllib.parse.urlsplit(base).netloc, context=context, timeout=20)
        self.harmless, self.faults = {}, 0

    def ask(self, path, form=None, **headers):
        body = urllib.parse.urlencode(form) if form else None
        if form:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request("POST" if form else "GET", path, body, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode("utf-8")  # which must be valid
        if answer.status != 200:
            raise ValueError(f"{path}: {answer.status} {text}")
        return text

    def read(self, text):
        """JSON that nothing but Python has read so far: jq will."""
        value = json.loads(text)
        self.json.write(text.rstrip("\n") + "\n")
        self.said.write(json.dumps(value) + "\n")
        return value

    def same(self, what, want, got):
        if want != got:
            self.faults += 1
            print(f"{what}: wanted {want!r}, got {got!r}", file=sys.stderr)

    def page(self, what, page, i, text):
        """Element for element that of the harmless name, with this one for it."""
        got = list(elements(page, i))
        if i == 0:
            self.harmless[what] = got
            self.same(f"names in the {what} page", 3, sum(e[2] == HARMLESS for e in got))
        names = [i for i, e in enumerate(self.harmless[what]) if e[2] == HARMLESS]
        shown = [xml_text(text), *[xml_text(app_name(text))] * 2]
        # The application's name comes first, then the user's, then the description.
        shown[:2] = shown[1::-1]
        want = list(self.harmless[what])
        for place, name in zip(names, shown):
            want[place] = (*want[place][:2], name, want[place][3])
        self.same(f"{what} page", want, got)

    def pages(self, i, text):
        cookie = {"Cookie": f"__Host-ostiary=session{i:036}"}
        query = urllib.parse.urlencode({"response_type": "code", "client_id": f"a{i:015}", "scope": "profile",
                                        "redirect_uri": f"{self.base}/demo/cb", "code_challenge": "c" * 43,
                                        "code_challenge_method": "S256"})
        self.page("consent", self.ask(f"/oauth/authorize?{query}", **cookie), i, text)
        form = self.ask("/device", **cookie)
        csrf = form.split('name="csrf" value="')[1].split('"')[0]
        self.page("device", self.ask("/device", {"csrf": csrf, "user_code": user_code(i)}, **cookie), i, text)

    def answers(self, i, text):
        given = self.read(self.ask("/oauth/token", {
            "grant_type": "authorization_code", "client_id": f"a{i:015}", "code": f"code{i:039}",
            "redirect_uri": f"{self.base}/demo/cb", "code_verifier": VERIFIER}))
        claims = given["id_token"].split(".")[1]
        claims = self.read(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)).decode())
        bearer = {"Authorization": f"Bearer {given['access_token']}"}
        self.same("name in the ID token", text, claims["name"])
        self.same("name of userinfo", text, self.read(self.ask("/oauth/userinfo", **bearer))["name"])
        current = self.read(self.ask("/users/current.json", **bearer))
        self.same("current.json", {"id": f"u{i:015}", "userName": f"naughty{i}", "displayName": text, "email": None,
                                   "roles": [], "app": {"client_id": f"a{i:015}", "name": app_name(text)},
                                   "scope": "openid profile"}, current)
        body = self.ask("/users/current.xml", **bearer)
        (self.folder / f"{i}.xml").write_text(body, encoding="utf-8", newline="")
        root = xml.etree.ElementTree.fromstring(body.encode())
        self.same("elements of current.xml", "user id userName displayName roles app client_id name scope".split(),
                  [element.tag for element in root.iter()])
        self.same("displayName in XML", xml_text(text), root.findtext("displayName"))
        self.same("app's name in XML", xml_text(app_name(text)), root.findtext("app/name"))


def ask(base, certificate, step, folder):
    asker, n = Asker(base, certificate, pathlib.Path(folder)), 0
    for i, text in strings(step):
        before = asker.faults
        try:
            asker.pages(i, text)
            asker.answers(i, text)
        except (ValueError, IndexError, KeyError, xml.etree.ElementTree.ParseError) as fault:
            asker.same("answers", None, fault)
        if asker.faults > before:
            print(f"with string {i}: {text!r}", file=sys.stderr)
        n += 1
    print(f"{n} names, {asker.faults} faults")
    asker.json.close()
    asker.said.close()
    return 1 if asker.faults else 0


def arguments():
    refused, taken = [], []
    for _, text in strings(1):
        name = text.strip(" \t")
        rules = {"app": ("bad_name", 0 < len(name) <= 80 and not set(name) & {"\ufffe", "\uffff"}),
                 "description": ("bad_description", len(text.encode()) <= 1000),
                 "user": ("bad_display_name", len(text.encode()) <= 200)}
        for kind, (word, may_be) in rules.items():
            # No argument may have a control character, whatever it is for.
            word = "usage" if not is_plain(text) else "taken" if may_be else word
            (taken if word == "taken" else refused).append((kind, word, base64.b64encode(text.encode()).decode()))
    for line in refused + taken[::40]:
        print(*line, sep="\t")


if __name__ == "__main__":
    if sys.argv[1] == "records":
        records(sys.argv[2], int(sys.argv[3]))
    elif sys.argv[1] == "arguments":
        arguments()
    else:
        sys.exit(ask(sys.argv[2], sys.argv[3], int(sys.argv[4]), sys.argv[5]))
