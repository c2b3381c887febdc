import HTTP
import JSON
import Kit
import Loop
import Telemetry
import TestKit
import TestRoutes
import TestStores
import Testing
@testable import Media

@Suite("Sending the bytes of an upload")
struct AppendTests {
    @Test("a file comes in pieces, and is the same in the object store, with one job for it")
    func pieces() async throws {
        try await MediaBench.with { bench in
            let bytes = film(100_000)
            let path = try await bench.begin(length: bytes.count)
            for (from, to) in [(0, 1), (1, 60_000), (60_000, 60_000), (60_000, 100_000)] {
                let answer = await bench.patch(path, at: from, Array(bytes[from..<to]))
                #expect(answer.status == 204)
                #expect(answer.header("upload-offset") == "\(to)")
                #expect(answer.header("tus-resumable") == "1.0.0")
                #expect((answer.header("upload-expires") == nil) == (to == bytes.count))
                #expect(await bench.offset(path) == to)
            }
            #expect(try bench.original() == bytes)
            #expect(bench.spool.isEmpty)
            #expect(try await bench.count("select count(*) from jobs where state = 'queued'") == 1)
            let asset = await bench.service.call("GET", "/v1/courses/\(MediaBench.course)/assets", as: MediaBench.ann).json["items"]?[0]
            #expect(asset?["state"]?.stringValue == "probing")
        }
    }

    @Test("bytes from elsewhere are 409 with the offset, of another kind 415, without an offset 400, of another version 412; none is kept")
    func refused() async throws {
        try await MediaBench.with { bench in
            let path = try await bench.begin(length: 10)
            #expect(await bench.patch(path, at: 0, [1, 2, 3]).status == 204)
            for offset in [0, 2, 4, 10, Int.max] {
                let answer = await bench.patch(path, at: offset, [9])
                #expect(answer.status == 409)
                #expect(answer.slug == "wrong-offset")
                #expect(answer.header("upload-offset") == "3")
            }
            let kind = ("content-type", "application/offset+octet-stream"), place = ("upload-offset", "3")
            for (headers, status) in [
                (MediaBench.tus + [place], 415), (MediaBench.tus + [place, ("content-type", "video/mp4")], 415), (MediaBench.tus + [kind], 400),
                (MediaBench.tus + [kind, ("upload-offset", "-3")], 400), ([kind, place], 412),
            ] as [([(name: String, value: String)], Int)] {
                #expect(await bench.service.call("PATCH", path, as: MediaBench.ann, headers: headers, body: [9]).status == status)
            }
            #expect(await bench.offset(path) == 3)
            #expect(try TestFolder.read(bench.spooled(path)) == [1, 2, 3])
        }
    }

    @Test("more bytes than announced are 413; what came before them stays")
    func tooMany() async throws {
        try await MediaBench.with { bench in
            let path = try await bench.begin(length: 10)
            #expect(await bench.patch(path, at: 0, film(11)).status == 413)
            #expect(await bench.offset(path) == 0)
            let id = try MediaBench.id(path)
            await #expect(throws: MediaError.tooLong) {
                try await bench.onLoop {
                    var pieces = [film(4), film(7)]
                    _ = try await bench.receive.append(to: id, of: MediaBench.ann.userID!, at: 0) { pieces.isEmpty ? nil : pieces.removeFirst() }
                }
            }
            #expect(await bench.offset(path) == 4)
            #expect(await bench.patch(path, at: 4, Array(film(10)[4...])).status == 204)
            #expect(try bench.original() == film(10))
        }
    }

    @Test("another's upload is not there, whoever asks and however")
    func others() async throws {
        try await MediaBench.with { bench in
            let path = try await bench.begin(length: 10)
            for who in [MediaBench.bob, MediaBench.admin] {
                #expect(await bench.head(path, as: who).status == 404)
                #expect(await bench.patch(path, at: 0, [1], as: who).status == 404)
                #expect(await bench.delete(path, as: who).status == 404)
            }
            #expect(await bench.head("/v1/uploads/\(UploadID())").status == 404)
            #expect(await bench.head("/v1/uploads/x").status == 404)
            #expect(await bench.service.call("HEAD", path, headers: MediaBench.tus).status == 401)
            #expect(await bench.offset(path) == 0)
        }
    }

    @Test("after a day an upload is gone: 410, and 404 once it was swept")
    func expired() async throws {
        try await MediaBench.with { bench in
            let path = try await bench.begin(length: 10)
            let complete = try await bench.begin(length: 0)
            bench.pass(seconds: 24 * 3600 - 1)
            #expect(await bench.patch(path, at: 0, [1]).status == 204)
            bench.pass(seconds: 1)
            #expect(await bench.head(path).status == 410)
            #expect(await bench.patch(path, at: 1, [2]).slug == "upload-expired")
            #expect(await bench.head(complete).status == 200)
            let sweep = SweepUploads(receive: bench.receive, log: bench.service.context.log)
            try await bench.onLoop { try await sweep() }
            #expect(await bench.head(path).status == 404)
            #expect(await bench.head(complete).status == 200)
            #expect(bench.spool.isEmpty)
            #expect(try await bench.count("select count(*) from assets") == 1)
        }
    }

    @Test("a client that goes in the middle, its task cancelled with it, loses nothing that arrived")
    func clientGone() async throws {
        try await MediaBench.with { bench in
            let path = try await bench.begin(length: 1000)
            let id = try MediaBench.id(path)
            // A task of its own: the cancellation is its alone.
            let sending = Task {
                try await bench.onLoop {
                    var pieces = [film(300), film(300)]
                    _ = try await bench.receive.append(to: id, of: MediaBench.ann.userID!, at: 0) {
                        if !pieces.isEmpty { return pieces.removeFirst() }
                        withUnsafeCurrentTask { $0?.cancel() }
                        throw BodyError.clientGone
                    }
                }
            }
            await #expect(throws: BodyError.clientGone) { try await sending.value }
            #expect(await bench.offset(path) == 600)
            #expect(await bench.patch(path, at: 600, film(400)).status == 204)
            #expect(try bench.original() == film(300) + film(300) + film(400))
        }
    }

    @Test("while one sends another is told to wait, and the first is not disturbed")
    func busy() async throws {
        try await MediaBench.with { bench in
            let path = try await bench.begin(length: 10)
            let id = try MediaBench.id(path)
            let done = Locked(false)
            async let first = bench.onLoop {
                var pieces = [film(5)]
                return try await bench.receive.append(to: id, of: MediaBench.ann.userID!, at: 0) {
                    if !pieces.isEmpty { return pieces.removeFirst() }
                    #expect(await eventually { done.withLock { $0 } })
                    return nil
                }
            }
            #expect(await eventually { (try? TestFolder.read(bench.spooled(path)))?.count == 5 })
            let second = await bench.patch(path, at: 0, [9, 9])
            #expect(second.status == 423)
            #expect(second.slug == "upload-busy")
            #expect(second.header("retry-after") != nil)
            done.withLock { $0 = true }
            #expect(try await first.received == 5)
            #expect(try TestFolder.read(bench.spooled(path)) == film(5))
        }
    }

    @Test("of sixteen that send the same piece at once one is heard, and the file is whole")
    func race() async throws {
        try await MediaBench.with { bench in
            let path = try await bench.begin(length: 4000)
            for at in stride(from: 0, to: 4000, by: 1000) {
                let statuses = await withTaskGroup(of: Int.self) { group in
                    for _ in 0..<16 { group.addTask { await bench.patch(path, at: at, Array(film(4000)[at..<at + 1000])).status } }
                    return await group.reduce(into: []) { $0.append($1) }
                }
                #expect(statuses.count { $0 == 204 } == 1)
                #expect(statuses.count { $0 == 409 || $0 == 423 } == 15)
            }
            #expect(try bench.original() == film(4000))
            #expect(try await bench.count("select count(*) from jobs") == 1)
        }
    }

    @Test("who looked at the offset before another wrote destroys nothing")
    func staleLook() async throws {
        try await MediaBench.with { bench in
            let path = try await bench.begin(length: 10)
            let id = try MediaBench.id(path)
            let isFirst = Locked(true)
            let late = bench.interrupted(InterruptedStore(base: bench.store, afterLook: {
                guard isFirst.withLock({ first in defer { first = false }; return first }) else { return }
                #expect(await bench.patch(path, at: 0, film(6)).status == 204)
            }))
            await #expect(throws: MediaError.wrongOffset(expected: 6)) {
                try await bench.onLoop { _ = try await late.append(to: id, of: MediaBench.ann.userID!, at: 0) { nil } }
            }
            #expect(try TestFolder.read(bench.spooled(path)) == film(6))
        }
    }
}
