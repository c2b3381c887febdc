public import JSON

/// Why a file is no video that can be taught with: a word for programs, a sentence for the instructor who uploaded it.
public struct Refusal: Sendable, Hashable, JSONWritable {
    public enum Reason: String, Sendable, CaseIterable {
        /// Zero bytes.
        case empty
        /// Text, a picture, an archive: no audio or video at all.
        case notMedia
        /// Media or a playlist, of a kind that is not taken.
        case formatNotAllowed
        /// The end is missing.
        case truncated
        /// Sound alone, or cover art.
        case noVideo
        case tooLong
        /// Too many bytes.
        case tooLarge
        case resolutionTooHigh
        case resolutionTooLow
        case tooManyStreams
        case unsupportedCodec
        /// Its bytes cannot be read as what they claim to be.
        case corrupt
    }

    public let reason: Reason
    /// English, whole, without file names, codes or words of libav.
    public let sentence: String

    public init(_ reason: Reason, _ sentence: String) {
        self.reason = reason
        self.sentence = sentence
    }

    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("reason", reason.rawValue)
        json.field("sentence", sentence)
        json.endObject()
    }

    /// The other way; nil (and an error in `fields`) for a word that is not known.
    init?(from fields: inout JSONFields) {
        let reason = fields.choice("reason", Reason.self)
        let sentence = fields.string("sentence", length: 1...500)
        guard let reason else { return nil }
        self.init(reason, sentence)
    }
}
