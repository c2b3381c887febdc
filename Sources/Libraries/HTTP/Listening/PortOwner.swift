import Glibc

/// Which process listens on a port, from /proc; nil when it belongs to another user or is gone.
enum PortOwner {
    static func find(_ port: UInt16) -> String? {
        let inodes = Set(["/proc/net/tcp", "/proc/net/tcp6"].flatMap { listeners(in: $0, port) })
        guard !inodes.isEmpty, let processes = opendir("/proc") else { return nil }
        defer { closedir(processes) }
        while let name = nextName(processes) {
            guard let id = Int(name), holds(id, inodes) else { continue }
            let command = text("/proc/\(id)/comm").prefix { $0 != "\n" }
            return "\(command.isEmpty ? "a process" : String(command)) (pid \(id))"
        }
        return nil
    }

    /// The inodes of the sockets that listen on the port. A line is `sl local:port remote:port state … inode`.
    private static func listeners(in path: String, _ port: UInt16) -> [String] {
        text(path).split(separator: "\n").dropFirst().compactMap { line in
            let columns = line.split(separator: " ")
            guard columns.count > 9, columns[3] == "0A", let local = columns[1].split(separator: ":").last else { return nil }
            guard UInt16(local, radix: 16) == port else { return nil }
            return "socket:[\(columns[9])]"
        }
    }

    private static func holds(_ id: Int, _ inodes: Set<String>) -> Bool {
        guard let descriptors = opendir("/proc/\(id)/fd") else { return false }
        defer { closedir(descriptors) }
        var target = [UInt8](repeating: 0, count: 64)
        while let name = nextName(descriptors) {
            let count = target.withUnsafeMutableBytes { buffer in
                buffer.withMemoryRebound(to: CChar.self) { text in text.baseAddress.map { readlink("/proc/\(id)/fd/\(name)", $0, text.count) } ?? 0 }
            }
            if count > 0, inodes.contains(String(decoding: target.prefix(count), as: UTF8.self)) { return true }
        }
        return false
    }

    private static func nextName(_ directory: OpaquePointer) -> String? {
        guard let entry = readdir(directory) else { return nil }
        return withUnsafePointer(to: &entry.pointee.d_name) { name in
            name.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
    }

    /// A file of /proc, at most 4 MB of it.
    private static func text(_ path: String) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        while bytes.count < 4 << 20 {
            let piece = [UInt8](unsafeUninitializedCapacity: 65536) { buffer, count in
                count = max(0, read(descriptor, buffer.baseAddress, buffer.count))
            }
            if piece.isEmpty { break }
            bytes += piece
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
