import HTTP
import JSON
import Loop
import Mongo
import Search
import Testing
@testable import Indexer

@Suite("Bulk writer")
struct BulkWriterTests {
    private func documents(_ count: Int) -> [IndexedDocument] { (0..<count).map { IndexedDocument(markOf: "id-\($0)", version: 1) } }

    @Test("Only what the engine did not take is sent again, after a pause, until all of it is taken")
    func partly() async throws {
        try await FakeEngine.with(answer: { number, items in
            if number == 1 { return .status(503) }
            return .items(items.enumerated().map { number < 5 && $0.offset % 3 == 0 ? 429 : 201 })
        }) { engine, shop in
            var writer = shop.job.writer
            writer.firstPause = 1
            let count = try await writer.write(documents(90))
            #expect(count == WriteCount(written: 90, requests: 5, retries: 4))
            #expect(engine.sizes == [90, 90, 30, 10, 4])
        }
    }

    @Test("An engine that never takes it is given up, and nothing counts as done")
    func givenUp() async throws {
        try await FakeEngine.with(answer: { _, items in .items(items.map { _ in 429 }) }) { engine, shop in
            var writer = shop.job.writer
            (writer.firstPause, writer.attempts) = (1, 4)
            await #expect(throws: IndexerError.engineBusy("it took only a part")) { _ = try await writer.write(documents(3)) }
            #expect(engine.sizes == [3, 3, 3, 3])
        }
    }

    @Test("Requests are bounded by count and by bytes; what is too large for the engine is halved")
    func sizes() async throws {
        try await FakeEngine.with(answer: { _, items in items.count > 30 ? .status(413) : .items(items.map { _ in 201 }) }) { engine, shop in
            var writer = shop.job.writer
            writer.maximumCount = 40
            #expect(try await writer.write(documents(100)).written == 100)
            #expect(engine.sizes == [40, 20, 20, 40, 20, 20, 20])
            writer.maximumBytes = 1000
            _ = try await writer.write(documents(10))
            #expect(engine.sizes.dropFirst(7).allSatisfy { $0 < 8 } && engine.sizes.dropFirst(7).reduce(0, +) == 10)
        }
    }

    @Test("What will never be taken is noted with its reason, and the rest is written; versions that are there already count as done")
    func refused() async throws {
        try await FakeEngine.with(answer: { _, items in .items(items.enumerated().map { [201, 400, 409][$0.offset % 3] }) }) { _, shop in
            let count = try await shop.job.writer.write(documents(9))
            #expect(count == WriteCount(written: 3, current: 3, refused: 3, requests: 1))
            let noted = try await shop.collection("indexer_refused").find().items
            #expect(try noted.map { try $0.string("reason") } == ["because", "because", "because"])
        }
    }
}

/// An engine of which only `_bulk` is there, and answers as a test says.
private final class FakeEngine: Sendable {
    enum Answer { case status(Int), items([Int]) }
    private let requests = Locked<[Int]>([])
    var sizes: [Int] { requests.withLock { $0 } }

    /// `answer` is given the number of the request, from 1, and its ids.
    static func with(
        answer: @escaping @Sendable (_ number: Int, _ items: [String]) -> Answer,
        _ body: @escaping @Sendable @concurrent (FakeEngine, Workshop) async throws -> Void
    ) async throws {
        let engine = FakeEngine()
        var router = Router()
        router.on("POST", "/_bulk") { request in
            guard let bytes = try? await request.body(upTo: 8 << 20) else { return Response(status: 400) }
            let lines = bytes.split(separator: 0x0A)
            let ids = stride(from: 0, to: lines.count, by: 2).compactMap { try? JSONValue.parse(Array(lines[$0]))["index"]?["_id"]?.stringValue }
            let number = engine.requests.withLock { requests in
                requests.append(ids.count)
                return requests.count
            }
            switch answer(number, ids) {
            case .status(let status): return Response(status: status)
            case .items(let statuses):
                let items = statuses.map { status -> JSONValue in ["index": ["status": .int(status), "error": ["reason": "because"]]] }
                let headers: [(name: StaticString, value: String)] = [("content-type", "application/json")]
                return Response(status: 200, headers: headers, body: .bytes(JSONValue.object(["items": .array(items)]).jsonBuffer))
            }
        }
        let loops = LoopGroup(count: 1)
        let result = await Workshop.serving(router, on: loops) { try await body(engine, $0) }
        await loops.shutdown()
        try result.get()
    }
}
