import FoundationEssentials
import Glibc
import TestKit

/// A web server in Python, so that what libcurl is told is heard by somebody else: ends with this object.
final class WebServer: Sendable {
    let port: UInt16
    let directory: URL
    private let process: ServerProcess

    /// The one for tests that neither count nor break anything.
    static var shared: WebServer { get async throws { try await started.value } }
    private static let started = Task { try await WebServer() }

    /// `tls`: with a certificate of its own making for 127.0.0.1, in `certificate`.
    init(tls: Bool = false) async throws {
        port = freePort()
        directory = FileManager.default.temporaryDirectory.appending(path: uniqueName("lyceum_web"))
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let script = directory.appending(path: "server.py")
        try Data(Self.script.utf8).write(to: script)
        process = try ServerProcess("python3", ["-u", script.path, "\(port)", tls ? directory.path : ""])
        guard await eventually(within: .seconds(30), { isListening(port) }) else {
            throw ServerProcess.Failure("python3 serves nothing: apt-get install python3 openssl")
        }
    }

    deinit {
        process.end()
        try? FileManager.default.removeItem(at: directory)
    }

    var certificate: String { directory.appending(path: "certificate.pem").path }
    func url(_ path: String, user: String = "") -> String { "http://\(user)127.0.0.1:\(port)\(path)" }
    func pause() { process.pause() }
    func end() { process.end() }

    private static let script = #"""
        import gzip, json, os, socket, ssl, subprocess, sys, threading, time
        from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

        counts = {"connections": 0, "requests": 0, "open": 0}

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 30
            disable_nagle_algorithm = True

            def log_message(self, *args): pass

            def answer(self, body=b"", status=200, fields=(), length=None):
                self.send_response(status)
                for name, value in fields: self.send_header(name, value)
                self.send_header("Content-Length", str(len(body) if length is None else length))
                self.end_headers()
                if self.command != "HEAD": self.wfile.write(body)

            def handle_any(self):
                counts["requests"] += 1
                length = int(self.headers.get("Content-Length", 0))
                body = self.rfile.read(length)
                word, _, rest = self.path[1:].partition("/")
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
                elif word == "gzip": self.answer(gzip.compress(b"z" * int(rest)), 200, [("Content-Encoding", "gzip")])
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
                elif word == "hangup":
                    self.answer(b"x", 200, [("Connection", "close")])
                    self.close_connection = True
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

        server = Server(("127.0.0.1", int(sys.argv[1])), Handler, bind_and_activate=False)
        if sys.argv[2]:
            key, certificate = sys.argv[2] + "/key.pem", sys.argv[2] + "/certificate.pem"
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                            "-subj", "/CN=test", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
                           check=True, capture_output=True)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, key)
            server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        server.allow_reuse_address = True
        server.server_bind()
        server.server_activate()

        parent = os.getppid()
        def end_with_parent():
            while os.getppid() == parent: time.sleep(0.5)
            os._exit(0)
        threading.Thread(target=end_with_parent, daemon=True).start()
        server.serve_forever()
        """#
}

/// Whether something takes connections on the port of 127.0.0.1.
func isListening(_ port: UInt16) -> Bool {
    let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    return withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 }
    }
}
