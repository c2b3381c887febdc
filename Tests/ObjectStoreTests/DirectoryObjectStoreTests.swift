import Glibc
import ObjectStore
import Testing
import TestKit

@Suite struct DirectoryObjectStoreTests {
    let folder: TestFolder
    let store: DirectoryObjectStore

    init() throws {
        folder = try TestFolder()
        store = try DirectoryObjectStore(path: folder.path + "/deep/store", threads: 2)
    }

    private func key(_ text: String) throws -> ObjectKey { try #require(ObjectKey(text)) }

    @Test("what was put is there: whole, in part, by its facts and by descriptor")
    func roundTrip() async throws {
        let key = try key("streams/a/v.m4s"), bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }
        let put = try await store.put(bytes, at: key)
        #expect(put.size == 100_000)
        #expect(try await store.get(key) == bytes)
        #expect(try await store.get(key, range: 10..<20, limit: 100) == Array(bytes[10..<20]))
        #expect(try await store.get(key, range: 99_990..<200_000, limit: 100) == Array(bytes[99_990...]))
        #expect(try await store.head(key) == put)

        let open = try await store.open(key)
        #expect(open.facts == put)
        let descriptor = try #require(open.duplicateDescriptor())
        defer { close(descriptor) }
        var first = [UInt8](repeating: 9, count: 4)
        #expect(pread(descriptor, &first, 4, 0) == 4 && first == [0, 1, 2, 3])
        #expect(try await open.read(at: 99_998, count: 10) == Array(bytes[99_998...]))
        #expect(try await open.read(at: 100_000, count: 10) == [])
    }

    @Test("a store that is gone is unavailable, not empty", arguments: ["", "/.tmp"])
    func gone(part: String) async throws {
        let key = try key("streams/a/v.m4s"), place = folder.path + "/deep/store", away = folder.path + "/away"
        _ = try await store.put([1], at: key)
        try #require(rename(place + part, away) == 0)
        let absent = try self.key("streams/a/other")
        for ask in [
            { _ = try await store.get(absent) }, { _ = try await store.head(absent) }, { _ = try await store.put([1], at: absent) },
            { _ = try await store.list(prefix: "", after: nil, limit: 1) }, { try await store.delete(absent) },
        ] as [@Sendable () async throws -> Void] {
            #expect(await #expect(throws: ObjectStoreError.self) { try await ask() }?.kind == .unavailable)
        }
        try #require(rename(away, place + part) == 0)
        #expect(try await store.get(key) == [1])
    }

    @Test("a file is copied and stays the caller's")
    func file() async throws {
        let bytes = [UInt8](repeating: 7, count: 3_000_000)
        let path = try folder.write(bytes, to: "segment")
        let facts = try await store.put(file: path, at: try key("a/b"))
        #expect(facts.size == 3_000_000)
        #expect(try TestFolder.read(path) == bytes)
        #expect(try await store.get(try key("a/b")) == bytes)
        await #expect(throws: ObjectStoreError.self) { try await store.put(file: folder.path + "/none", at: try key("a/c")) }
        #expect(try await store.head(try key("a/c")) == nil)
    }

    @Test("a reader keeps the version it opened, and every version has a tag of its own")
    func replace() async throws {
        let key = try key("k")
        var tags: Set<String> = [try await store.put(Array("old".utf8), at: key).etag]
        let open = try await store.open(key)
        for _ in 0..<50 { tags.insert(try await store.put(Array("new".utf8), at: key).etag) }
        #expect(tags.count == 51)
        #expect(try await open.read(at: 0, count: 10) == Array("old".utf8))
        #expect(try await store.get(key) == Array("new".utf8))
    }

    @Test("what is not there is nil, not found, or nothing to do")
    func missing() async throws {
        try await store.put([1], at: try key("folder/object"))
        for text in ["none", "folder", "folder/object/below", "folder/none"] {
            let key = try key(text)
            #expect(try await store.head(key) == nil)
            let error = await #expect(throws: ObjectStoreError.self) { _ = try await store.get(key) }
            #expect(error?.kind == .notFound)
            await #expect(throws: ObjectStoreError.self) { _ = try await store.open(key) }
            try await store.delete(key)
        }
        #expect(try await store.head(try key("folder/object")) != nil)
    }

    @Test("more bytes than the caller wants, or a range beyond the end, is an error")
    func limits() async throws {
        let key = try key("k")
        try await store.put([UInt8](repeating: 1, count: 100), at: key)
        let large = await #expect(throws: ObjectStoreError.self) { _ = try await store.get(key, limit: 99) }
        #expect(large?.kind == .tooLarge)
        let beyond = await #expect(throws: ObjectStoreError.self) { _ = try await store.get(key, range: 100..<110, limit: 99) }
        #expect(beyond?.kind == .rangeNotSatisfiable)
    }

    @Test("a link in the store leads nowhere")
    func link() async throws {
        let secret = try folder.write("secret".utf8, to: "secret")
        try await store.put([1], at: try key("a"))
        try #require(symlink(secret, folder.path + "/deep/store/link") == 0)
        let error = await #expect(throws: ObjectStoreError.self) { _ = try await store.get(try key("link")) }
        #expect(error != nil)
        #expect(try await store.head(try key("link")) == nil)
        #expect(try await store.list(prefix: "", after: nil, limit: 10).objects.map(\.key.text) == ["a"])
    }

    @Test("a list is in the order of keys, by pages, without what is unfinished")
    func list() async throws {
        let names = ["a-b", "a.b", "a/b", "a/b-c", "a/b/c", "a/c/d", "a=", "ab", "b/x", "b/y"]
        for name in names where name != "a/b" { try await store.put([1], at: try key(name)) }
        let expected = names.filter { $0 != "a/b" }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        #expect(try await store.list(prefix: "", after: nil, limit: 1000).objects.map(\.key.text) == expected)
        #expect(try await store.list(prefix: "a/", after: nil, limit: 1000).objects.map(\.key.text) == ["a/b-c", "a/b/c", "a/c/d"])
        #expect(try await store.list(prefix: "a/b", after: nil, limit: 1000).objects.map(\.key.text) == ["a/b-c", "a/b/c"])
        var (paged, after): ([String], ObjectKey?) = ([], nil)
        repeat {
            let page = try await store.list(prefix: "", after: after, limit: 2)
            #expect(page.objects.count <= 2)
            paged += page.objects.map(\.key.text)
            after = page.next
        } while after != nil
        #expect(paged == expected)
    }

    @Test("what is deleted leaves no empty folders, and the rest alone")
    func delete() async throws {
        for name in ["s/one/a", "s/one/b", "s/two/c"] { try await store.put([1], at: try key(name)) }
        for name in ["s/one/a", "s/one/b"] { try await store.delete(try key(name)) }
        #expect(try await store.list(prefix: "", after: nil, limit: 10).objects.map(\.key.text) == ["s/two/c"])
        #expect(folder.names(in: folder.path + "/deep/store/s") == ["two"])
    }

    @Test("many at once, the same keys and others: each read is one whole version")
    func together() async throws {
        let shared = try key("hot/object")
        try await store.put([UInt8](repeating: 0, count: 5000), at: shared)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...40 {
                group.addTask {
                    try await store.put([UInt8](repeating: UInt8(number), count: 5000 + number), at: shared)
                    let mine = try #require(ObjectKey("cold/\(number % 4)/\(number)"))
                    try await store.put([UInt8(number)], at: mine)
                    try await store.delete(mine)
                }
                group.addTask {
                    let bytes = try await store.get(shared)
                    #expect(Set(bytes).count == 1 && bytes.count == 5000 + Int(bytes[0]))
                }
            }
            try await group.waitForAll()
        }
        #expect(try await store.list(prefix: "cold/", after: nil, limit: 10).objects.isEmpty)
        #expect(folder.names(in: folder.path + "/deep/store/.tmp").isEmpty)
    }

    @Test("a place that cannot be a store is an error at the start")
    func unusable() throws {
        let file = try folder.write([1], to: "file")
        #expect(throws: ObjectStoreError.self) { _ = try DirectoryObjectStore(path: file) }
        #expect(throws: ObjectStoreError.self) { _ = try DirectoryObjectStore(path: file + "/below") }
    }
}
