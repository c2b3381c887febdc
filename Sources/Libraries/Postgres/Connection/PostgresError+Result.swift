internal import CPostgres

extension PostgresError {
    /// The error in a result of libpq.
    static func from(_ result: OpaquePointer) -> PostgresError {
        func field(_ code: Character) -> String? {
            PQresultErrorField(result, CInt(code.asciiValue ?? 0)).map { String(cString: $0) }
        }
        let message = field("M") ?? line(PQresultErrorMessage(result))
        return server(state: field("C") ?? "08006", message: message, constraint: field("n"), table: field("t"), function: field("R"))
    }

    /// libpq's text without its line ends and its "server closed…" paragraphs, at most a few hundred characters.
    static func line(_ text: UnsafeMutablePointer<CChar>?) -> String {
        guard let text else { return "unknown error" }
        let words = String(cString: text).split(whereSeparator: { $0 == "\n" || $0 == "\t" || $0 == "\r\n" })
        let line = words.joined(separator: " ")
        return line.isEmpty ? "the connection is gone" : String(line.prefix(300))
    }
}
