import CoursesAPI
import Kit
import Telemetry

/// Loads a catalogue into the platform: each line becomes a published course, told of like any other.
///
/// It can be stopped at any moment and started again: how far it came is kept with each batch, and a course that is there already is left alone.
struct ImportCatalogue: Sendable {
    /// Courses that are written in one transaction.
    static let batchSize = 250

    struct Progress: Sendable, Equatable {
        var lines = 0
        var added = 0
        var alreadyThere = 0
        var bad = 0
    }

    let store: any ImportStore
    let clock: WallClock
    /// Hears of each line that is skipped.
    let reportBad: @Sendable (_ line: Int, _ why: String) -> Void
    /// Hears of each batch.
    let report: @Sendable (Progress) -> Void

    /// `file` names the catalogue: the same name and content go on where the last run ended. `nextLine` gives its lines, nil at the end.
    func callAsFunction(file: String, nextLine: () throws -> CatalogueInput?) async throws -> Progress {
        var progress = Progress()
        let done = try await store.linesDone(of: file)
        var batch: [CatalogueLine] = []
        while let input = try nextLine() {
            progress.lines += 1
            if progress.lines <= done {
                progress.alreadyThere += 1
                continue
            }
            do { if let line = try Self.read(input) { batch.append(line) } } catch {
                progress.bad += 1
                reportBad(progress.lines, "\(error)")
            }
            if batch.count == Self.batchSize { try await write(&batch, file, &progress) }
        }
        try await write(&batch, file, &progress)
        return progress
    }

    /// Nil for an empty line.
    private static func read(_ input: CatalogueInput) throws -> CatalogueLine? {
        switch input {
        case .tooLong: throw TooLong()
        case .line(let bytes): bytes.isEmpty ? nil : try CatalogueLine(bytes)
        }
    }

    private struct TooLong: Error, CustomStringConvertible {
        let description = "it is too long"
    }

    private func write(_ batch: inout [CatalogueLine], _ file: String, _ progress: inout Progress) async throws {
        var seen: Set<String> = []
        let lines = batch.filter { seen.insert($0.key).inserted }
        let added = try await store.add(lines, of: file, linesDone: progress.lines, at: clock.now())
        progress.added += added
        progress.alreadyThere += batch.count - added
        batch.removeAll(keepingCapacity: true)
        report(progress)
    }
}

/// Where an import keeps its courses and how far it came.
protocol ImportStore: Sendable {
    func linesDone(of file: String) async throws -> Int
    /// Adds the courses that are not there yet, their categories and events, and the number of lines done, in one transaction. How many were added.
    func add(_ lines: [CatalogueLine], of file: String, linesDone: Int, at time: Timestamp) async throws -> Int
}
