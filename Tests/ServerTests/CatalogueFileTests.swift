import Courses
import TestKit
import Testing
@testable import Server

@Suite("The file of a catalogue")
struct CatalogueFileTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private func lines(_ path: String) throws -> [String] {
        let file = try CatalogueFile(path: path)
        var lines: [String] = []
        while let line = try file.next() { lines.append(Self.text(of: line)) }
        #expect(try file.next() == nil)
        return lines
    }

    private static func text(of input: CatalogueInput) -> String {
        guard case .line(let bytes) = input else { return "too long" }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Packs a file, under a name that a shell must not read.
    private func packed(_ path: String) throws -> String {
        let name = "\(folder.path)/-it's \"$(packed).gz"
        try folder.write(try TestProgram.run("gzip", ["-c", path]).output, to: "-it's \"$(packed).gz")
        return name
    }

    @Test("lines come one after the other, the last without an end too, packed or not")
    func reads() throws {
        let plain = try folder.write(Array("one\n\nthree\r\nfour".utf8), to: "lines.ndjson")
        #expect(try lines(plain) == ["one", "", "three\r", "four"])
        #expect(try lines(try packed(plain)) == ["one", "", "three\r", "four"])
        #expect(try lines(try folder.write([], to: "empty")) == [])
        #expect(try lines(try folder.write(Array("a\n".utf8), to: "ended")) == ["a"])
    }

    @Test("lines longer than what is read at once are whole; one that is too long is said to be so, and the next one is there")
    func long() throws {
        let long = String(repeating: "x", count: 200_000)
        let tooLong = String(repeating: "y", count: CatalogueFile.longestLine + 1)
        let limit = String(repeating: "z", count: CatalogueFile.longestLine)
        let path = try folder.write(Array("\(long)\n\(tooLong)\nnext\n\(limit)\n\(tooLong)".utf8), to: "long")
        #expect(try lines(path) == [long, "too long", "next", limit, "too long"])
    }

    @Test("the same catalogue is known again wherever it lies, another is another")
    func identity() throws {
        let first = try CatalogueFile(path: try folder.write(Array("one\n".utf8), to: "a")).identity
        #expect(try CatalogueFile(path: try folder.write(Array("one\n".utf8), to: "b")).identity == first)
        #expect(try CatalogueFile(path: try folder.write(Array("two\n".utf8), to: "c")).identity != first)
    }

    @Test("a file that is not there, is a folder, is no gzip or is cut off is said so")
    func broken() throws {
        #expect(throws: FileProblem.self) { try CatalogueFile(path: "\(folder.path)/missing") }
        #expect(throws: FileProblem.self) { try lines(folder.path) }
        let none = try folder.write(Array("one\n".utf8), to: "none.gz")
        #expect(throws: FileProblem.self) { try lines(none) }
        let noise = (0..<200_000).map { _ in UInt8.random(in: 32...126) }
        let whole = try TestFolder.read(try packed(try folder.write(noise, to: "noise")))
        let cut = try folder.write(whole.prefix(whole.count / 2), to: "cut.gz")
        #expect(throws: FileProblem.self) { try lines(cut) }
    }
}
