import Kit
import Telemetry
import Testing
@testable import Delivery

@Suite("Signed paths")
struct SignerTests {
    static let first = "k1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
    static let second = "k2 HxwdHhscGRoXGBUWExQREg8QDQ4LDAkKBwgFBgMEAQI"
    private let now = Timestamp(unixSeconds: 1_800_000_000)

    private func signer(_ keys: String...) throws -> OpenSSLPlaybackSigner { try OpenSSLPlaybackSigner(keyFile: keys.joined(separator: "\n") + "\n") }

    private func sign(_ signer: OpenSSLPlaybackSigner) -> PlaybackPath {
        signer.sign(asset: "a1", hash: "h1", session: "s1", until: now.adding(seconds: 60))
    }

    /// The path as a request has it.
    private func read(_ path: PlaybackPath) throws -> PlaybackPath {
        let parts = path.folder.split(separator: "/").map(String.init)
        #expect(parts.count == 4 && parts[0] == "s")
        return try #require(PlaybackPath(token: parts[1], asset: parts[2], hash: parts[3]))
    }

    @Test("a path that was signed opens its folder until its time is over")
    func opens() throws {
        let signer = try signer(Self.first)
        let path = try read(sign(signer))
        #expect(throws: Never.self) { try signer.check(path, at: now) }
        #expect(throws: Never.self) { try signer.check(path, at: now.adding(seconds: 59)) }
        #expect(throws: OpenSSLPlaybackSigner.Refusal.expired) { try signer.check(path, at: now.adding(seconds: 60)) }
    }

    @Test("a path that was altered anywhere, and one for another folder, opens nothing")
    func altered() throws {
        let signer = try signer(Self.first, Self.second)
        let p = sign(signer)
        let more = String(p.signature.dropLast()) + (p.signature.hasSuffix("A") ? "B" : "A")
        for path in [
            PlaybackPath(expires: p.expires + 1, keyID: p.keyID, session: p.session, signature: p.signature, asset: p.asset, hash: p.hash),
            PlaybackPath(expires: p.expires, keyID: "k2", session: p.session, signature: p.signature, asset: p.asset, hash: p.hash),
            PlaybackPath(expires: p.expires, keyID: p.keyID, session: "s2", signature: p.signature, asset: p.asset, hash: p.hash),
            PlaybackPath(expires: p.expires, keyID: p.keyID, session: p.session, signature: p.signature, asset: "a2", hash: p.hash),
            PlaybackPath(expires: p.expires, keyID: p.keyID, session: p.session, signature: p.signature, asset: p.asset, hash: "h2"),
            PlaybackPath(expires: p.expires, keyID: p.keyID, session: p.session, signature: "", asset: p.asset, hash: p.hash),
            PlaybackPath(expires: p.expires, keyID: p.keyID, session: p.session, signature: more, asset: p.asset, hash: p.hash),
            PlaybackPath(expires: 1, keyID: p.keyID, session: p.session, signature: p.signature, asset: p.asset, hash: p.hash),
        ] { #expect(throws: OpenSSLPlaybackSigner.Refusal.forged) { try signer.check(path, at: now) } }
    }

    @Test("while keys rotate the old one still checks; one that is gone does not")
    func rotation() throws {
        let path = sign(try signer(Self.first))
        let rotated = try signer(Self.second, Self.first)
        #expect(sign(rotated).keyID == "k2")
        #expect(throws: Never.self) { try rotated.check(path, at: now) }
        #expect(throws: OpenSSLPlaybackSigner.Refusal.forged) { try signer(Self.second).check(path, at: now) }
    }

    @Test("what is not spelt as we spell it is no path", arguments: [
        "", "1.k.s", "1.k.s.x.y", "x.k.s.x", "-1.k.s.x", "+1.k.s.x", "01.k.s.x", "0.k.s.x", "1..s.x", "1.k..x", "1.k.s.", "1.k.s/a.x", "1.k.s.x=", "1.k.s.ä",
        "99999999999999999999.k.s.x", "1.k.\(String(repeating: "s", count: 300)).x",
    ])
    func spelling(_ token: String) { #expect(PlaybackPath(token: token, asset: "a", hash: "h") == nil) }

    @Test("names that could be read as two are none", arguments: [("a/b", "h"), ("", "h"), ("a", ""), ("..", "h"), ("a", "h/.."), ("a", "h.x")])
    func names(_ asset: String, _ hash: String) { #expect(PlaybackPath(token: "1.k.s.x", asset: asset, hash: hash) == nil) }

    @Test("a key file that is none is refused at the start", arguments: ["", "\n", "k1", "k1 short", "k.1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", "k1 a b", "k1 !!!!"])
    func keyFile(_ text: String) { #expect(throws: ConfigurationError.self) { try OpenSSLPlaybackSigner(keyFile: text) } }
}
