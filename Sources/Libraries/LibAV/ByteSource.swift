internal import CLibAV
import Glibc

/// An open descriptor that libav reads as if it were a file: it gets bytes, never a name, so there is nothing else it could open.
final class ByteSource {
    private let descriptor: CInt
    private let size: Int64
    private let stop: StopSignal
    private var position: Int64 = 0

    /// The descriptor stays the caller's; it must be a regular file and outlive this object.
    init(descriptor: CInt, size: Int64, stop: StopSignal) {
        self.descriptor = descriptor
        self.size = size
        self.stop = stop
    }

    /// An I/O context over this source. Whoever takes it frees its buffer and itself with `free(context:)`, and keeps the source alive till then.
    func makeContext() throws(AVError) -> UnsafeMutablePointer<AVIOContext> {
        let capacity = 128 << 10
        guard let buffer = av_malloc(capacity) else { throw AVError(code: libav_out_of_memory, operation: "av_malloc") }
        let context = avio_alloc_context(
            buffer.assumingMemoryBound(to: UInt8.self), CInt(capacity), 0, Unmanaged.passUnretained(self).toOpaque(),
            { opaque, into, count in
                guard let opaque, let into else { return libav_invalid_data }
                return Unmanaged<ByteSource>.fromOpaque(opaque).takeUnretainedValue().read(into, Int(count))
            }, nil,
            { opaque, offset, whence in
                guard let opaque else { return Int64(libav_invalid_data) }
                return Unmanaged<ByteSource>.fromOpaque(opaque).takeUnretainedValue().seek(offset, whence)
            })
        guard let context else { av_free(buffer); throw AVError(code: libav_out_of_memory, operation: "avio_alloc_context") }
        return context
    }

    static func free(context: UnsafeMutablePointer<AVIOContext>) {
        av_freep(&context.pointee.buffer)
        var context: UnsafeMutablePointer<AVIOContext>? = context
        avio_context_free(&context)
    }

    private func read(_ into: UnsafeMutablePointer<UInt8>, _ count: Int) -> CInt {
        if stop.isRaised { return libav_exit }
        while true {
            let got = pread(descriptor, into, count, off_t(position))
            if got > 0 { position += Int64(got); return CInt(got) }
            if got == 0 { return libav_end_of_file }
            if errno != EINTR { return libav_error(errno) }
        }
    }

    private func seek(_ offset: Int64, _ whence: CInt) -> Int64 {
        let base: Int64
        switch whence & ~AVSEEK_FORCE {
        case AVSEEK_SIZE: return size
        case SEEK_SET: base = 0
        case SEEK_CUR: base = position
        case SEEK_END: base = size
        default: return Int64(libav_error(EINVAL))
        }
        let (target, overflow) = base.addingReportingOverflow(offset)
        guard !overflow, target >= 0 else { return Int64(libav_error(EINVAL)) }
        position = target
        return position
    }
}
