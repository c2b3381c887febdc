internal import CLibAV

/// What libav refused: its own code, and what was being asked of it.
public struct AVError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What a caller does about it.
    public enum Kind: Sendable {
        /// The input has no more.
        case endOfFile
        /// The bytes are not what the format says they are.
        case invalidData
        /// A `StopSignal` was raised.
        case interrupted
        /// Memory could not be had: the limit of the process, most of the time.
        case outOfMemory
        /// This build of libav has no such demuxer, decoder, encoder or filter.
        case notAvailable
        case other
    }

    /// libav's `AVERROR` code.
    public let code: CInt
    /// The libav call, or what it was for.
    public let operation: String

    init(code: CInt, operation: StaticString) {
        self.code = code
        self.operation = "\(operation)"
    }

    public var kind: Kind {
        switch code {
        case libav_end_of_file: .endOfFile
        case libav_invalid_data: .invalidData
        case libav_exit: .interrupted
        case libav_out_of_memory: .outOfMemory
        case libav_decoder_not_found, libav_encoder_not_found, libav_demuxer_not_found, libav_filter_not_found: .notAvailable
        default: .other
        }
    }

    /// libav's own text for the code, after the operation.
    public var description: String {
        let text = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer -> String in
            guard let base = buffer.baseAddress else { return "" }
            base.initialize(repeating: 0, count: 256)
            av_strerror(code, base, 256)
            return String(cString: base)
        }
        return "\(operation): \(text)"
    }
}

/// The one place where a libav return code becomes an error.
@discardableResult
func check(_ code: CInt, _ operation: StaticString) throws(AVError) -> CInt {
    if code < 0 { throw AVError(code: code, operation: operation) }
    return code
}

/// The same for a call that gives memory.
func check<T>(_ pointer: UnsafeMutablePointer<T>?, _ operation: StaticString) throws(AVError) -> UnsafeMutablePointer<T> {
    guard let pointer else { throw AVError(code: libav_out_of_memory, operation: operation) }
    return pointer
}

extension AVError {
    /// Bytes that decode, at times that make no sense.
    public static let invalidTimestamps = AVError(code: libav_invalid_data, operation: "timestamps jump")
    /// A stream of pictures that has none.
    public static let noPictures = AVError(code: libav_invalid_data, operation: "no pictures")
}
