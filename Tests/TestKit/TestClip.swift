import Glibc

/// Small videos that a test makes with the `ffmpeg` command.
public struct TestClip: Sendable {
    /// Where clips are made.
    public let folder: TestFolder

    public init() throws { folder = try TestFolder() }

    /// Makes `name` in the folder. `arguments` stand between `ffmpeg` and the output's name.
    @discardableResult public func make(_ name: String, _ arguments: String) throws -> String {
        let path = folder.path + "/" + name
        let words = ["-v", "error", "-nostdin", "-y"] + arguments.split(separator: " ").map(String.init) + [path]
        let run = try TestProgram.run("ffmpeg", words, package: "ffmpeg")
        guard run.status == 0 else { throw TestProgram.Failure("ffmpeg \(words.joined(separator: " ")): \(run.errors)") }
        return path
    }

    /// A moving test picture with numbers, and H.264 made as fast as can be.
    public static func pictures(_ size: String = "320x180", rate: String = "25", seconds: String = "4") -> String {
        "-f lavfi -i testsrc2=s=\(size):r=\(rate):d=\(seconds)"
    }
    public static func tone(seconds: String = "4") -> String { "-f lavfi -i sine=440:d=\(seconds)" }
    public static let h264 = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 50 -c:a aac"

    /// A real clip with sound: of the folder `shared/video` beside this project, or the one `LYCEUM_TEST_CLIP` names. Nil when there is none.
    public static var real: String? {
        let beside = #filePath.split(separator: "/").dropLast(4).map { "/" + $0 }.joined() + "/shared/video/bigbuckbunny.mp4"
        let named = getenv("LYCEUM_TEST_CLIP").map { String(cString: $0) }
        return [named, beside].compactMap { $0 }.first { access($0, R_OK) == 0 }
    }
}
