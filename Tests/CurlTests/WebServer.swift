import TestKit

/// A web server in Python, so that what libcurl is told is heard by somebody else: ends with this object.
final class WebServer: Sendable {
    private let server: PythonServer

    /// The one for tests that neither count nor break anything.
    static var shared: WebServer { get async throws { try await started.value } }
    private static let started = Task { try await WebServer() }

    /// `tls`: with a certificate of its own making for 127.0.0.1, in `certificate`.
    init(tls: Bool = false) async throws { server = try await PythonServer(Self.script, tls ? "tls" : "plain") }

    var port: UInt16 { server.port }
    var certificate: String { server.path("certificate.pem") }
    func url(_ path: String, user: String = "") -> String { "http://\(user)127.0.0.1:\(port)\(path)" }
    func pause() { server.process.pause() }
    func end() { server.process.end() }

    private static let script = #"""
        import hashlib, json, os, socket, ssl, subprocess, sys, threading, time
        from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

        counts = {"connections": 0, "requests": 0, "open": 0, "written": 0}

        tries = {}

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 30
            disable_nagle_algorithm = True
            close_connection_next = False

            def log_message(self, *args): pass

            def answer(self, body=b"", status=200, fields=(), length=None):
                self.send_response(status)
                for name, value in fields: self.send_header(name, value)
                self.send_header("Content-Length", str(len(body) if length is None else length))
                self.end_headers()
                if self.command != "HEAD": self.wfile.write(body)

            def read_body(self):
                if self.headers.get("Transfer-Encoding") != "chunked": return self.rfile.read(int(self.headers.get("Content-Length", 0)))
                body = b""
                while size := int(self.rfile.readline(), 16):
                    body += self.rfile.read(size)
                    self.rfile.readline()
                self.rfile.readline()
                return body

            def handle_any(self):
                counts["requests"] += 1
                word, _, rest = self.path[1:].partition("/")
                body = b"" if word == "deaf" else self.read_body()
                if word == "echo":
                    fields = [[name.lower(), value] for name, value in self.headers.items()]
                    told = {"method": self.command, "path": self.path, "fields": fields, "body": body.decode("latin-1")}
                    self.answer(json.dumps(told).encode())
                elif word == "counts": self.answer(json.dumps(counts).encode())
                elif word == "size": self.answer(b"x" * int(rest))
                elif word == "declared": self.answer(b"", 200, length=int(rest))
                elif word == "status": self.answer(b"", int(rest), [("X-Twice", "one"), ("X-Twice", "two"), ("X-Empty", ""), ("X-Spaced", "  a b  ")])
                elif word == "slow":
                    time.sleep(int(rest) / 1000)
                    self.answer(b"late")
                elif word == "redirect": self.answer(b"", 302, [("Location", "/echo")])
                elif word == "interim":
                    self.wfile.write(b"HTTP/1.1 103 Early Hints\r\nX-Interim: yes\r\n\r\n")
                    self.answer(b"final")
                elif word == "bighead": self.answer(b"", 200, [("X-%d" % n, "v" * 1000) for n in range(200)])
                elif word == "silent": self.close_connection = True
                elif word == "short":
                    self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this")
                    self.close_connection = True
                elif word == "garbage":
                    self.wfile.write(b"\x00\x01\x02 what is this\r\n\r\n")
                    self.close_connection = True
                elif word == "keptonly":
                    # On a connection's first request as any other, later read and hung up.
                    if self.close_connection_next: self.close_connection = True
                    else: self.answer(b"first")
                    self.close_connection_next = True
                elif word == "hangup":
                    self.answer(b"x", 200, [("Connection", "close")])
                    self.close_connection = True
                elif word == "hash":
                    self.answer(json.dumps({"length": len(body), "sha256": hashlib.sha256(body).hexdigest(),
                                            "chunked": "Transfer-Encoding" in self.headers}).encode())
                elif word == "flood":
                    counts["written"] = 0
                    self.send_response(200)
                    self.send_header("Content-Length", rest)
                    self.end_headers()
                    while counts["written"] < int(rest): counts["written"] += self.wfile.write(b"z" * 0x8000)
                elif word == "stall":
                    self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegin")
                    time.sleep(20)
                    self.close_connection = True
                elif word == "deaf":
                    self.answer(b"no", 403)
                    self.close_connection = True
                elif word == "thirdtime":
                    tries[rest] = tries.get(rest, 0) + 1
                    self.answer(b"%d" % tries[rest], 200 if tries[rest] > 2 else 503)
                elif word == "chunks":
                    self.send_response(200)
                    self.send_header("Transfer-Encoding", "chunked")
                    self.end_headers()
                    for _ in range(int(rest)):
                        self.wfile.write(b"8000\r\n" + b"y" * 0x8000 + b"\r\n")
                    self.wfile.write(b"0\r\n\r\n")
                else: self.answer(b"", 404)

            do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_PURGE = handle_any

        class Server(ThreadingHTTPServer):
            request_queue_size = 512
            daemon_threads = True
            def process_request(self, request, address):
                counts["connections"] += 1
                counts["open"] += 1
                super().process_request(request, address)
            def shutdown_request(self, request):
                counts["open"] -= 1
                super().shutdown_request(request)
            def handle_error(self, request, address): pass

        directory = sys.argv[1]
        server = Server(("127.0.0.1", 0), Handler)
        if sys.argv[2] == "tls":
            key, certificate = directory + "/key.pem", directory + "/certificate.pem"
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                            "-subj", "/CN=test", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
                           check=True, capture_output=True)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, key)
            server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)

        announce(server)
        server.serve_forever()
        """#
}
