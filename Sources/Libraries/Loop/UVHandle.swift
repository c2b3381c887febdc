internal import CUV

/// What a libuv handle or request belongs to. The loop tells it when it ends, and it closes its handle or gives its request up.
protocol HandleOwner: AnyObject {
    func loopEnds()
}

/// A libuv handle in memory of its own, closed once and freed when libuv has let go of it. It keeps its owner until then.
final class UVHandle {
    let pointer: UnsafeMutableRawPointer
    private(set) var owner: (any HandleOwner)?
    private(set) var isClosed = false

    /// Memory for a handle of `size` bytes; call `adopt` as soon as libuv knows the handle.
    init(size: Int) {
        pointer = .allocate(byteCount: size, alignment: 16)
        pointer.initializeMemory(as: UInt8.self, repeating: 0, count: size)
    }
    deinit { pointer.deallocate() }

    var base: UnsafeMutablePointer<uv_handle_t> { pointer.assumingMemoryBound(to: uv_handle_t.self) }

    /// From here to `close` libuv holds the handle and with it the owner.
    func adopt(by owner: any HandleOwner) {
        self.owner = owner
        base.pointee.data = Unmanaged.passRetained(self).toOpaque()
    }

    /// Ends the handle; a second call does nothing. Its owner is called no more.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        uv_close(base) { raw in
            guard let raw else { return }
            Unmanaged<UVHandle>.fromOpaque(raw.pointee.data).takeRetainedValue().owner = nil
        }
    }

    /// The owner behind a handle's data, while it is open. The caller knows the type: it adopted the handle.
    static func owner<Owner: AnyObject>(of data: UnsafeMutableRawPointer?, as type: Owner.Type) -> Owner? {
        guard let data else { return nil }
        let handle = Unmanaged<UVHandle>.fromOpaque(data).takeUnretainedValue()
        guard !handle.isClosed, let owner = handle.owner else { return nil }
        return unsafeDowncast(owner, to: Owner.self)
    }
}
