import Glibc
import JSON
import Kit
import MediaPipeline

/// `lyceum-media package FILE DIR`
enum PackageVerb {
    static let verb = Verb(
        "package", "Make an HLS stream of a file in a folder.",
        details: "DIR must not exist, or be empty; the stream appears in it whole and checked, or not at all. Prints the manifest as JSON.\n"
            + "The exit status is 0 when the stream is there, 3 when the file was refused (the reasons are printed as by probe),\n"
            + "1 when something failed.",
        examples: ["package lecture.mp4 stream"], arguments: [Argument("FILE", "The file."), Argument("DIR", "The folder of the stream.")]
    ) { words in
        let file = words.argument(0) ?? "", folder = words.argument(1) ?? ""
        let outcome = try await Terminal.onLoop {
            try await Terminal.processes.package(file: file, into: folder) { Terminal.show(percent: $0) }
        }
        switch outcome {
        case .refused(let report):
            Terminal.print(report)
            return 3
        case .packaged(let stream):
            Terminal.print(PackagedAnswer(stream: stream))
            return 0
        }
    }
}

/// The manifest, and what follows from it.
private struct PackagedAnswer: JSONWritable {
    let stream: PackagedStream

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("verdict", "accept")
        json.field("folder", stream.folder)
        json.field("hash", stream.hash)
        json.field("manifest", stream.manifest)
        json.endObject()
    }
}

extension Terminal {
    /// One line that changes, for people; nothing when standard error is no terminal.
    static func show(percent: Int) {
        guard isatty(STDERR_FILENO) == 1 else { return }
        CommandLineTable.writeError("\r\(percent) %\(percent == 100 ? "\n" : "")")
    }
}
