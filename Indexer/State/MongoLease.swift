import Kit
import Loop
import Mongo
import Telemetry

/// The right to be the only indexer of an alias, for some seconds at a time. Who holds it later has a greater fence.
struct MongoLease: Sendable {
    let leases: MongoCollection
    let name: String
    let fence: Int
    /// In milliseconds.
    let term: Int

    private var mine: BSONDocument { ["_id": .string(name), "fence": .int(fence)] }

    /// Holds it as long as `body` runs, and lets it go afterwards. When it is lost, `body` is cancelled and `.leaseLost` thrown.
    func hold<R: Sendable>(_ body: @escaping @Sendable () async throws -> R) async throws -> R {
        let result: Result<R, any Error>
        do {
            result = .success(try await withThrowingTaskGroup(of: R?.self) { group in
                group.addTask { try await body() }
                group.addTask {
                    try await keep()
                    return nil
                }
                defer { group.cancelAll() }
                while let ended = try await group.next() { if let value = ended { return value } }
                throw IndexerError.leaseLost
            })
        } catch {
            result = .failure(error)
        }
        // Also when this run was cancelled: nobody should have to wait for the term to run out.
        try? await toItsEnd { try await release() }
        return try result.get()
    }

    /// Renews it three times a term. A server that is away is tried again until the term is over.
    private func keep() async throws {
        var until = Timestamp.now.adding(seconds: Double(term) / 1000)
        while let loop = Loop.current {
            // Two renewals may fail before the term is over.
            try await loop.sleep(milliseconds: UInt64(term / 3))
            let begun = Timestamp.now
            do {
                try await renew()
                until = begun.adding(seconds: Double(term) / 1000)
            } catch let error as MongoError {
                if Timestamp.now > until { throw error }
            }
        }
    }

    /// Throws `.leaseLost` when another has it.
    func renew() async throws {
        let renewed = try await leases.updateOne(mine, .pipeline([["$set": ["until": ["$add": ["$$NOW", .int(term)]]]]]))
        if renewed.matched == 0 { throw IndexerError.leaseLost }
    }

    private func release() async throws {
        try await leases.updateOne(mine, ["$set": ["until": .date(Timestamp(microseconds: 0))]])
    }
}
