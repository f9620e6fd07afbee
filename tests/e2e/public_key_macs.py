#!/usr/bin/python3
"""Tokens with the payload of a good one and a MAC whose secret is a published
key, as RFC 8725 section 2.1 warns of: PEM and DER, SubjectPublicKeyInfo and
PKCS#1, below each header that a confused verifier might take for good.

usage: public_key_macs.py JWKS-FILE < TOKEN      prints one token a line
"""
import base64
import hashlib
import hmac
import json
import sys

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def encoded(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def number(text):
    return int.from_bytes(decoded(text), "big")


def secrets(key):
    if key["kty"] == "EC":
        public = ec.EllipticCurvePublicNumbers(number(key["x"]), number(key["y"]), ec.SECP256R1()).public_key()
        formats = [PublicFormat.SubjectPublicKeyInfo]
    else:
        public = rsa.RSAPublicNumbers(number(key["e"]), number(key["n"])).public_key()
        formats = [PublicFormat.SubjectPublicKeyInfo, PublicFormat.PKCS1]
    for form in formats:
        yield public.public_bytes(Encoding.DER, form)
        pem = public.public_bytes(Encoding.PEM, form)
        yield pem
        yield pem.strip()


with open(sys.argv[1], encoding="ascii") as file:
    keys = json.load(file)["keys"]
payload = sys.stdin.read().split(".")[1]
for key in keys:
    for secret in secrets(key):
        for alg, kid in ("HS256", key["kid"][:-1]), ("HS256", key["kid"]), (key["alg"], key["kid"]):
            header = json.dumps({"alg": alg, "kid": kid, "typ": "at+jwt"}, separators=(",", ":"))
            data = encoded(header.encode()) + "." + payload
            print(data + "." + encoded(hmac.new(secret, data.encode(), hashlib.sha256).digest()))
