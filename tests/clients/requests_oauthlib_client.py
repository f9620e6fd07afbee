"""requests-oauthlib (and oauthlib below it) as Debian has them, unchanged.

One case for each argument; clients.bash says what stands in the environment.
"""
import requests
from oauthlib.oauth2 import BackendApplicationClient, DeviceClient, WebApplicationClient
from oauthlib.oauth2.rfc6749 import errors
from requests.auth import HTTPBasicAuth
from requests_oauthlib import OAuth2Session

from python_case import AUTHORIZE, ISSUER, REDIRECT_URI, TOKEN, USER, app, check_iss, check_user, error_of, person, run


def allowed(name="WEB", scope=None, decision="allow", **options):
    """A session and the address that the person came back with."""
    session = OAuth2Session(app(name)[0], redirect_uri=REDIRECT_URI, scope=scope)
    address, _ = session.authorization_url(AUTHORIZE, **options)
    back = person(address, decision)
    check_iss(back)
    return session, back


def fetch(session, back, name="WEB", **options):
    return session.fetch_token(TOKEN, authorization_response=back, client_secret=app(name)[1], **options)


def default():
    session, back = allowed()
    fetch(session, back)
    check_user(session.get(USER))


def post():
    session, back = allowed(scope=["profile", "trees.read"])
    token = fetch(session, back, include_client_id=True)
    assert set(token["scope"]) == {"profile", "trees.read"}, token
    check_user(session.get(USER))


def other_state():
    session, back = allowed()
    error_of(errors.MismatchingStateError, fetch, session, back.replace("state=", "state=x"))


def wrong_code():
    session = OAuth2Session(app("WEB")[0], redirect_uri=REDIRECT_URI)
    error_of(errors.InvalidGrantError, session.fetch_token, TOKEN, code="wrong", client_secret=app("WEB")[1])


def wrong_secret():
    session, back = allowed()
    error_of(errors.InvalidClientError, session.fetch_token, TOKEN, authorization_response=back, client_secret="wrong")


def denied():
    session, back = allowed(decision="deny")
    error_of(errors.AccessDeniedError, fetch, session, back)


def proof():
    client = WebApplicationClient("unused")
    verifier = client.create_code_verifier(64)
    challenge = client.create_code_challenge(verifier, "S256")
    return verifier, {"code_challenge": challenge, "code_challenge_method": "S256"}


def pkce():
    verifier, challenge = proof()
    session, back = allowed(**challenge)
    fetch(session, back, code_verifier=verifier)
    check_user(session.get(USER))
    session, back = allowed(**challenge)
    error_of(errors.InvalidGrantError, fetch, session, back)


def public():
    verifier, challenge = proof()
    session, back = allowed("NATIVE", **challenge)
    session.fetch_token(TOKEN, authorization_response=back, include_client_id=True, code_verifier=verifier)
    check_user(session.get(USER))


def public_default():
    """Without include_client_id the library sends Basic, with an empty secret."""
    verifier, challenge = proof()
    session, back = allowed("NATIVE", **challenge)
    session.fetch_token(TOKEN, authorization_response=back, code_verifier=verifier)
    check_user(session.get(USER))


def refresh():
    session, back = allowed(scope=["profile", "offline_access"])
    first = fetch(session, back)["refresh_token"]
    for auth in ({"auth": HTTPBasicAuth(*app("WEB"))}, dict(zip(("client_id", "client_secret"), app("WEB")))):
        token = session.refresh_token(TOKEN, **auth)
        assert token["refresh_token"] != first, token
        check_user(session.get(USER))
    error_of(errors.InvalidGrantError, session.refresh_token, TOKEN, refresh_token=first, auth=HTTPBasicAuth(*app("WEB")))
    assert session.get(USER).status_code == 401


def automatic_refresh():
    """A token that has expired is renewed before the request."""
    client_id, secret = app("WEB")
    kept = []
    session, back = allowed(scope=["offline_access"])
    token = dict(fetch(session, back), expires_at=1)
    session = OAuth2Session(
        client_id, token=token, auto_refresh_url=TOKEN, token_updater=kept.append,
        auto_refresh_kwargs={"client_id": client_id, "client_secret": secret})
    check_user(session.get(USER))
    assert kept[0]["refresh_token"] != token["refresh_token"]


def revoke():
    session, back = allowed()
    fetch(session, back)
    url, headers, body = session._client.prepare_token_revocation_request(
        ISSUER + "/oauth/revoke", session.access_token, "access_token")
    answer = requests.post(url, headers=headers, data=body, auth=HTTPBasicAuth(*app("WEB")))
    assert answer.status_code == 200, answer.text
    assert session.get(USER).status_code == 401


def client_credentials():
    client_id, secret = app("SERVICE")
    session = OAuth2Session(client=BackendApplicationClient(client_id), scope=["trees.read"])
    session.fetch_token(TOKEN, client_secret=secret)
    assert session.get(USER).status_code == 403
    session.fetch_token(TOKEN, client_id=client_id, client_secret=secret, include_client_id=True)
    assert "refresh_token" not in session.token


def userinfo():
    session, back = allowed(scope=["openid", "profile"], nonce="n-1")
    assert fetch(session, back)["id_token"].count(".") == 2
    claims = session.get(ISSUER + "/oauth/userinfo").json()
    assert claims["preferred_username"] == "reader", claims
    claims = session.post(ISSUER + "/oauth/userinfo").json()
    assert claims["sub"], claims


def device():
    client_id = app("TV")[0]
    asked = requests.post(ISSUER + "/oauth/device_authorization", data={"client_id": client_id}).json()
    session = OAuth2Session(client=DeviceClient(client_id))
    waiting = error_of(errors.CustomOAuth2Error, session.fetch_token, TOKEN,
                       device_code=asked["device_code"], include_client_id=True)
    assert waiting.error == "authorization_pending", waiting
    person("--device", asked["verification_uri"], asked["user_code"])
    session.fetch_token(TOKEN, device_code=asked["device_code"], include_client_id=True)
    check_user(session.get(USER))


run({
    "default": default, "post": post, "other-state": other_state, "wrong-code": wrong_code,
    "wrong-secret": wrong_secret, "denied": denied, "pkce": pkce, "public": public,
    "public-default": public_default, "refresh": refresh, "automatic-refresh": automatic_refresh,
    "revoke": revoke, "client-credentials": client_credentials, "userinfo": userinfo, "device": device,
})
