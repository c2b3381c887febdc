internal import CMongo

/// A `bson_t` that libmongoc reads. `raw` is only for one that is bound to a name, which lives to the end of its scope: a temporary is gone
/// before the call that it was made for, so those are lent.
struct NativeBSON: ~Copyable {
    let raw: OpaquePointer

    init(_ document: BSONDocument) throws {
        try self.init(bytes: try document.encoded())
    }

    init(bytes: [UInt8]) throws {
        guard let raw = bson_new_from_data(bytes, bytes.count) else { throw BSONError(path: "", .malformed) }
        self.raw = raw
    }

    deinit { bson_destroy(raw) }

    /// The `bson_t` for as long as `body` runs.
    borrowing func lend<R>(_ body: (OpaquePointer) throws -> R) rethrows -> R { try body(raw) }
}

/// A `bson_t` that libmongoc writes.
struct Reply: ~Copyable {
    private let memory: UnsafeMutableRawPointer
    var raw: OpaquePointer { OpaquePointer(memory) }

    init() {
        memory = .allocate(byteCount: lyceum_bson_size, alignment: lyceum_bson_alignment)
        bson_init(raw)
    }

    deinit {
        bson_destroy(raw)
        memory.deallocate()
    }

    borrowing func document() throws(BSONError) -> BSONDocument { try view(of: raw).document() }
}

/// The bytes of a `bson_t` where they are.
func view(of bson: OpaquePointer) -> BSONView {
    BSONView(UnsafeRawBufferPointer(start: bson_get_data(bson), count: Int(lyceum_bson_length(bson))))
}
