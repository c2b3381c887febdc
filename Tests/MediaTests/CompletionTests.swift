import JSON
import Kit
import Loop
import MediaAPI
import Telemetry
import TestKit
import TestRoutes
import Testing
@testable import Media

@Suite("The end of an upload, and what a crash leaves of it")
struct CompletionTests {
    struct Crash: Error {}

    private func sweep(_ bench: MediaBench) async throws {
        let sweep = SweepUploads(receive: bench.receive, log: Log(service: "test", level: .error, sink: MemorySink()))
        try await bench.onLoop { try await sweep() }
    }

    /// An upload whose bytes are all here, but that was not completed.
    private func whole(_ bench: MediaBench, _ bytes: [UInt8]) async throws -> String {
        let path = try await bench.begin(length: bytes.count)
        let id = try MediaBench.id(path)
        let crashing = bench.interrupted(InterruptedStore(base: bench.store, beforeCompletion: { throw Crash() }))
        await #expect(throws: Crash.self) {
            try await bench.onLoop {
                var pieces = [bytes]
                _ = try await crashing.append(to: id, of: MediaBench.ann.userID!, at: 0) { pieces.isEmpty ? nil : pieces.removeFirst() }
            }
        }
        #expect(await bench.offset(path) == bytes.count)
        #expect(try await bench.count("select count(*) from jobs") == 0)
        return path
    }

    @Test("a file that is longer than what was promised is cut to it")
    func longerFile() async throws {
        try await MediaBench.with { bench in
            let path = try await bench.begin(length: 10)
            #expect(await bench.patch(path, at: 0, film(4)).status == 204)
            try bench.folder.write(film(4) + [7, 7, 7, 7, 7, 7, 7, 7, 7], to: ".uploads/\(path.suffix(36))")
            #expect(await bench.offset(path) == 4)
            #expect(await bench.patch(path, at: 4, Array(film(6)[4...])).status == 204)
            #expect(try TestFolder.read(bench.spooled(path)) == film(6))
            #expect(await bench.patch(path, at: 6, Array(film(10)[6...])).status == 204)
            #expect(try bench.original() == film(10))
        }
    }

    @Test("a file that is shorter than what was promised, or gone, is not filled with zeros: 410")
    func shorterFile() async throws {
        try await MediaBench.with { bench in
            for damage in [
                { path in try bench.folder.write(film(3), to: ".uploads/\(path.suffix(36))") },
                { path in _ = try TestProgram.run("rm", [bench.spooled(path)]) },
            ] as [@Sendable (String) throws -> Void] {
                let path = try await bench.begin(length: 10)
                #expect(await bench.patch(path, at: 0, film(4)).status == 204)
                try damage(path)
                let answer = await bench.patch(path, at: 4, Array(film(10)[4...]))
                #expect(answer.status == 410)
                #expect(answer.slug == "upload-lost")
            }
            #expect(bench.originals.isEmpty)
        }
    }

    @Test("after a crash between the object store and the row a PATCH at the end completes it, once")
    func resumedByClient() async throws {
        try await MediaBench.with { bench in
            let path = try await whole(bench, film(500))
            for _ in 0..<3 {
                let answer = await bench.patch(path, at: 500, [])
                #expect(answer.status == 204)
                #expect(answer.header("upload-offset") == "500")
            }
            #expect(await bench.patch(path, at: 500, [1]).status == 204)
            #expect(await bench.patch(path, at: 0, [1]).status == 409)
            #expect(try bench.original() == film(500))
            #expect(bench.spool.isEmpty)
            #expect(try await bench.count("select count(*) from jobs") == 1)
        }
    }

    @Test("a client that saw all its bytes kept sends none: the sweeper completes the upload, also after its day")
    func resumedBySweeper() async throws {
        try await MediaBench.with { bench in
            let path = try await whole(bench, film(500))
            bench.pass(seconds: 30 * 3600)
            for _ in 0..<2 { try await sweep(bench) }
            #expect(await bench.offset(path) == 500)
            #expect(try bench.original() == film(500))
            #expect(bench.spool.isEmpty)
            #expect(try await bench.count("select count(*) from jobs") == 1)
        }
    }

    @Test("while the object store is away the end of an upload is a 503, its bytes stay, and a PATCH at the end completes it when the store is back")
    func storeAway() async throws {
        try await MediaBench.with { bench in
            let path = try await bench.begin(length: 500)
            #expect(await bench.patch(path, at: 0, film(400)).status == 204)
            try bench.move(".tmp", to: ".tmp.away")
            for offset in [400, 500, 500] {
                let answer = await bench.patch(path, at: offset, Array(film(500)[offset...]))
                #expect(answer.status == 503 && answer.slug == "unavailable")
                #expect(answer.header("retry-after") != nil && answer.header("tus-resumable") == "1.0.0")
                #expect(await bench.offset(path) == 500)
            }
            try await sweep(bench)
            #expect(try await bench.count("select count(*) from jobs") == 0)
            try bench.move(".tmp.away", to: ".tmp")
            #expect(await bench.patch(path, at: 500, []).status == 204)
            #expect(try bench.original() == film(500))
            #expect(try await bench.count("select count(*) from jobs") == 1)
        }
    }

    @Test("one whole upload that cannot be completed keeps no other from it")
    func sweepsOn() async throws {
        try await MediaBench.with { bench in
            let bad = try await whole(bench, film(5))
            let good = try await bench.begin(length: 6)
            try await bench.onLoop { _ = try await bench.store.advance(try MediaBench.id(good), to: 6) }
            try bench.folder.write(film(6), to: ".uploads/\(good.suffix(36))")
            #expect(try TestProgram.run("rm", [bench.spooled(bad)]).status == 0)
            try await sweep(bench)
            #expect(try await bench.count("select count(*) from jobs") == 1)
            #expect(await bench.head(good).header("upload-expires") == nil)
            #expect(await bench.head(bad).header("upload-expires") != nil)
        }
    }

    @Test("a file whose upload is over is swept after an hour; one that waits for bytes is not")
    func strays() async throws {
        try await MediaBench.with { bench in
            let open = try await bench.begin(length: 10)
            let over = try await bench.begin(length: 0)
            try bench.folder.write(film(9), to: ".uploads/\(over.suffix(36))")
            try bench.folder.write(film(9), to: ".uploads/\(UploadID())")
            try bench.folder.write(film(9), to: ".uploads/notes.txt")
            try await sweep(bench)
            #expect(bench.spool.count == 4)
            bench.pass(seconds: 3700)
            try await sweep(bench)
            #expect(Set(bench.spool) == [String(open.suffix(36)), "notes.txt"])
            #expect(await bench.patch(open, at: 0, film(10)).status == 204)
        }
    }

    @Test("a file of no bytes is complete from the start, and a job looks at it")
    func empty() async throws {
        try await MediaBench.with { bench in
            let path = try await bench.begin(length: 0)
            let head = await bench.head(path)
            #expect(head.header("upload-offset") == "0")
            #expect(head.header("upload-length") == "0")
            #expect(head.header("upload-expires") == nil)
            #expect(await bench.patch(path, at: 0, []).status == 204)
            #expect(try bench.original().isEmpty)
            #expect(bench.spool.isEmpty)
            #expect(try await bench.count("select count(*) from jobs") == 1)
        }
    }

    @Test("an upload that is given up is gone with its asset; one that is complete stays")
    func delete() async throws {
        try await MediaBench.with { bench in
            let path = try await bench.begin(length: 10)
            #expect(await bench.patch(path, at: 0, film(4)).status == 204)
            let answer = await bench.delete(path)
            #expect(answer.status == 204)
            #expect(answer.header("tus-resumable") == "1.0.0")
            #expect(await bench.delete(path).status == 404)
            #expect(await bench.head(path).status == 404)
            #expect(bench.spool.isEmpty)
            #expect(try await bench.count("select count(*) from assets") == 0)
            let complete = try await bench.begin(length: 0)
            #expect(await bench.delete(complete).slug == "upload-complete")
            #expect(try await bench.count("select count(*) from assets") == 1)
        }
    }

    @Test("given up while bytes come: the sender hears 404, and nothing is left")
    func deletedWhileSending() async throws {
        try await MediaBench.with { bench in
            let path = try await bench.begin(length: 10)
            let id = try MediaBench.id(path)
            await #expect(throws: MediaError.noSuchUpload) {
                try await bench.onLoop {
                    var pieces = [film(10)]
                    _ = try await bench.receive.append(to: id, of: MediaBench.ann.userID!, at: 0) {
                        if !pieces.isEmpty { return pieces.removeFirst() }
                        #expect(await bench.delete(path).status == 204)
                        return nil
                    }
                }
            }
            let last = try await bench.begin(length: 10)
            let lastID = try MediaBench.id(last)
            let late = bench.interrupted(InterruptedStore(base: bench.store, beforeCompletion: { #expect(await bench.delete(last).status == 204) }))
            await #expect(throws: MediaError.noSuchUpload) {
                try await bench.onLoop {
                    var pieces = [film(10)]
                    _ = try await late.append(to: lastID, of: MediaBench.ann.userID!, at: 0) { pieces.isEmpty ? nil : pieces.removeFirst() }
                }
            }
            #expect(bench.spool.isEmpty)
            #expect(bench.originals.isEmpty)
            #expect(try await bench.count("select (select count(*) from assets) + (select count(*) from jobs)") == 0)
        }
    }
}
