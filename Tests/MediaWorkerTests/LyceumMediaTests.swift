import Glibc
import JSON
import Testing
import TestKit

/// The program as it is typed.
@Suite struct LyceumMediaTests {
    private func run(_ words: String...) throws -> TestProgram { try TestProgram.run(MediaProgram.path(), words) }

    @Test("every way out of its sandbox is refused, and it says so")
    func sandbox() throws {
        let run = try run("sandbox")
        let report = try JSONValue.parse(run.output)
        #expect(run.status == 0, "\(run.text) \(run.errors)")
        #expect(report["holds"]?.boolValue == true)
        #expect(report["trials"]?.arrayValue?.count == 13)
        let file = report["trials"]?.arrayValue?.first { $0["attempt"]?.stringValue == "read a file beside the input" }
        #expect(file?["outcome"]?.stringValue == "Permission denied")
    }

    @Test("probe prints a verdict, for good files and bad ones")
    func probe() throws {
        let clip = try TestClip()
        let good = try run("probe", try clip.make("good.mp4", "\(TestClip.pictures(seconds: "1")) \(TestClip.h264)"))
        #expect(good.status == 0)
        #expect(try JSONValue.parse(good.output)["verdict"]?.stringValue == "accept")
        let bad = try run("probe", try clip.folder.write("hello".utf8, to: "bad.mp4"))
        #expect(bad.status == 0)
        let report = try JSONValue.parse(bad.output)
        #expect(report["verdict"]?.stringValue == "refuse")
        #expect(report["reasons"]?[0]?["reason"]?.stringValue == "notMedia")
        let none = try run("probe", clip.folder.path + "/none.mp4")
        #expect(none.status == 1 && none.output.isEmpty && none.errors.contains("No such file"))
        #expect(try run("probe").status == 2)
    }

    @Test("package makes a stream that keeps Apple's rules, of a real clip where there is one")
    func package() throws {
        let clip = try TestClip()
        let source =
            try TestClip.real
            ?? clip.make("clip.mp4", "\(TestClip.pictures("640x360", seconds: "7")) \(TestClip.tone(seconds: "7")) \(TestClip.h264)")
        let stream = clip.folder.path + "/stream"
        let run = try run("package", source, stream)
        try #require(run.status == 0, "\(run.errors)")
        let answer = try JSONValue.parse(run.output)
        #expect(answer["hash"]?.stringValue?.count == 32)
        let files = try #require(answer["manifest"]?["files"]?.arrayValue)
        #expect(clip.folder.names(in: stream) == (files.compactMap { $0["name"]?.stringValue } + ["manifest.json"]).sorted())
        #expect(!clip.folder.names().contains("stream.partial"))
        if let checker = MediaProgram.checker {
            let check = try TestProgram.run("python3", [checker, stream + "/master.m3u8"], package: "python3")
            #expect(check.status == 0 && check.text.contains(" 0 failed, 0 warnings"), "\(check.text)")
        }
        let again = try self.run("package", source, stream)
        #expect(again.status == 1 && again.errors.contains("not empty"))
    }

    @Test("package says why it refuses, and leaves nothing behind")
    func refused() throws {
        let folder = try TestFolder()
        let run = try run("package", try folder.write("#EXTM3U\n#EXTINF:1,\nx.mp4\n".utf8, to: "list.mp4"), folder.path + "/stream")
        #expect(run.status == 3)
        #expect(try JSONValue.parse(run.output)["reasons"]?[0]?["reason"]?.stringValue == "formatNotAllowed")
        #expect(folder.names() == ["list.mp4"])
    }
}

/// Where the program is that was built with these tests.
enum MediaProgram {
    static func path() throws -> String {
        let real = realpath("/proc/self/exe", nil)
        defer { free(real) }
        let runner = real.map { String(cString: $0) } ?? ""
        // The runner lies with what was built, or was given a bundle that does. The program has its target's name when these tests alone are built.
        for neighbour in [runner] + CommandLine.arguments {
            guard let slash = neighbour.lastIndex(of: "/") else { continue }
            let programs: [String] = ["lyceum-media", "MediaWorker"].map { "\(neighbour[..<slash])/\($0)" }
            if let newest = programs.filter({ access($0, X_OK) == 0 }).max(by: { age(of: $0) > age(of: $1) }) { return newest }
        }
        throw TestProgram.Failure("lyceum-media was not built with these tests")
    }

    private static func age(of path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? time(nil) - status.st_mtim.tv_sec : Int.max
    }

    /// The checker of Apple's rules, of the folder `shared` beside this project.
    static var checker: String? {
        let path = "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/") + "/shared/tools/hlscheck.py"
        return access(path, R_OK) == 0 ? path : nil
    }
}
