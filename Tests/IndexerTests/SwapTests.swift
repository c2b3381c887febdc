import HTTP
import Loop
import Mongo
import Search
import Testing
@testable import Indexer

/// What goes wrong while the alias is changed.
@Suite("Swap of indexes")
struct SwapTests {
    enum Failure: CaseIterable { case leaseLost, answerLost, pruning }

    private static let swap: @Sendable (String) -> Bool = { $0 == "POST /_aliases" }
    private static func creation(of name: String) -> @Sendable (String) -> Bool { { $0 == "PUT /\(name)" } }

    @Test("What fails after the swap leaves the new index in use, and the next run goes on", arguments: Failure.allCases)
    func failureAfterSwap(failure: Failure) async throws {
        try await EngineDoor.with { door, shop in
            try await shop.add(3)
            _ = try await shop.rebuild()
            let before = try await shop.index.targets()
            switch failure {
            case .leaseLost:
                // The checkpoint of another, whose lease is later.
                door.once(Self.swap) { forward in
                    let answer = try await forward()
                    try await shop.collection("indexer_checkpoints").updateOne([:], ["$inc": ["fence": 100]])
                    return answer
                }
            case .answerLost:
                door.once(Self.swap) { forward in
                    _ = try await forward()
                    return Response(status: 504)
                }
            case .pruning: door.once({ $0.hasPrefix("DELETE ") }) { _ in Response(status: 503) }
            }
            await #expect(throws: (any Error).self) { _ = try await shop.rebuild(kept: 0) }
            let after = try await shop.index.targets()
            #expect(after.count == 1 && after != before)
            try await shop.collection("indexer_checkpoints").updateOne([:], ["$set": ["fence": 0]])
            _ = try await shop.sync()
            #expect(try await shop.verify().isEqual)
            #expect(try await shop.index.targets() == after)
        }
    }

    @Test("What fails before the swap leaves nothing behind")
    func failureBeforeSwap() async throws {
        try await EngineDoor.with { door, shop in
            try await shop.add(3)
            _ = try await shop.rebuild()
            let before = try await shop.index.targets()
            door.once(Self.swap) { _ in Response(status: 503) }
            await #expect(throws: ElasticError.self) { _ = try await shop.rebuild() }
            #expect(try await shop.index.targets() == before)
            #expect(try await shop.index.indexes().map(\.text) == before)
        }
    }

    @Test("The first index, made where none was, does not take the place of one that a rebuild put there meanwhile")
    func firstIndexComesLate() async throws {
        try await EngineDoor.with { door, shop in
            try await shop.add(3)
            door.once(Self.creation(of: IndexName.first(alias: shop.database).text)) { forward in
                let answer = try await forward()
                _ = try await shop.rebuild()
                return answer
            }
            try await shop.index.ensure()
            #expect(try await shop.index.count() == 3)
            #expect(try await shop.sync().summary == "nothing to do (0 changes read)")
        }
    }

    @Test("A first index that comes beside the rebuilt one is moved away: by the rebuild, or else by the next sync", arguments: [true, false])
    func firstIndexComesBeside(isRebuildLast: Bool) async throws {
        try await EngineDoor.with { door, shop in
            try await shop.add(3)
            // Whose change of the alias was decided on first comes last.
            door.once(Self.swap) { forward in
                if isRebuildLast { try await shop.index.ensure() } else { _ = try await shop.rebuild() }
                return try await forward()
            }
            if isRebuildLast { _ = try await shop.rebuild() } else { try await shop.index.ensure() }
            #expect(try await shop.index.targets().count == (isRebuildLast ? 1 : 2))
            #expect(try await shop.sync().summary == "nothing to do (0 changes read)")
            #expect(try await shop.index.targets().count == 1)
            #expect(try await shop.verify().isEqual)
        }
    }

    @Test("Whether loads were left unfinished is not known while the engine is busy")
    func unfinishedWhileBusy() async throws {
        try await EngineDoor.with { door, shop in
            let name = "\(shop.database)-v1-20200101t000000z"
            _ = try await shop.index.create(name, forLoading: true)
            door.once({ $0.hasSuffix("/_settings") }) { _ in Response(status: 503) }
            await #expect(throws: ElasticError.self) { _ = try await shop.index.unfinished() }
            #expect(try await shop.index.unfinished().map(\.text) == [name])
        }
    }
}
