import Curl
import ObjectStore
import S3
import TestKit
import Testing

/// What every object store promises, asked of each.
@Suite struct ObjectStoreTests {
    @Test("what was put is there: whole, in part, by its facts and piece by piece", arguments: StoreKind.present)
    func roundTrip(_ kind: StoreKind) async throws {
        try await withStore(kind) { store in
            let key = try key("streams/a=b/v.m4s"), bytes = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            let put = try await store.put(bytes, at: key)
            #expect(put.size == 1_000_000 && put.key == key)
            #expect(try await store.get(key) == bytes)
            #expect(try await store.get(key, range: 10..<20, limit: 100) == Array(bytes[10..<20]))
            if kind.isExact { #expect(try await store.get(key, range: 999_990..<2_000_000, limit: 100) == Array(bytes[999_990...])) }
            #expect(try await store.get(key, range: 5..<5, limit: 100) == [])
            #expect(try await store.head(key) == put)
            let open = try await store.open(key)
            #expect(open.facts == put)
            #expect(try await open.read(at: 999_998, count: 10) == Array(bytes[999_998...]))
            #expect(try await open.read(at: 1_000_000, count: 10) == [])
            var pulled: [UInt8] = []
            let pieces = try await open.pieces(of: 100..<5_000_000)
            while let piece = try await pieces() { pulled += piece }
            #expect(pulled == Array(bytes[100...]))
            #expect(try await open.pieces(of: 2_000_000..<3_000_000)() == nil)
        }
    }

    @Test("an empty object is an object", arguments: StoreKind.present)
    func empty(_ store: StoreKind) async throws {
        try await withStore(store) { store in
            let key = try key("empty")
            _ = try await store.put([], at: key)
            #expect(try await store.get(key) == [])
            #expect(try await store.head(key)?.size == 0)
            #expect(try await store.open(key).pieces(of: 0..<10)() == nil)
        }
    }

    @Test("a file is copied, small or in parts, and stays the caller's", arguments: StoreKind.present, [1000, 12_000_000, 10_485_760])
    func file(_ store: StoreKind, size: Int) async throws {
        try await withStore(store, partBytes: 5 << 20) { store in
            let folder = try TestFolder(), bytes = (0..<size).map { UInt8(truncatingIfNeeded: ($0 >> 8) ^ $0) }
            let path = try folder.write(bytes, to: "file"), key = try key("originals/0191")
            let put = try await store.put(file: path, at: key)
            #expect(try TestFolder.read(path).count == size)
            #expect(try await store.head(key) == put)
            #expect(try await store.get(key, limit: size) == bytes)
            #expect(await kind { _ = try await store.put(file: folder.path + "/none", at: try S3Tests.key("x")) } == .notFound)
            #expect(try await store.list(prefix: "", after: nil, limit: 10).objects.map(\.key) == [key])
        }
    }

    @Test("a reader never gets parts of two versions", arguments: StoreKind.present)
    func replaced(_ store: StoreKind) async throws {
        try await withStore(store) { store in
            let key = try key("k"), old = [UInt8](repeating: 1, count: 100), new = [UInt8](repeating: 2, count: 100)
            let first = try await store.put(old, at: key), open = try await store.open(key)
            let second = try await store.put(new, at: key)
            #expect(first.etag != second.etag)
            do { #expect(try await open.read(at: 0, count: 100) == old) } catch let error as ObjectStoreError { #expect(error.kind == .replaced) }
            #expect(try await store.get(key) == new)
        }
    }

    @Test("what is not there is nil, not found, or nothing to do", arguments: StoreKind.present)
    func missing(_ store: StoreKind) async throws {
        try await withStore(store) { store in
            try await store.put([1], at: try key("folder/object"))
            for text in ["none", "folder/none", "other/place"] {
                let key = try key(text)
                #expect(try await store.head(key) == nil)
                #expect(await kind { _ = try await store.get(key) } == .notFound)
                #expect(await kind { _ = try await store.get(key, range: 0..<0, limit: 1) } == .notFound)
                #expect(await kind { _ = try await store.open(key) } == .notFound)
                try await store.delete(key)
            }
            try await store.delete(try key("folder/object"))
            #expect(try await store.head(try key("folder/object")) == nil)
        }
    }

    @Test("more bytes than the caller wants, or a range beyond the end, is an error", arguments: StoreKind.present)
    func limits(_ which: StoreKind) async throws {
        try await withStore(which) { store in
            let key = try key("k")
            try await store.put([UInt8](repeating: 1, count: 100), at: key)
            #expect(await kind { _ = try await store.get(key, limit: 99) } == .tooLarge)
            #expect(await kind { _ = try await store.get(key, range: 0..<100, limit: 99) } == .tooLarge)
            #expect(await kind { _ = try await store.get(key, range: 100..<110, limit: 99) } == (which.isExact ? .rangeNotSatisfiable : .unavailable))
        }
    }

    @Test("a list is by pages, whatever is between", arguments: StoreKind.present)
    func list(_ kind: StoreKind) async throws {
        try await withStore(kind) { store in
            let names = (kind.isExact ? ["a-b", "a.b"] : []) + ["a/b-c", "a/b/c", "a/c/d", "a=", "ab", "b/x", "b/y"]
            for name in names { try await store.put([1], at: try key(name)) }
            let expected = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
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
    }

    @Test("many at once, the same keys and others: each read is one whole version", arguments: StoreKind.present)
    func together(_ kind: StoreKind) async throws {
        try await withStore(kind) { store in
            let shared = try key("hot/object")
            try await store.put([UInt8](repeating: 0, count: 5000), at: shared)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 1...20 {
                    group.addTask {
                        try await store.put([UInt8](repeating: UInt8(number), count: 5000 + (kind.isExact ? number : 0)), at: shared)
                        let mine = try key("cold/\(number)/\(number)")
                        try await store.put([UInt8(number)], at: mine)
                        try await store.delete(mine)
                    }
                    group.addTask {
                        let bytes = try await store.get(shared)
                        #expect(Set(bytes).count == 1 && bytes.count == 5000 + (kind.isExact ? Int(bytes[0]) : 0))
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await store.list(prefix: "cold/", after: nil, limit: 10).objects.isEmpty)
        }
    }
}
