internal import CMongo

/// A client on its thread, lent to a closure: what it does, it does there and then. Inside `withTransaction` all of it is one transaction.
///
/// It cannot be kept or sent elsewhere; results can. Every operation throws `MongoError`, and `BSONError` for documents that cannot be
/// written or read.
public struct MongoSession: ~Copyable {
    let client: OpaquePointer
    let session: OpaquePointer?
    let configuration: MongoConfiguration

    init(_ client: OpaquePointer, _ session: OpaquePointer?, _ configuration: MongoConfiguration) {
        self.client = client
        self.session = session
        self.configuration = configuration
    }

    /// The collection's handle for as long as `body` runs.
    func with<R>(_ collection: MongoCollection, _ body: (OpaquePointer) throws -> R) rethrows -> R {
        let raw: OpaquePointer = mongoc_client_get_collection(client, collection.database, collection.name)
        defer { mongoc_collection_destroy(raw) }
        return try body(raw)
    }

    /// Options, with the session that makes the operation part of the transaction.
    func options(_ document: BSONDocument) throws -> NativeBSON {
        let options = try NativeBSON(document)
        guard let session else { return options }
        var error = bson_error_t()
        guard mongoc_client_session_append(session, options.raw, &error) else { throw MongoError(error) }
        return options
    }

    /// Throws what libmongoc filled in when `succeeded` is false.
    func check(_ succeeded: Bool, _ error: bson_error_t, _ reply: borrowing Reply) throws {
        if !succeeded { throw MongoError(error, (try? reply.document()) ?? [:]) }
    }

    /// A command as it is: no concerns, no retry.
    public func run(_ command: BSONDocument, on database: String) throws -> BSONDocument {
        let command = try NativeBSON(command), options = try options([:])
        let reply = Reply()
        var error = bson_error_t()
        try check(mongoc_client_command_with_opts(client, database, command.raw, nil, options.raw, reply.raw, &error), error, reply)
        return try reply.document()
    }

    /// A command that writes, with the pool's write concern.
    func write(_ command: BSONDocument, on database: String) throws -> BSONDocument {
        let command = try NativeBSON(command), options = try options([:])
        let reply = Reply()
        var error = bson_error_t()
        try check(mongoc_client_write_command_with_opts(client, database, command.raw, options.raw, reply.raw, &error), error, reply)
        return try reply.document()
    }
}
