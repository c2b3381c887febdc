import JOSE
import Loop
import Telemetry
import TestKit
import Testing

@testable import Kit

@Suite struct SigningKeysTests {
    private let folder: TestFolder
    private let start = Timestamp(unixSeconds: 1_795_268_436)

    init() throws { folder = try TestFolder() }

    @discardableResult private func key(_ file: String) throws -> String {
        let key = try SigningKey.generate()
        try folder.write(try key.privateJWK(), to: file)
        return key.kid
    }

    private func read(_ signer: String = "users") throws -> SigningKeys { try #require(try SigningKeys(folder: folder.path, signer: signer)) }

    @Test("a key waits, signs from its moment on, verifies for a quarter of an hour after its successor's, and is over") func life() throws {
        let (first, second, third) = (try key("users.jwk"), try key("users-1795268436.jwk"), try key("users-1795270000.jwk"))
        let keys = try read()
        func phases(_ seconds: Double) -> [SigningKeys.Phase] { keys.phases(at: start.adding(seconds: seconds)).map(\.phase) }
        func published(_ seconds: Double) -> [String] { keys.published(at: start.adding(seconds: seconds)).map(\.kid) }

        #expect(phases(-1) == [.signs, .waits, .waits])
        #expect(published(-1) == [first, second, third], "those that wait are published")
        #expect(keys.signing(at: start.adding(seconds: -1)).kid == first)
        #expect(phases(0) == [.verifies(until: start.adding(seconds: 900)), .signs, .waits])
        #expect(keys.signing(at: start).kid == second)
        #expect(phases(899) == phases(0))
        #expect(published(899) == [first, second, third])
        #expect(phases(900) == [.over, .signs, .waits])
        #expect(published(900) == [second, third])
        #expect(phases(1564).last == .signs)
        #expect(keys.signing(at: start.adding(seconds: 1_000_000)).kid == third)
        #expect(published(1_000_000) == [third])
    }

    @Test("the afterlife of a key is longer than any token's life and the clocks' difference") func afterlife() {
        let token = AccessToken(user: UserID(), roles: [], sessionID: nil, now: start)
        #expect(SigningKeys.afterlifeSeconds > token.expiresAt - token.issuedAt + 60 + SigningKeyFolder.rereadSeconds)
        #expect(SigningKeys.afterlifeSeconds > Double(ServiceTokenSource.lifetimeSeconds) * 1.5 + 60 + SigningKeyFolder.rereadSeconds)
    }

    @Test("when no key's moment has come the first one signs: a clock that is wrong stops nobody") func early() throws {
        let first = try key("users-1795268436.jwk")
        try key("users-1795270000.jwk")
        #expect(try read().signing(at: Timestamp(unixSeconds: 5)).kid == first)
    }

    @Test("files of other signers and other names are none of this signer's") func names() throws {
        let own = try key("users.jwk")
        for name in ["users2.jwk", "users-x.jwk", "users--5.jwk", "users-99999999999.jwk", "users-.jwk", "other-users.jwk", "users.jwk.123", "users.jwks"] {
            try folder.write(Array("no key".utf8), to: name)
        }
        #expect(try read().entries.map(\.key.kid) == [own])
        #expect(try SigningKeys(folder: folder.path, signer: "nobody") == nil)
    }

    @Test("a file that is no key, and a folder that is none, are named") func unreadable() throws {
        try key("users.jwk")
        try folder.write(Array("no key".utf8), to: "users-5.jwk")
        let error = #expect(throws: ConfigurationError.self) { try SigningKeys(folder: folder.path, signer: "users") }
        #expect(error?.problem.contains("users-5.jwk") == true)
        #expect(throws: ConfigurationError.self) { try SigningKeys(folder: folder.path + "/none", signer: "users") }
    }

    @Test("a folder is looked at again after half a minute, and what cannot be read leaves the keys as they were") func rereading() async throws {
        let time = Locked(start)
        let sink = MemorySink()
        let log = Log(service: "t", sink: sink)
        #expect(throws: ConfigurationError.self) { try SigningKeyFolder(folder.path, signer: "users", log: log) }
        let first = try key("users.jwk")
        let keys = try SigningKeyFolder(folder.path, signer: "users", log: log, clock: WallClock { time.withLock { $0 } })
        let second = try key("users-1795268440.jwk")
        time.withLock { $0 = start.adding(seconds: 29.9) }
        #expect(await keys.signing.kid == first)
        time.withLock { $0 = start.adding(seconds: 30) }
        #expect(await keys.signing.kid == second)
        #expect(await keys.published.keys.map(\.kid) == [first, second])

        try folder.write(Array("half a k".utf8), to: "users-1795268441.jwk")
        time.withLock { $0 = start.adding(seconds: 61) }
        #expect(await keys.signing.kid == second)
        #expect(sink.lines.contains { $0.contains("signing keys not read again") && $0.contains("users-1795268441.jwk") })
        let third = try key("users-1795268441.jwk")
        #expect(await keys.signing.kid == second, "it is not looked at again at once")
        time.withLock { $0 = start.adding(seconds: 30) }   // the clock was set back
        #expect(await keys.signing.kid == third)
    }
}
