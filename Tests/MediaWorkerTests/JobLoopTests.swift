import Glibc
import JSON
import Kit
import MediaAPI
@testable import MediaWorker
import Telemetry
import Testing
import TestKit

/// Jobs from the lease to the report, with the real child process.
@Suite(.serialized) struct JobLoopTests {
    static let clip = Result { try WorkerBench.clip() }

    @Test("a video becomes objects, the master playlist last, and then the media service is told")
    func complete() async throws {
        let bench = try WorkerBench(), asset = AssetID()
        let job = try await bench.upload(try Self.clip.get(), as: asset)
        try await bench.run { #expect(await bench.reaches(.done, job)) }

        let done = try #require(bench.queue.reports("complete").first)
        let path = try #require(done.body["stream"]?["path"]?.stringValue)
        #expect(path.hasPrefix("streams/\(asset)/") && path.split(separator: "/").last?.count == 32)
        let order = bench.journal.all.filter { $0 != "heartbeat" }
        #expect(order.suffix(2) == ["put \(path)/master.m3u8", "complete"])
        let names = order.dropLast().map { String($0.split(separator: "/").last ?? "") }
        let lastSegment = try #require(names.lastIndex { $0.hasSuffix(".m4s") || $0.hasSuffix("_init.mp4") })
        let firstPlaylist = try #require(names.firstIndex { $0.hasSuffix(".m3u8") })
        #expect(lastSegment < firstPlaylist && names.contains("poster.jpg") && names.contains("manifest.json"))

        let stream = try #require(done.body["stream"]?.objectValue)
        #expect(stream["durationMs"]?.intValue == 3000 && stream["width"]?.intValue == 160 && stream["height"]?.intValue == 90)
        #expect(stream["renditions"]?.arrayValue?.compactMap { $0["name"]?.stringValue }.last == "audio")
        let sizes = try await bench.streams().filter { !$0.key.hasSuffix("manifest.json") }.values.reduce(0) { $0 + $1.count }
        #expect(stream["bytes"]?.intValue == sizes)
        #expect(bench.isClean && bench.metrics.count(.completed) == 1)
    }

    @Test("lines and calls of a job carry the trace of its upload")
    func trace() async throws {
        let bench = try WorkerBench()
        let job = try await bench.upload(Array("no video".utf8))
        try await bench.run { #expect(await bench.reaches(.refused, job)) }
        let told = try #require(bench.queue.reports("refuse").first?.trace)
        #expect(told.traceIDText == bench.queue.trace.traceIDText && told.spanID != bench.queue.trace.spanID && told.isSampled)
        let lines = bench.lines.lines.filter { $0.contains("\(job)") }
        #expect(lines.count >= 3 && lines.allSatisfy { $0.contains("\"traceId\":\"\(told.traceIDText)\"") })
        #expect(!bench.lines.lines.contains { $0.contains("lecture.mp4") })
    }

    @Test("the same upload done again has the same names and bytes")
    func again() async throws {
        let asset = AssetID()
        var runs: [[String: [UInt8]]] = []
        for _ in 0..<2 {
            let bench = try WorkerBench()
            let job = try await bench.upload(try Self.clip.get(), as: asset)
            try await bench.run { #expect(await bench.reaches(.done, job)) }
            runs.append(try await bench.streams())
        }
        #expect(runs[0] == runs[1] && runs[0].count > 8)
    }

    @Test("a job that was done before, whose report was lost, is done again in its place")
    func overItself() async throws {
        let bench = try WorkerBench(), asset = AssetID()
        let first = try await bench.upload(try Self.clip.get(), as: asset), second = bench.queue.add(asset)
        try await bench.run {
            #expect(await bench.reaches(.done, first))
            #expect(await bench.reaches(.done, second))
        }
        let paths = Set(bench.queue.reports("complete").compactMap { $0.body["stream"]?["path"]?.stringValue })
        #expect(paths.count == 1)
        #expect(try await bench.streams().keys.allSatisfy { $0.hasPrefix(paths.first ?? "?") })
    }

    @Test("what is no video is refused with a reason and a sentence, and nothing is published", arguments: [
        ("", "empty"), ("this is a text", "notMedia"), ("#EXTM3U\n#EXTINF:4,\n/etc/passwd\n#EXT-X-ENDLIST\n", "formatNotAllowed"),
    ])
    func refuse(text: String, reason: String) async throws {
        let bench = try WorkerBench()
        let job = try await bench.upload(Array(text.utf8))
        try await bench.run { #expect(await bench.reaches(.refused, job)) }
        let told = try #require(bench.queue.reports("refuse").first)
        #expect(told.body["reason"]?.stringValue == reason)
        #expect(told.body["detail"]?.stringValue.map { $0.hasSuffix(".") && $0.count > 20 } == true)
        #expect(try await bench.streams().isEmpty)
        #expect(bench.isClean && bench.metrics.count(.refused) == 1)
    }

    @Test("as many jobs run at once as there are slots")
    func slots() async throws {
        let marks = try TestFolder()
        let bench = try WorkerBench(script: "touch \(marks.path)/$$; exec sleep 60", slots: 2)
        for _ in 0..<3 { _ = try await bench.upload([1]) }
        try await bench.run {
            #expect(await eventually(within: .seconds(30)) { marks.names().count == 2 })
            try await Task.sleep(for: .milliseconds(300))
            #expect(marks.names().count == 2)
        }
        #expect(bench.metrics.count(.released) == 2)
    }
}
