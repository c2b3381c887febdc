import Foundation
import Testing

extension URL {
    var isFolder: Bool { (try? resourceValues(forKeys: [.isDirectoryKey]).isDirectory) ?? false }
}

/// Sizes that a reader can hold in the head. The aim is lower (150 lines, 25 a function); these are where the build says stop.
@Suite("Sizes and names")
struct SizesTests {
    @Test("no source file is longer than 400 lines, no test file longer than 600")
    func files() throws {
        for file in try SourceTree.files(under: SourceTree.product) { #expect(file.lines.count <= 401, "\(file.path): \(file.lines.count) lines") }
        for file in try SourceTree.files(under: ["Tests"]) { #expect(file.lines.count <= 601, "\(file.path): \(file.lines.count) lines") }
    }

    @Test("no line is longer than 180 characters")
    func lines() throws {
        for file in try SourceTree.files(under: SourceTree.product + ["Tests"]) {
            for (number, line) in file.lines.enumerated() { #expect(line.count <= 180, "\(file.path):\(number + 1)") }
        }
    }

    @Test("no function is longer than 60 lines")
    func functions() throws {
        let opening = /^(\s*)(?:[@\w().]+ )*(?:func|init|deinit)\b.*\{\s*(?:.* in)?$/
        for file in try SourceTree.files(under: SourceTree.product) {
            var open: (indent: Int, line: Int)?
            for (number, line) in file.lines.enumerated() {
                if let start = open {
                    if line.hasPrefix(String(repeating: " ", count: start.indent) + "}") {
                        #expect(number - start.line <= 60, "\(file.path):\(start.line + 1): \(number - start.line) lines")
                        open = nil
                    }
                } else if let match = line.wholeMatch(of: opening) {
                    open = (match.1.count, number)
                }
            }
        }
    }

    @Test("no folder holds more than 20 source files")
    func folders() throws {
        for (folder, files) in Dictionary(grouping: try SourceTree.files(under: SourceTree.product), by: \.folder) {
            #expect(files.count <= 20, "\(folder): \(files.count) files")
        }
    }

    @Test("nothing is named for being helpful")
    func names() throws {
        let empty = /(?:Util|Utils|Utilities|Helper|Helpers|Common|Manager|Shared|Impl|Extensions)(?:[A-Z+.].*)?\.swift/
        for file in try SourceTree.files(under: SourceTree.product + ["Tests"]) {
            #expect(file.name.firstMatch(of: empty) == nil, "\(file.path)")
        }
    }

    @Test("no force unwrap, no try!, no forced cast outside tests")
    func force() throws {
        let forced = /(?:try!|as!|[\w\])]!(?:[\s.,)\]?:]|$))/
        for file in try SourceTree.files(under: SourceTree.product) {
            for (number, line) in file.lines.enumerated() {
                let code = withoutStringsAndComments(line)
                guard let match = code.firstMatch(of: forced) else { continue }
                // An implicitly unwrapped property is declared, not forced; in a C callback the pointer that C hands back is never nil.
                if code.contains(/(?:var|let) \w+: [\w.<>]+!/) { continue }
                Issue.record("\(file.path):\(number + 1): \(match.0)")
            }
        }
    }

    /// Each `@unchecked Sendable` and `nonisolated(unsafe)` has its reason on the line or the one above.
    @Test("what the compiler cannot check says why it is right")
    func unchecked() throws {
        for file in try SourceTree.files(under: SourceTree.product) {
            for (number, line) in file.lines.enumerated() where line.contains("@unchecked Sendable") || line.contains("nonisolated(unsafe)") {
                let above = number > 0 ? file.lines[number - 1] : ""
                #expect(line.contains("//") || above.contains("//"), "\(file.path):\(number + 1)")
            }
        }
    }

    private func withoutStringsAndComments(_ line: Substring) -> String {
        let code = line.replacing(/"(?:[^"\\]|\\.)*"/, with: "\"\"")
        return String(code.split(separator: "//", maxSplits: 1, omittingEmptySubsequences: false).first ?? "")
    }
}
