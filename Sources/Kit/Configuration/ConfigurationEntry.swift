public import JSON

/// One value in force, as `lyceum config` shows it.
public struct ConfigurationEntry: Sendable, Hashable {
    /// Where a value came from.
    public enum Source: Sendable, Hashable {
        /// The environment variable itself.
        case environment
        /// The file that `…_FILE` names.
        case file(String)
        /// The default of the program.
        case `default`
    }
    /// The environment variable.
    public let variable: String
    /// The value; `•••` for a secret, the password of a URL masked.
    public let value: String
    /// Where it came from.
    public let source: Source
}

extension ConfigurationEntry.Source: CustomStringConvertible {
    /// `environment`, `default`, or the path of the file.
    public var description: String {
        switch self {
        case .environment: "environment"
        case .default: "default"
        case .file(let path): path
        }
    }
}

extension ConfigurationEntry: CustomStringConvertible, JSONWritable {
    /// `LYCEUM_PORT_BASE=7400  # default`
    public var description: String { "\(variable)=\(value)  # \(source)" }

    /// An object of variable, value and source.
    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("variable", variable)
        json.field("value", value)
        json.field("source", "\(source)")
        json.endObject()
    }
}
