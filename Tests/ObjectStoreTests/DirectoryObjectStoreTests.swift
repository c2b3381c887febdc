import Glibc
import Loop
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

    @Test("an open object gives the descriptor of its file")
    func descriptor() async throws {
        let key = try key("streams/a/v.m4s"), bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }
        try await store.put(bytes, at: key)
        let open = try await store.open(key)
        let descriptor = try #require(open.duplicateDescriptor())
        defer { close(descriptor) }
        var first = [UInt8](repeating: 9, count: 4)
        #expect(pread(descriptor, &first, 4, 0) == 4 && first == [0, 1, 2, 3])
    }

    @Test("a thread that is not free is waited for no longer than the deadline of the task allows, and after it nothing is begun")
    func deadline() async throws {
        let store = try DirectoryObjectStore(path: folder.path + "/slow", threads: 1), key = try key("streams/a/v.m4s")
        // Each of them waits for the disk, and all of them stand in line when the one with a deadline comes.
        let bytes = [UInt8](repeating: 1, count: 1 << 20), begun = Locked(0)
        let busy = (0..<100).map { number in
            Task {
                let key = try #require(ObjectKey("streams/b/\(number).m4s"))
                begun.withLock { $0 += 1 }
                try await store.put(bytes, at: key)
            }
        }
        #expect(await eventually { begun.withLock { $0 } == 100 })
        await #expect(throws: WorkersError.late) { try await Deadline(milliseconds: 1).during { _ = try await store.head(key) } }
        await #expect(throws: WorkersError.late) { try await Deadline(milliseconds: 0).during { _ = try await store.put([1], at: key) } }
        for task in busy { _ = try await task.value }
        #expect(try await store.head(key) == nil)
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

    @Test("a folder of the store is no object, and an object no folder")
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

    @Test("what is deleted leaves no empty folders, and the rest alone; what is put leaves no drafts")
    func delete() async throws {
        for name in ["s/one/a", "s/one/b", "s/two/c"] { try await store.put([1], at: try key(name)) }
        #expect(folder.names(in: folder.path + "/deep/store/.tmp").isEmpty)
        for name in ["s/one/a", "s/one/b"] { try await store.delete(try key(name)) }
        #expect(try await store.list(prefix: "", after: nil, limit: 10).objects.map(\.key.text) == ["s/two/c"])
        #expect(folder.names(in: folder.path + "/deep/store/s") == ["two"])
    }

    @Test("a place that cannot be a store is an error at the start")
    func unusable() throws {
        let file = try folder.write([1], to: "file")
        #expect(throws: ObjectStoreError.self) { _ = try DirectoryObjectStore(path: file) }
        #expect(throws: ObjectStoreError.self) { _ = try DirectoryObjectStore(path: file + "/below") }
    }
}
