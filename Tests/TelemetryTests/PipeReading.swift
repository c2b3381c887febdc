import Glibc

/// Reads from `descriptor`, writing one more line each time, until a line tells of lines that were dropped; false after 10 MB.
func readUntilDropped(_ descriptor: CInt, _ more: () -> Void) -> Bool {
    var text: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65_536)
    while text.count < 10 << 20 {
        let count = read(descriptor, &piece, piece.count)
        guard count > 0 else { return false }
        text += piece[..<count]
        if String(decoding: text, as: UTF8.self).contains("log lines were dropped") { return true }
        more()
    }
    return false
}
