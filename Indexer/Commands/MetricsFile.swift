import Glibc
import Telemetry

/// Leaves the numbers of a run where a collector picks them up (the node exporter's text files).
struct MetricsFile {
    struct Failure: Error, CustomStringConvertible { let description: String }

    let path: String

    func write(_ outcome: Outcome, of verb: String, seconds: Double) throws {
        let metrics = Metrics()
        metrics.gauge("lyceum_indexer_last_end_seconds", help: "When the run ended (Unix time).", labels: ["verb"]).set(Timestamp.now.seconds, verb)
        metrics.gauge("lyceum_indexer_seconds", help: "How long the run took.", labels: ["verb"]).set(seconds, verb)
        let equal = metrics.gauge("lyceum_indexer_equal", help: "1 unless index and MongoDB are known to differ.", labels: ["verb"])
        equal.set(outcome.isEqual ? 1 : 0, verb)
        metrics.gauge("lyceum_indexer_read", help: "Changes or courses read from MongoDB.", labels: ["verb"]).set(Double(outcome.read), verb)
        let documents = metrics.gauge("lyceum_indexer_documents", help: "Documents sent, by what became of them.", labels: ["verb", "outcome"])
        documents.set(Double(outcome.written.written), verb, "written")
        documents.set(Double(outcome.written.current), verb, "current")
        documents.set(Double(outcome.written.refused), verb, "refused")
        let requests = metrics.gauge("lyceum_indexer_requests", help: "Bulk requests, and those that were repeated.", labels: ["verb", "kind"])
        requests.set(Double(outcome.written.requests), verb, "all")
        requests.set(Double(outcome.written.retries), verb, "repeated")
        try replace(with: metrics.text())
    }

    /// A reader sees the old file or the new one.
    private func replace(with bytes: [UInt8]) throws {
        let new = path + ".new"
        guard let file = fopen(new, "we") else { throw Failure(description: "\(new): \(String(cString: strerror(errno)))") }
        let count = fwrite(bytes, 1, bytes.count, file)
        guard fclose(file) == 0, count == bytes.count, rename(new, path) == 0 else { throw Failure(description: "\(path) cannot be written") }
    }
}

extension Timestamp {
    fileprivate var seconds: Double { Double(microseconds) / 1_000_000 }
}
