import Glibc
import Loop
import Mongo
import Search
import TestKit
import Testing
@testable import Indexer

@Suite("lyceum-indexer", .serialized)
struct ProgramTests {
    @Test("Exit codes: 2 for a command line or a configuration that is not understood, 1 when a server is away, 3 for a difference, 0 for none")
    func exitCodes() async throws {
        try await Workshop.with { shop in
            let program = try IndexerBinary(shop)
            #expect(try program.run("sink").status == 2)
            #expect(try program.run("sync", ["LYCEUM_MONGO_URL": "http://x"]).status == 2)
            let away = try program.run("sync", ["LYCEUM_ELASTICSEARCH_URL": "http://127.0.0.1:\(freePort())"])
            #expect(away.status == 1 && away.errors.contains("unreachable"))
            #expect(try program.run("verify").status == 3)
            try await shop.add(4)
            let rebuilt = try program.run("rebuild")
            #expect(rebuilt.status == 0 && rebuilt.text.hasPrefix("rebuild: 4 courses in \(shop.database)-v1-"))
            let verified = try program.run("verify")
            #expect(verified.status == 0 && verified.text.hasPrefix("verify: 4 courses: 0 missing, 0 extra, 0 stale, "))
            #expect(verified.text.split(separator: "\n").count == 1)
        }
    }

    @Test("Help names the verbs, the exit codes and the variables")
    func help() throws {
        let help = try IndexerBinary().run("--help")
        for word in ["sync", "rebuild", "verify", "Exit codes", "LYCEUM_MONGO_URL", "LYCEUM_ELASTICSEARCH_URL"] {
            #expect(help.text.contains(word), "\(word)")
        }
        #expect(try IndexerBinary().run("help verify").text.contains("--repair"))
    }

    @Test("Killed at any moment and run again, it loses nothing")
    func killed() async throws {
        try await Workshop.with { shop in
            try await shop.add(400)
            let program = try IndexerBinary(shop)
            let ids = try await shop.ids()
            _ = try program.run("rebuild")
            for round in 0..<6 {
                for id in ids.shuffled().prefix(40) { try await shop.enroll(in: id) }
                let server = try program.start(round % 2 == 0 ? "sync" : "rebuild")
                usleep(UInt32.random(in: 20_000...600_000))
                server.end(SIGKILL)
            }
            // The lease of the one that was killed runs out.
            let isFree = try await eventually(within: .seconds(20)) { try !program.run("sync").text.contains("another indexer") }
            #expect(isFree)
            #expect(try program.run("verify").status == 0)
        }
    }

    @Test("SIGTERM ends a rebuild with nothing put in place")
    func terminated() async throws {
        try await EngineDoor.with { door, shop in
            try await shop.add(600)
            let program = try IndexerBinary(shop)
            _ = try program.run("rebuild")
            let before = try await shop.index.target()
            // Its first page is held back until it has heard the signal.
            let (isLoading, isTold) = (Locked(false), Locked(false))
            door.once({ $0 == "POST /_bulk" }) { forward in
                isLoading.withLock { $0 = true }
                _ = await eventually(within: .seconds(25)) { isTold.withLock { $0 } }
                return try await forward()
            }
            let rebuild = try program.start("rebuild")
            #expect(await eventually(within: .seconds(30)) { isLoading.withLock { $0 } })
            kill(rebuild.id, SIGTERM)
            // It lives on meanwhile: who renews a lease twice after a signal has had a turn in which to hear it.
            for _ in 0..<2 { #expect(try await renewsLease(shop)) }
            isTold.withLock { $0 = true }
            rebuild.end(SIGTERM)
            #expect(try await shop.index.target() == before)
            #expect(try await shop.index.indexes().map(\.text) == [before?.name])
            #expect(try program.run("verify").status == 0)
        }
    }

    private func renewsLease(_ shop: Workshop) async throws -> Bool {
        let before = try await shop.collection("indexer_leases").findOne([:])?.value("until")
        return try await eventually { try await shop.collection("indexer_leases").findOne([:])?.value("until") != before }
    }

    @Test("The numbers of a run are left as Prometheus text")
    func metrics() async throws {
        try await Workshop.with { shop in
            try await shop.add(3)
            let folder = try TestFolder()
            let file = "\(folder.path)/indexer.prom"
            #expect(try IndexerBinary(shop).run("rebuild", ["LYCEUM_INDEXER_METRICS_FILE": file]).status == 0)
            let text = String(decoding: try TestFolder.read(file), as: UTF8.self)
            #expect(text.contains("lyceum_indexer_documents{verb=\"rebuild\",outcome=\"written\"} 3"))
            #expect(text.contains("lyceum_indexer_equal{verb=\"rebuild\"} 1"))
        }
    }
}
