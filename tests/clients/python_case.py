"""What the Python clients share: the environment, the person, the checks."""
import os
import subprocess
import sys
import urllib.parse

ISSUER = os.environ["ISSUER"]
REDIRECT_URI = os.environ["REDIRECT_URI"]
AUTHORIZE = ISSUER + "/oauth/authorize"
TOKEN = ISSUER + "/oauth/token"
USER = ISSUER + "/api/users/current.json"


def app(name):
    """The id and the secret (None: it is public) of an application."""
    return os.environ[name + "_ID"], os.environ.get(name + "_SECRET") or None


def person(*arguments):
    """The person opens an address; where that led."""
    ended = subprocess.run([os.environ["PERSON"], *arguments], stdout=subprocess.PIPE, text=True, check=True)
    return ended.stdout.strip()


def check_iss(back):
    iss = urllib.parse.parse_qs(urllib.parse.urlsplit(back).query)["iss"]
    assert iss == [ISSUER], back


def check_user(answer):
    answer.raise_for_status()
    assert answer.json()["userName"] == "reader", answer.text


def error_of(kind, function, *arguments, **options):
    """The error of that kind that the call must end with."""
    try:
        function(*arguments, **options)
    except kind as error:
        return error
    raise AssertionError(f"there should have been an error: {kind}")


def run(cases):
    cases[sys.argv[1]]()
    print("done")
