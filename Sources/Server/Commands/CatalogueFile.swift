import Courses
import Glibc
import JSON
import Kit
import OpenSSL

/// The lines of a file, one after the other; what ends in `.gz` is unpacked by gzip on the way, so that no catalogue is ever whole in memory.
/// Used by a command that does nothing else meanwhile: it reads where it stands.
final class CatalogueFile: @unchecked Sendable {   // one task uses it
    /// Bytes. A longer line is read over, and said to be too long.
    static let longestLine = 4 << 20
    private static let pieceBytes = 64 << 10

    /// Names the file by its size and beginning, so that the same catalogue is known again wherever it lies.
    let identity: String
    private let path: String
    private let isPipe: Bool
    private var stream: UnsafeMutablePointer<FILE>?
    private var piece = [UInt8](repeating: 0, count: pieceBytes)
    private var rest: ArraySlice<UInt8> = []

    init(path: String) throws {
        guard let file = fopen(path, "re") else { throw FileProblem("\(path): \(String(cString: strerror(errno)))") }
        let count = fread(&piece, 1, piece.count, file)
        guard ferror(file) == 0 else {
            fclose(file)
            throw FileProblem("\(path) cannot be read")
        }
        fseek(file, 0, SEEK_END)
        identity = Hex.encode(SHA256.digest(Array(piece[..<count]) + Array("\(ftell(file))".utf8)).prefix(16))
        self.path = path
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
        guard let stream else { return }
        if isPipe { pclose(stream) } else { fclose(stream) }
    }

    /// The next line without its end; nil at the end of the file. Throws when the file cannot be read, or unpacked, to its end.
    func next() throws -> CatalogueInput? {
        var line: [UInt8] = []
        var isTooLong = false
        while true {
            if let end = rest.firstIndex(of: 0x0A) {
                line += rest[..<end]
                rest = rest[(end + 1)...]
                return isTooLong || line.count > Self.longestLine ? .tooLong : .line(line)
            }
            line += rest
            if line.count > Self.longestLine {
                isTooLong = true
                line = []
            }
            guard try fill() else { return isTooLong ? .tooLong : line.isEmpty ? nil : .line(line) }
        }
    }

    /// Reads the next piece; false at the end.
    private func fill() throws -> Bool {
        rest = []
        guard let stream else { return false }
        let count = fread(&piece, 1, piece.count, stream)
        rest = piece[..<count]
        if count > 0 { return true }
        let isBroken = ferror(stream) != 0
        self.stream = nil
        let status = isPipe ? pclose(stream) : fclose(stream)
        guard !isBroken, status == 0 else { throw FileProblem("\(path) cannot be read to its end\(isPipe ? ": is it whole, and made by gzip?" : "")") }
        return false
    }
}
