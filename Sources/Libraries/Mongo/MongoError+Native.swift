internal import CMongo

extension MongoError {
    /// The error that libmongoc filled in; labels come from the reply.
    init(_ error: bson_error_t, _ reply: BSONDocument = [:]) {
        let message = withUnsafeBytes(of: error.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        let labels = (try? reply.optionalArray("errorLabels")) ?? nil
        self.init(domain: error.domain, code: Int(error.code), message: message, labels: Set((labels ?? []).compactMap(\.stringValue)))
    }

    /// The error that the server has for one write of several.
    init(serverCode code: Int, _ message: String) {
        self.init(MongoError.kind(ofServerCode: code, message), code: code, message: MongoError.withoutValues(message))
    }

    private init(domain: UInt32, code: Int, message: String, labels: Set<String>) {
        let kind: Kind = switch mongoc_error_domain_t(rawValue: domain) {
        case MONGOC_ERROR_SERVER_SELECTION, MONGOC_ERROR_STREAM, MONGOC_ERROR_PROTOCOL: .connection
        case MONGOC_ERROR_WRITE_CONCERN: .writeConcern
        case MONGOC_ERROR_SERVER: MongoError.kind(ofServerCode: code, message)
        case MONGOC_ERROR_CLIENT: MongoError.kind(ofClientCode: code)
        case MONGOC_ERROR_SCRAM, MONGOC_ERROR_SASL: .unauthorized
        default: .invalid
        }
        self.init(kind, code: code, message: MongoError.withoutValues(message), labels: labels)
        isSelectionFailure = domain == MONGOC_ERROR_SERVER_SELECTION.rawValue
    }

    private static func kind(ofClientCode code: Int) -> Kind {
        switch mongoc_error_code_t(rawValue: UInt32(code)) {
        case MONGOC_ERROR_CLIENT_AUTHENTICATE: .unauthorized
        // All that is known of the server at the moment is that it starts: a member that is in no set yet says nothing of sessions.
        case MONGOC_ERROR_CLIENT_SESSION_FAILURE: .connection
        default: .invalid
        }
    }

    /// The codes are those of the server's `error_codes.yml`.
    static func kind(ofServerCode code: Int, _ message: String) -> Kind {
        switch code {
        case 11000, 11001, 12582: .duplicateKey(index: indexName(in: message))
        case 50, 262, 24: .timeout
        case 112: .writeConflict
        case 121: .validation
        case 280, 286, 40585, 40615: .historyLost
        case 64, 100: .writeConcern
        case 13, 18: .unauthorized
        // Not the primary (any more), shutting down, or its own network failed.
        case 6, 7, 89, 91, 189, 9001, 10107, 11600, 11602, 13435, 13436: .connection
        default: .server(code: code)
        }
    }

    /// `E11000 duplicate key error collection: db.courses index: slug_1 dup key: { slug: "…" }`
    private static func indexName(in message: String) -> String {
        guard let from = message.firstRange(of: "index: ") else { return "" }
        return String(message[from.upperBound...].prefix { $0 != " " })
    }

    /// What follows `dup key:` is somebody's data.
    private static func withoutValues(_ message: String) -> String {
        message.firstRange(of: " dup key:").map { String(message[..<$0.lowerBound]) } ?? message
    }
}
