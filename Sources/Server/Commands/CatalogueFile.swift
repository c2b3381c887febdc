import Glibc
import Kit
import OpenSSL

/// The lines of a file, one after the other; what ends in `.gz` is unpacked by gzip on the way, so that no catalogue is ever whole in memory.
/// Used by a command that does nothing else meanwhile: it reads where it stands.
final class CatalogueFile: @unchecked Sendable {   // one task uses it
    static let longestLine = 4 << 20

    /// Names the file by its size and beginning, so that the same catalogue is known again wherever it lies.
    let identity: String
    private let stream: UnsafeMutablePointer<FILE>
    private let isPipe: Bool
    private var line: UnsafeMutablePointer<CChar>?
    private var capacity = 0

    init(path: String) throws {
        guard let file = fopen(path, "re") else { throw FileProblem("\(path): \(String(cString: strerror(errno)))") }
        var beginning = [UInt8](repeating: 0, count: 64 << 10)
        let count = fread(&beginning, 1, beginning.count, file)
        fseek(file, 0, SEEK_END)
        identity = Hex.encode(SHA256.digest(Array(beginning[..<count]) + Array("\(ftell(file))".utf8)).prefix(16))
        isPipe = path.hasSuffix(".gz")
        rewind(file)
        guard isPipe else {
            stream = file
            return
        }
        fclose(file)
        // A name that begins with a dash, or holds a quote, is a name still.
        let quoted = "'" + path.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
        guard let pipe = popen("exec gzip -dc -- \(quoted)", "re") else { throw FileProblem("gzip: \(String(cString: strerror(errno)))") }
        stream = pipe
    }

    deinit {
        free(line)
        if isPipe { pclose(stream) } else { fclose(stream) }
    }

    /// The next line without its end; nil at the end of the file.
    func next() throws -> [UInt8]? {
        let count = getline(&line, &capacity, stream)
        guard count >= 0, let line else {
            if ferror(stream) != 0 { throw FileProblem("the catalogue cannot be read to its end") }
            return nil
        }
        let bytes = UnsafeRawBufferPointer(start: line, count: count)
        guard count <= Self.longestLine else { return [] }
        return Array(bytes.last == 0x0A ? bytes.dropLast() : bytes[...])
    }
}
