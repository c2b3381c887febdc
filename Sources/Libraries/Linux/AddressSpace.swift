import Glibc

/// The address space of this process, as the kernel counts it. Made before a sandbox closes `/proc`, asked at any time.
public struct AddressSpace: ~Copyable {
    private let status: CInt

    public init() { status = open("/proc/self/status", O_RDONLY | O_CLOEXEC) }
    deinit { if status >= 0 { close(status) } }

    /// Bytes at its largest; 0 where the kernel does not say.
    public var peak: Int {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = pread(status, &bytes, bytes.count, 0)
        let lines = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).split(separator: "\n")
        guard let line = lines.first(where: { $0.hasPrefix("VmPeak:") }) else { return 0 }
        return (line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Int($0) } ?? 0) * 1024
    }
}
