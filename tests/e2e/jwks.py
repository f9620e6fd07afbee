#!/usr/bin/python3
"""Verifies a JWT with a published JWK Set, as others would: by the code of
python3-cryptography and the letter of RFC 7515, 7517 and 7518, not by ours.

usage: jwks.py JWKS-FILE < TOKEN      prints the payload, or fails
"""
import base64
import json
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.hazmat.primitives.hashes import SHA256


def decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def number(text):
    return int.from_bytes(decoded(text), "big")


with open(sys.argv[1], encoding="ascii") as file:
    keys = json.load(file)["keys"]
head, payload, signature = sys.stdin.read().strip().split(".")
header = json.loads(decoded(head))
found = [key for key in keys if key["kid"] == header["kid"]]
if len(found) != 1:
    sys.exit("%d keys are called %s" % (len(found), header["kid"]))
key = found[0]
if key["alg"] != header["alg"] or key["use"] != "sig":
    sys.exit("the key is for something else")
data, signature = ("%s.%s" % (head, payload)).encode(), decoded(signature)
try:
    if key["kty"] == "EC" and key["crv"] == "P-256" and key["alg"] == "ES256":
        public = ec.EllipticCurvePublicNumbers(
            number(key["x"]), number(key["y"]), ec.SECP256R1()).public_key()
        if len(signature) != 64:
            sys.exit("no R and S")
        der = utils.encode_dss_signature(
            int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))
        public.verify(der, data, ec.ECDSA(SHA256()))
    elif key["kty"] == "RSA" and key["alg"] == "RS256":
        public = rsa.RSAPublicNumbers(number(key["e"]), number(key["n"])).public_key()
        public.verify(signature, data, padding.PKCS1v15(), SHA256())
    else:
        sys.exit("an algorithm that nobody asked for")
except InvalidSignature:
    sys.exit("the signature is wrong")
print(decoded(payload).decode())
