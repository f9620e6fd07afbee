#!/usr/bin/python3
"""A backend that answers what reached it: echo.py PORT SOCKET LOG

HTTP on 127.0.0.1:PORT and FastCGI on SOCKET, until it is killed. The answer is
JSON: method, uri, size and sha256 of the body, and vars: the request's headers
(all values of a name, joined) or its FastCGI parameters. LOG gets a line for
each request when it begins.
"""
import hashlib
import http.server
import json
import os
import socketserver
import struct
import sys
import threading

port, path, log = int(sys.argv[1]), sys.argv[2], sys.argv[3]
# What the guard says must replace this.
own = [("Content-Type", "application/json"), ("X-RateLimit-Limit", "1"),
       ("X-Request-Id", "backend"), ("X-Backend", "yes")]


def note(method, uri):
    with open(log, "a", encoding="ascii") as file:
        file.write(f"{method} {uri}\n")


def add(names, name, value):
    names[name] = names[name] + ", " + value if name in names else value


def answer(method, uri, body, names):
    return json.dumps({"method": method, "uri": uri, "size": len(body),
                       "sha256": hashlib.sha256(body).hexdigest(),
                       "vars": names}).encode()


class Http(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def chunked(self):
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def handle_any(self):
        note(self.command, self.path)
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            body = self.chunked()
        else:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        names = {}
        for name, value in self.headers.items():
            add(names, name.lower(), value)
        text = answer(self.command, self.path, body, names)
        self.send_response(200)
        for name, value in own:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(text)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any
    do_OPTIONS = handle_any

    def log_message(self, *_):
        pass


class FastCgi(socketserver.StreamRequestHandler):
    def record(self):
        header = self.rfile.read(8)
        if len(header) < 8:
            return 0, b""
        _, kind, _, size, padding, _ = struct.unpack("!BBHHBB", header)
        content = self.rfile.read(size)
        self.rfile.read(padding)
        return kind, content

    def write(self, kind, content):
        self.wfile.write(struct.pack("!BBHHBB", 1, kind, 1, len(content), 0, 0)
                         + content)

    @staticmethod
    def length(data, i):
        if data[i] < 128:
            return data[i], i + 1
        return struct.unpack("!I", data[i:i + 4])[0] & 0x7FFFFFFF, i + 4

    def handle(self):
        params = body = b""
        while True:
            kind, content = self.record()
            if kind == 0:
                return
            if kind == 4:
                params += content
            elif kind == 5 and not content:
                break
            elif kind == 5:
                body += content
        names, i = {}, 0
        while i < len(params):
            name_size, i = self.length(params, i)
            value_size, i = self.length(params, i)
            name = params[i:i + name_size].decode("latin-1")
            value = params[i + name_size:i + name_size + value_size]
            i += name_size + value_size
            add(names, name, value.decode("latin-1"))
        method, uri = names.get("REQUEST_METHOD"), names.get("REQUEST_URI")
        note(method, uri)
        text = answer(method, uri, body, names)
        head = "".join(f"{n}: {v}\r\n" for n, v in own).encode()
        out = b"Status: 200\r\n" + head + b"\r\n" + text
        for i in range(0, len(out), 60000):
            self.write(6, out[i:i + 60000])
        self.write(6, b"")
        self.write(3, bytes(8))


class HttpServer(http.server.ThreadingHTTPServer):
    daemon_threads = True


class FastCgiServer(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


fcgi = FastCgiServer(path, FastCgi)
os.chmod(path, 0o666)
threading.Thread(target=fcgi.serve_forever, daemon=True).start()
HttpServer(("127.0.0.1", port), Http).serve_forever()
