import JSON
import Kit
import MediaPipeline
import Telemetry

/// `lyceum-media probe FILE`
enum ProbeVerb {
    static let verb = Verb(
        "probe", "Say what a file is and whether it is taken, as JSON.",
        details: "Reads all of the file: its first bytes, its header, every packet. The exit status is 0 whatever the verdict,\n"
            + "and 1 when there is none (the file cannot be opened, the child was ended).",
        examples: ["probe lecture.mp4", "probe lecture.mp4 | jq .verdict"], arguments: [Argument("FILE", "The file.")]
    ) { words in
        let file = words.argument(0) ?? ""
        let report = try await Terminal.onLoop { try await Terminal.processes.probe(file: file) }
        Terminal.print(report)
        return 0
    }
}

/// `lyceum-media sandbox`
enum SandboxVerb {
    static let verb = Verb(
        "sandbox", "Try the ways out of the sandbox on this machine, and print how each ended.",
        details: "The exit status is 0 when none of them worked.", examples: ["sandbox"]
    ) { _ in
        let report = try await Terminal.onLoop {
            let folder = try TemporaryFolder.make()
            defer { folder.remove() }
            return try await Terminal.processes.trySandbox(in: folder.path)
        }
        Terminal.print(report)
        return report.holds ? 0 : 1
    }
}

extension Terminal {
    static let processes = MediaProcesses(log: Log(service: "lyceum-media", sink: StandardOutputSink(descriptor: 2)))

    static func print(_ value: some JSONWritable) {
        CommandLineTable.writeOut(value.jsonBuffer.text + "\n")
    }
}
