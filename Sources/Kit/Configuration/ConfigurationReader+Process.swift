import Glibc

extension ConfigurationReader {
    /// The environment that this process was started with.
    public static var processEnvironment: [String: String] {
        var environment: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            let line = String(cString: text)
            if let equals = line.firstIndex(of: "=") { environment[String(line[..<equals])] = String(line[line.index(after: equals)...]) }
            entry += 1
        }
        return environment
    }
}
