import Glibc
import LibAV
import TestKit

/// A clip made by the library under test: moving pictures, H.264, fragmented MP4.
enum SyntheticClip {
    static func settings(threads: Int = 1) -> H264Settings {
        var settings = H264Settings(
            width: 160, height: 90, frameRate: Rational(25, 1), keyInterval: 10, quality: 28, maximumBitRate: 400_000, bufferBits: 800_000)
        settings.preset = "ultrafast"
        settings.threads = threads
        return settings
    }

    /// `frames` pictures, a key frame and a fragment every ten.
    static func bytes(frames: Int = 30) throws -> [UInt8] {
        let graph = try FilterGraph.generator("testsrc2=s=160x90:r=25:d=60,format=yuv420p[out]", outputs: ["out"])
        let frame = try Frame.make(), packet = try Packet.make()
        _ = try graph.pull(0, into: frame)
        let encoder = try Encoder.h264(settings(), like: frame)
        let muxer = try FragmentMuxer.make(for: encoder)
        var bytes = muxer.initialization
        func drain() throws {
            while try encoder.receive(into: packet) == .ready {
                if packet.isKey { bytes += try muxer.flush() }
                packet.setDuration(1)
                try muxer.write(packet)
            }
        }
        for index in 0..<frames {
            if index > 0 { _ = try graph.pull(0, into: frame) }
            frame.prepareForEncoding(timestamp: Int64(index), key: index % 10 == 0)
            try encoder.send(frame)
            try drain()
        }
        try encoder.finish()
        try drain()
        return bytes + (try muxer.flush())
    }
}

/// A file open for reading, closed with its owner.
struct OpenedFile: ~Copyable {
    let descriptor: CInt

    init(_ path: String) throws {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw TestProgram.Failure("\(path): \(String(cString: strerror(errno)))") }
    }
    deinit { close(descriptor) }
}
