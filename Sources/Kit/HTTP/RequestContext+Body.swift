import HTTP
public import JSON

// The body, with the answer that each way of being wrong gets.
extension RequestContext {
    /// The bytes of the body. Throws 413 past the route's limit, 400 when it breaks off.
    public func body() async throws(Problem) -> [UInt8] {
        guard let place else { return try await wholeBody() }
        return try await place.givenUp { () async throws(Problem) in try await wholeBody() }
    }

    private func wholeBody() async throws(Problem) -> [UInt8] {
        do {
            let bytes = try await request.body(upTo: bodyLimit)
            keyed?.note(bytes)
            return bytes
        } catch { throw error.problem }
    }

    /// The JSON of the body. Throws 415 for another kind of body, 413 past the route's limit, 400 when it is not JSON.
    public func json() async throws(Problem) -> JSONValue {
        try checkMediaType("application/json")
        let bytes = try await body()
        guard !bytes.isEmpty else { throw .malformed("A JSON body is needed here.") }
        do { return try JSONValue.parse(bytes) } catch { throw .malformed("The body is not JSON: \(error)") }
    }

    /// What `read` takes from the fields of a JSON object.
    ///
    /// Throws 422 with a pointer to every field that is wrong, missing or unknown, besides what `json` throws.
    public func fields<T>(_ read: (inout JSONFields) -> T) async throws(Problem) -> T {
        var fields = JSONFields(try await json())
        let value = read(&fields)
        do { try fields.finish() } catch { throw error.problem }
        return value
    }

    /// Throws 415 unless the body is sent as `type`, plainly coded, in UTF-8 if it says so.
    public func checkMediaType(_ type: String) throws(Problem) {
        if let coding = header("content-encoding"), coding.lowercased() != "identity" { throw .unsupportedMediaType(type) }
        guard let field = header("content-type") else {
            guard request.hasBody else { throw .malformed("A body of \(type) is needed here.") }
            throw .unsupportedMediaType(type)
        }
        if field == type { return }
        let parts = field.split(separator: ";", omittingEmptySubsequences: false).map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
        guard parts.first == type else { throw .unsupportedMediaType(type) }
        for part in parts.dropFirst() where part.hasPrefix("charset=") {
            guard part == "charset=utf-8" || part == "charset=\"utf-8\"" else { throw .unsupportedMediaType("\(type) in UTF-8") }
        }
    }
}
