import JSON
import Kit
import Telemetry

/// The `Upload-Metadata` of a tus creation: `key base64, key base64`.
struct UploadMetadata: Sendable, Equatable {
    /// Of the whole header.
    static let maximumBytes = 4096

    /// As the client sent it.
    let header: String
    let filename: String
    let courseID: String
    let lectureID: String

    /// Throws 422 with what is missing or wrong; 400 when the header cannot be read.
    init(_ header: String?) throws(Problem) {
        guard let header else { throw Self.missing("/Upload-Metadata", "is required") }
        guard header.utf8.count <= Self.maximumBytes else { throw .malformed("Upload-Metadata must not be longer than \(Self.maximumBytes) bytes.") }
        self.header = header
        var values: [String: String] = [:]
        for pair in header.split(separator: ",") {
            let words = pair.split(separator: " ")
            guard 1...2 ~= words.count, let bytes = words.count == 2 ? Base64.plain.decode(words[1]) : [],
                let text = String(validating: bytes, as: UTF8.self)
            else {
                throw .malformed("Upload-Metadata must hold pairs of a key and its value in base64.")
            }
            guard values.updateValue(text, forKey: String(words[0])) == nil else { throw .malformed("Upload-Metadata must not name a key twice.") }
        }
        filename = try Self.name(values["filename"])
        courseID = try Self.id(values, "courseId")
        lectureID = try Self.id(values, "lectureId")
    }

    private static func id(_ values: [String: String], _ key: String) throws(Problem) -> String {
        guard let text = values[key] else { throw missing("/Upload-Metadata/\(key)", "is required") }
        guard let id = UUID16(text) else { throw missing("/Upload-Metadata/\(key)", "must be an id") }
        return id.description
    }

    /// What a person sees again; never a path.
    private static func name(_ text: String?) throws(Problem) -> String {
        guard let text, !text.isEmpty else { throw missing("/Upload-Metadata/filename", "is required") }
        let last = text.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last ?? ""
        let shown = last.unicodeScalars.filter { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }.prefix(200)
        return shown.isEmpty ? "video" : String(String.UnicodeScalarView(shown))
    }

    private static func missing(_ pointer: String, _ detail: String) -> Problem { .invalid([FieldError(pointer: pointer, detail: detail)]) }
}
