import Glibc
import JOSE
import Loop
import Telemetry
import TestKit
import Testing
@testable import Kit
@testable import Server

@Suite("Keys and their rotation")
struct KeyFolderTests {
    private let folder: TestFolder
    private let start = Timestamp(unixSeconds: 1_795_268_436)

    init() throws { folder = try TestFolder() }

    private func keys() throws -> KeyFolder { try KeyFolder(folder.path + "/keys") }
    private func phases(of signer: String, at time: Timestamp) throws -> [SigningKeys.Phase] {
        try keys().keys(at: time).filter { $0.entry.file.hasPrefix(signer) }.map(\.phase)
    }

    @Test("generating makes what is missing and leaves what is there") func generating() throws {
        try keys().complete(at: start)
        let names = folder.names(in: folder.path + "/keys")
        #expect(names.contains("users-signing.jwk") && names.contains("service-courses.jwk") && names.contains("playback.keys"))
        let before = try names.filter { $0 != "services.jwks.json" }.map { try TestFolder.read("\(folder.path)/keys/\($0)") }
        try keys().complete(at: start)
        #expect(try names.filter { $0 != "services.jwks.json" }.map { try TestFolder.read("\(folder.path)/keys/\($0)") } == before)
        let services = try ServiceKeys(jwks: try TestFolder.read(folder.path + "/keys/services.jwks.json"))
        #expect(services.keys.keys.count == KeyFolder.signers.count - 1)
    }

    @Test("a rotation adds a key that waits; the next one does nothing until it signs, and removes the old one when it is over") func rotation() throws {
        try keys().complete(at: start)
        let first = try keys().rotate(leadSeconds: 900, at: start)
        #expect(first.map(\.signer) == KeyFolder.signers)
        #expect(first.allSatisfy { $0.change == .added(signsFrom: start.adding(seconds: 900)) })
        #expect(try phases(of: "users-signing", at: start) == [.signs, .waits])
        #expect(try keys().rotate(leadSeconds: 900, at: start).allSatisfy { $0.change == .underWay(signsFrom: start.adding(seconds: 900)) })
        #expect(try phases(of: "service-media", at: start) == [.signs, .waits])

        let later = start.adding(seconds: 1799)
        _ = try keys().rotate(leadSeconds: 900, at: later)
        #expect(try phases(of: "users-signing", at: later) == [.verifies(until: start.adding(seconds: 1800)), .signs, .waits])
        let over = start.adding(seconds: 10_000)
        _ = try keys().rotate(leadSeconds: 900, at: over)
        #expect(try phases(of: "users-signing", at: over) == [.signs, .waits])
        // What is gone is not made again.
        try keys().complete(at: over)
        #expect(try phases(of: "users-signing", at: over) == [.signs, .waits])
    }

    @Test("a key whose file is removed is in no set any more") func removed() throws {
        try keys().complete(at: start)
        let stolen = try SigningKey.load(try TestFolder.read(folder.path + "/keys/service-media.jwk")).publicKey.kid
        _ = try keys().rotate(leadSeconds: 0, at: start)
        #expect(try phases(of: "service-media", at: start) == [.verifies(until: start.adding(seconds: 900)), .signs])
        unlink(folder.path + "/keys/service-media.jwk")
        try keys().complete(at: start)
        #expect(try phases(of: "service-media", at: start) == [.signs])
        let services = try ServiceKeys(jwks: try TestFolder.read(folder.path + "/keys/services.jwks.json"))
        #expect(services.keys[stolen] == nil)
    }

    @Test("through a rotation each call between services is let in by one that asks for keys once a minute") func calls() async throws {
        try keys().complete(at: start)
        let (time, path) = (Locked(start), folder.path + "/keys")
        let clock = WallClock { time.withLock { $0 } }
        let log = Log(service: "t", sink: MemorySink())
        let media = try SigningKeyFolder(path, signer: "service-media", log: log, clock: clock)
        let source = ServiceTokenSource(service: "media", clock: clock) { await media.signing }
        let reads = Locked(0)
        let callee = Authenticator(
            service: "courses", userKeys: { [] }, serviceKeys: {
                reads.withLock { $0 += 1 }
                return try await MountedFile.aside { try MountedFile.read(path + "/services.jwks.json") }
            }, log: log, clock: clock, leewaySeconds: 30, remembering: 100, times: KeyCacheTimes(),
            now: { Int(time.withLock { $0 } - start) * 1000 })
        var signers: Set<String> = []
        for second in stride(from: 0, through: 2400, by: 10) {
            time.withLock { $0 = start.adding(seconds: Double(second)) }
            if second == 10 || second == 2000 { _ = try keys().rotate(leadSeconds: 900, at: clock.now()) }
            let token = try await source.token(for: "courses")
            signers.insert(await media.signing.kid)
            do {
                let caller = try await callee.principal(for: .service(["media"]), authorization: ["Bearer \(token)"])
                #expect(caller?.kind == .service("media"))
            } catch { Issue.record("second \(second): \(error.status)") }
        }
        #expect(signers.count == 2)
        #expect((2...60).contains(reads.withLock { $0 }), "at most one read a minute")
    }
}
