import Courses
import Mongo
import Search

/// Reads all courses and writes them into a new index: one page is written while the next is read.
struct Load: Sendable {
    let job: IndexJob
    let name: String

    func callAsFunction() async throws -> WriteCount {
        let (job, name) = (job, name)
        return try await withThrowingTaskGroup(of: WriteCount.self) { group in
            var total = WriteCount()
            var underWay = 0
            for try await page in job.source.pages(size: job.pageSize) {
                if job.stop.isSet { throw IndexerError.interrupted }
                let documents = try await job.source.listings(of: page.items).map { IndexedDocument(IndexedCourse($0)) }
                if underWay == 2, let count = try await group.next() {
                    total += count
                    underWay -= 1
                    try Self.check(total)
                }
                group.addTask { try await job.writer.write(documents, to: name) }
                underWay += 1
            }
            for try await count in group { total += count }
            return total
        }
    }

    /// When the engine refuses most of it there is no use in going on.
    private static func check(_ total: WriteCount) throws {
        if total.refused * 20 > total.refused + total.written, total.refused >= 25 {
            let sent = total.refused + total.written
            throw ElasticError(.refused(status: 400), "it refuses \(total.refused) of the first \(sent) courses; see indexer_refused")
        }
    }
}
