"""Authlib as Debian has it, unchanged: its session over requests, its checks
of metadata and of an id_token.

One case for each argument; clients.bash says what stands in the environment.
"""
import requests
from authlib.common.errors import AuthlibBaseError
from authlib.common.security import generate_token
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.jose import JsonWebKey, JsonWebToken
from authlib.oauth2.rfc6749.parameters import parse_authorization_code_response
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata
from authlib.oauth2.rfc8414 import get_well_known_url as oauth_address
from authlib.oidc.core import CodeIDToken
from authlib.oidc.discovery import OpenIDProviderMetadata
from authlib.oidc.discovery import get_well_known_url as openid_address

from python_case import AUTHORIZE, ISSUER, REDIRECT_URI, TOKEN, USER, app, check_iss, check_user, error_of, person, run

REVOKE = ISSUER + "/oauth/revoke"
INTROSPECT = ISSUER + "/oauth/introspect"


def session_of(name="WEB", **options):
    client_id, secret = app(name)
    return OAuth2Session(client_id, secret, redirect_uri=REDIRECT_URI, code_challenge_method="S256", **options)


def allowed(session, decision="allow", **options):
    """The address that the person came back with; its state is the library's."""
    address, state = session.create_authorization_url(AUTHORIZE, **options)
    back = person(address, decision)
    check_iss(back)
    return back, state


def token_of(session, verifier=None, **options):
    back, state = allowed(session, code_verifier=verifier, **options)
    more = {"code_verifier": verifier} if verifier else {}
    return session.fetch_token(TOKEN, authorization_response=back, state=state, **more)


def default():
    session = session_of()
    token_of(session)
    check_user(session.get(USER))


def post():
    session = session_of(token_endpoint_auth_method="client_secret_post", scope="profile trees.read")
    token_of(session)
    check_user(session.get(USER))


def other_state():
    session = session_of()
    back, _ = allowed(session)
    error_of(AuthlibBaseError, session.fetch_token, TOKEN, authorization_response=back, state="other")


def wrong_code():
    error = error_of(OAuthError, session_of().fetch_token, TOKEN, code="wrong")
    assert error.error == "invalid_grant", error


def denied():
    session = session_of()
    back, state = allowed(session, "deny")
    assert "error=access_denied" in back
    # its fetch_token would go on, and ask for a token of the application's own
    error_of(AuthlibBaseError, parse_authorization_code_response, back, state)


def pkce():
    session = session_of()
    token_of(session, generate_token(48))
    check_user(session.get(USER))
    back, state = allowed(session, code_verifier=generate_token(48))
    error = error_of(OAuthError, session.fetch_token, TOKEN, authorization_response=back,
                     state=state, code_verifier=generate_token(48))
    assert error.error == "invalid_grant", error


def public():
    session = session_of("NATIVE")
    token_of(session, generate_token(48))
    check_user(session.get(USER))


def refresh():
    session = session_of(scope="profile offline_access")
    first = dict(token_of(session))
    second = dict(session.refresh_token(TOKEN))
    assert second["refresh_token"] != first["refresh_token"]
    check_user(session.get(USER))
    session.refresh_token(TOKEN)
    error = error_of(OAuthError, session.refresh_token, TOKEN, refresh_token=first["refresh_token"])
    assert error.error == "invalid_grant", error
    assert session.get(USER).status_code == 401


def public_refresh():
    session = session_of("NATIVE", scope="offline_access")
    token_of(session, generate_token(48))
    session.refresh_token(TOKEN)
    check_user(session.get(USER))


def automatic_refresh():
    session = session_of(scope="offline_access", token_endpoint=TOKEN)
    token = dict(token_of(session), expires_at=1)
    session.token = token
    check_user(session.get(USER))
    assert session.token["refresh_token"] != token["refresh_token"]


def revoke():
    session = session_of(scope="profile offline_access")
    token = dict(token_of(session))
    assert session.revoke_token(REVOKE, token["access_token"], token_type_hint="access_token").status_code == 200
    assert session.get(USER).status_code == 401
    session.refresh_token(TOKEN, refresh_token=token["refresh_token"])
    assert session.revoke_token(REVOKE).status_code == 200
    assert session.get(USER).status_code == 401
    error_of(OAuthError, session.refresh_token, TOKEN)
    assert session.revoke_token(REVOKE, "unknown").status_code == 200


def public_revoke():
    session = session_of("NATIVE")
    token_of(session, generate_token(48))
    assert session.revoke_token(REVOKE).status_code == 200
    assert session.get(USER).status_code == 401


def introspect():
    session = session_of(scope="profile")
    token = dict(token_of(session))
    service = session_of("SERVICE")
    answer = service.introspect_token(INTROSPECT, token["access_token"]).json()
    assert answer["active"] is True and answer["client_id"] == app("WEB")[0], answer
    session.revoke_token(REVOKE)
    assert service.introspect_token(INTROSPECT, token["access_token"]).json() == {"active": False}


def client_credentials():
    session = session_of("SERVICE", scope="trees.read")
    session.fetch_token(TOKEN, grant_type="client_credentials")
    assert session.get(USER).status_code == 403


def metadata():
    for address, kind in ((oauth_address(ISSUER, external=True), AuthorizationServerMetadata),
                          (openid_address(ISSUER, external=True), OpenIDProviderMetadata)):
        answer = requests.get(address)
        answer.raise_for_status()
        document = kind(answer.json())
        document.validate()
        assert document.issuer == ISSUER, document


def id_token(name, algorithm):
    found = requests.get(openid_address(ISSUER, external=True)).json()
    assert algorithm in found["id_token_signing_alg_values_supported"], found
    session = session_of(name, scope="openid profile email")
    nonce = generate_token(20)
    token = token_of(session, nonce=nonce)
    keys = JsonWebKey.import_key_set(requests.get(found["jwks_uri"]).json())
    claims = JsonWebToken([algorithm]).decode(
        token["id_token"], keys, claims_cls=CodeIDToken,
        claims_options={"iss": {"essential": True, "value": ISSUER}, "aud": {"essential": True, "value": app(name)[0]}},
        claims_params={"nonce": nonce, "client_id": app(name)[0], "access_token": token["access_token"]})
    claims.validate()
    info = session.get(found["userinfo_endpoint"])
    info.raise_for_status()
    assert info.json()["sub"] == claims["sub"], info.text


def device():
    session = session_of("TV", scope="profile")
    asked = requests.post(ISSUER + "/oauth/device_authorization",
                          data={"client_id": app("TV")[0], "scope": "profile"}).json()
    grant = {"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": asked["device_code"]}
    error = error_of(OAuthError, session.fetch_token, TOKEN, **grant)
    assert error.error == "authorization_pending", error
    person("--device", asked["verification_uri_complete"], asked["user_code"])
    session.fetch_token(TOKEN, **grant)
    check_user(session.get(USER))


run({
    "default": default, "post": post, "other-state": other_state, "wrong-code": wrong_code, "denied": denied,
    "pkce": pkce, "public": public, "refresh": refresh, "public-refresh": public_refresh,
    "automatic-refresh": automatic_refresh, "revoke": revoke, "public-revoke": public_revoke,
    "introspect": introspect, "client-credentials": client_credentials, "metadata": metadata,
    "id-token-rs256": lambda: id_token("WEB", "RS256"), "id-token-es256": lambda: id_token("ES256", "ES256"),
    "device": device,
})
