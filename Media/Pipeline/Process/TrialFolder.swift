import Glibc

/// What a trial of the sandbox needs: an input, a file beside it that must not be read, a folder to write to. Blocking.
struct TrialFolder: Sendable {
    let input: String
    let output: String

    static func make(in folder: String) throws -> TrialFolder {
        let place = TrialFolder(input: folder + "/input", output: folder + "/output")
        for file in [place.input, sibling(of: place.input)] { try OutputFolder.write(Array("another student's work".utf8), to: file) }
        guard mkdir(place.output, 0o755) == 0 else { throw PipelineError.file("make \(place.output)", errno) }
        return place
    }

    static func sibling(of input: String) -> String { input + ".sibling" }
    static func outside(of input: String) -> String { input + ".outside" }

    func remove() {
        for file in [input, Self.sibling(of: input), Self.outside(of: input)] { unlink(file) }
        rmdir(output)
    }
}
