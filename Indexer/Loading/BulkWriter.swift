import Loop
import Search

/// What became of documents that were sent.
struct WriteCount: Sendable, Equatable {
    var written = 0
    /// The index had the same or a newer version.
    var current = 0
    /// Noted, and never to be taken.
    var refused = 0
    var requests = 0
    var retries = 0

    static func += (left: inout WriteCount, right: WriteCount) {
        left.written += right.written
        left.current += right.current
        left.refused += right.refused
        left.requests += right.requests
        left.retries += right.retries
    }

    /// What a person reads of refused documents; nothing when there are none.
    var refusals: String { refused == 0 ? "" : ", \(refused) REFUSED (see indexer_refused)" }
    /// Of differences: those that were written are gone.
    var mended: String { "\(written) mended\(refusals)" }
}

/// Writes documents until the engine has acknowledged or refused each of them.
struct BulkWriter: Sendable {
    let index: ElasticCourseIndex
    let state: MongoIndexerState
    var maximumCount = 500
    var maximumBytes = 2 << 20
    /// How often something is sent before the engine is given up.
    var attempts = 10
    /// The first pause; later ones double, up to `longestPause`. Milliseconds.
    var firstPause = 100
    var longestPause = 10_000

    func write(_ documents: [IndexedDocument], to name: String? = nil, over rule: VersionRule = .newer) async throws -> WriteCount {
        var count = WriteCount()
        var rest = documents[...]
        while !rest.isEmpty {
            let request = first(of: rest)
            rest = rest.dropFirst(request.count)
            count += try await send(Array(request), name, rule)
        }
        return count
    }

    /// As many as go into one request, at least one.
    private func first(of documents: ArraySlice<IndexedDocument>) -> ArraySlice<IndexedDocument> {
        var bytes = 0
        let fitting = documents.prefix(maximumCount).prefix { document in
            bytes += document.bytes
            return bytes <= maximumBytes
        }
        return fitting.isEmpty ? documents.prefix(1) : fitting
    }

    private func send(_ documents: [IndexedDocument], _ name: String?, _ rule: VersionRule) async throws -> WriteCount {
        var count = WriteCount()
        var waiting = documents
        for attempt in 1... {
            count.requests += 1
            var why = "it took only a part"
            do {
                let result = try await index.write(waiting, to: name, over: rule)
                count.written += result.written
                count.current += result.current
                count.refused += result.refused.count
                try await state.note(result.refused.map { (waiting[$0.index], $0.reason) })
                waiting = result.delayed.map { waiting[$0] }
            } catch let error as ElasticError {
                if error.kind == .refused(status: 413), waiting.count > 1 { return try await halves(of: waiting, name, rule, count) }
                guard [.busy, .unreachable].contains(error.kind) else { throw error }
                why = error.detail
            }
            if waiting.isEmpty { return count }
            guard attempt < attempts else { throw IndexerError.engineBusy(why) }
            count.retries += 1
            try await pause(attempt)
        }
        return count
    }

    /// What is too large for the engine goes in two requests.
    private func halves(of documents: [IndexedDocument], _ name: String?, _ rule: VersionRule, _ before: WriteCount) async throws -> WriteCount {
        var count = before
        count += try await send(Array(documents.prefix(documents.count / 2)), name, rule)
        count += try await send(Array(documents.dropFirst(documents.count / 2)), name, rule)
        return count
    }

    /// Longer each time, and never the same for two that were turned away together.
    private func pause(_ attempt: Int) async throws {
        let most = min(longestPause, firstPause << min(attempt - 1, 10))
        try await Loop.current?.sleep(milliseconds: UInt64.random(in: UInt64(most / 2)...UInt64(most)))
    }
}
