import FoundationEssentials
import TestKit

/// A mail server in Python that can say no, and writes down every line it hears: ends with this object.
final class MailServer: Sendable {
    enum Kind: String, Sendable { case plain, refusesRecipient, refusesSender, refusesMessage, offersTLS, silent, offersLogin, holdsMessage }

    private let server: PythonServer

    init(_ kind: Kind) async throws { server = try await PythonServer(Self.script, kind.rawValue) }

    var url: String { "smtp://127.0.0.1:\(server.port)/tester.example" }
    var certificate: String { server.path("certificate.pem") }

    /// A server that holds messages says yes to them from here on.
    func release() { _ = FileManager.default.createFile(atPath: server.path("release"), contents: nil) }
    /// From here on it says nothing, though its connections stay.
    func pause() { server.process.pause() }

    /// What it has heard, line by line.
    func log() throws -> [String] {
        let data = FileManager.default.contents(atPath: server.path("log")) ?? Data()
        return String(decoding: data, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    private static let script = #"""
        import socketserver, ssl, subprocess, sys, time

        directory, kind = sys.argv[1], sys.argv[2]
        key, certificate = directory + "/key.pem", directory + "/certificate.pem"
        if kind == "offersTLS":
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                            "-subj", "/CN=test", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
                           check=True, capture_output=True)
        log = open(directory + "/log", "a", buffering=1)
        replies = {"refusesSender": ("MAIL", "451 4.3.0 later"), "refusesRecipient": ("RCPT", "550 5.1.1 unknown"),
                   "refusesMessage": (".", "554 5.6.0 no")}

        class Handler(socketserver.StreamRequestHandler):
            def say(self, text): self.wfile.write(text.encode() + b"\r\n")

            def hear(self):
                line = self.rfile.readline()
                if not line: raise EOFError
                text = line.decode("latin-1").rstrip("\r\n")
                log.write(text + "\n")
                return text

            def reply(self, word, text): self.say(replies[kind][1] if kind in replies and replies[kind][0] == word else text)

            def handle(self):
                if kind == "silent": time.sleep(60)
                self.say("220 test ESMTP")
                try:
                    while True: self.command(self.hear())
                except (EOFError, OSError): pass

            def command(self, line):
                word = line.split(" ")[0].upper()
                if word == "EHLO":
                    is_plain = not isinstance(self.request, ssl.SSLSocket)
                    offer = "STARTTLS" if kind == "offersTLS" and is_plain else "AUTH PLAIN LOGIN" if kind == "offersLogin" else "test"
                    self.say("250-test\r\n250 " + offer)
                elif word == "STARTTLS":
                    self.say("220 go on")
                    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                    context.load_cert_chain(certificate, key)
                    self.request = context.wrap_socket(self.request, server_side=True)
                    self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb", 0)
                elif word in ("MAIL", "RCPT"): self.reply(word, "250 2.1.0 ok")
                elif word == "DATA":
                    self.say("354 go on")
                    while self.hear() != ".": pass
                    while kind == "holdsMessage" and not os.path.exists(directory + "/release"): time.sleep(0.02)
                    self.reply(".", "250 2.0.0 taken")
                elif word == "AUTH": self.say("235 welcome")
                elif word == "QUIT":
                    self.say("221 bye")
                    raise EOFError
                else: self.say("250 ok")

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            request_queue_size = 128
            def handle_error(self, request, address): pass

        server = Server(("127.0.0.1", 0), Handler)
        announce(server)
        server.serve_forever()
        """#
}
