/// What MongoDB or libmongoc said. The message is for logs: it names no values of documents.
public struct MongoError: Error, Sendable, Equatable {
    /// What a caller decides by.
    public enum Kind: Sendable, Equatable {
        /// No server could be reached, or it went away in the middle: 503.
        case connection
        /// The server, or the network, took longer than it may: 503.
        case timeout
        /// As many operations wait as may, or one has waited too long: 503.
        case overloaded
        /// The pool was closed.
        case closed
        /// A unique index has the key already.
        case duplicateKey(index: String)
        /// Two transactions, or two writes, touched the same document.
        case writeConflict
        /// A document does not satisfy the collection's validator.
        case validation
        /// The change stream cannot go on from this token (280, 286, 40585, 40615): read everything once, never try the token again.
        case historyLost
        /// The write was made, but a majority has not confirmed it in time.
        case writeConcern
        /// Wrong credentials, or not allowed.
        case unauthorized
        /// Another error of the server, by its code.
        case server(code: Int)
        /// The request makes no sense to libmongoc: a mistake in Lyceum.
        case invalid
    }

    /// What a caller decides by.
    public var kind: Kind
    /// The server's or libmongoc's code, 0 when there is none.
    public var code: Int
    /// For logs.
    public var message: String
    /// What the server or the driver says about trying again, such as `TransientTransactionError`.
    public var labels: Set<String>
    /// No server was found in the whole time that may be spent on looking for one.
    var isSelectionFailure = false

    /// An error of `kind`.
    public init(_ kind: Kind, code: Int = 0, message: String, labels: Set<String> = []) {
        self.kind = kind
        self.code = code
        self.message = message
        self.labels = labels
    }

    /// Whether the same operation may succeed a moment later. A write that is no upsert by key may have been made all the same.
    public var isRetriable: Bool {
        switch kind {
        case .connection, .timeout, .overloaded, .writeConflict: true
        default: !labels.isDisjoint(with: [MongoError.transientLabel, "RetryableWriteError"])
        }
    }

    /// Whether a unique index refused the write; with a name, whether it was that one.
    public func isDuplicateKey(_ index: String? = nil) -> Bool {
        guard case .duplicateKey(let name) = kind else { return false }
        return index.map { $0 == name } ?? true
    }

    static let transientLabel = "TransientTransactionError"
    static let unknownCommitLabel = "UnknownTransactionCommitResult"
}
