import Courses
import Search
import Synchronization

/// What every verb works with.
struct IndexJob: Sendable {
    let source: MongoListings
    let index: ElasticCourseIndex
    let state: MongoIndexerState
    let stop = StopRequest()
    /// Courses read at a time.
    var pageSize = 500
    /// How long a lease is held without a word of its holder, in milliseconds.
    var leaseMilliseconds = 20_000

    var writer: BulkWriter { BulkWriter(index: index, state: state) }

    /// Runs `body` as the only indexer; says so when another is at work.
    func underLease(_ body: @escaping @Sendable (MongoLease) async throws -> Outcome) async throws -> Outcome {
        switch try await state.acquireLease(milliseconds: leaseMilliseconds) {
        case .held(let owner): Outcome(summary: "another indexer is at work (\(owner)), nothing done")
        case .acquired(let lease): try await lease.hold { try await body(lease) }
        }
    }
}

/// Set once by SIGTERM, looked at between batches.
final class StopRequest: Sendable {
    private let flag = Atomic<Bool>(false)

    func request() { flag.store(true, ordering: .relaxed) }
    var isSet: Bool { flag.load(ordering: .relaxed) }
}

/// Why a run ended without having done its work.
enum IndexerError: Error, Equatable, CustomStringConvertible {
    /// The engine did not take everything, for as long as it was tried.
    case engineBusy(String)
    /// SIGTERM, before there was anything to keep.
    case interrupted
    /// Another indexer took over, since this one was not heard of for too long.
    case leaseLost
    /// The alias was changed by someone else each time that it was made to point at a new index.
    case aliasMoved(from: String)
    /// The index was made for another version of the mapping.
    case otherSchema(index: String)

    var description: String {
        switch self {
        case .engineBusy(let why): "the search engine does not take it: \(why)"
        case .interrupted: "ended by a signal; nothing was put in place"
        case .leaseLost: "this run was not heard of for too long and another indexer may be at work"
        case .aliasMoved(let index): "the alias does not stay with the index \(index): somebody else changes it"
        case .otherSchema(let index): "the index \(index) has another mapping than this program: run lyceum-indexer rebuild"
        }
    }
}
