internal import CMongo

/// libmongoc's pool: it is thread-safe, its clients are not. It goes when the last client has come back.
final class NativePool: @unchecked Sendable {   // immutable, and thread-safe by libmongoc's contract
    private let raw: OpaquePointer

    init(_ configuration: MongoConfiguration) throws(MongoError) {
        NativePool.start
        var error = bson_error_t()
        guard let uri = mongoc_uri_new_with_error(configuration.uri, &error) else { throw MongoError(error) }
        defer { mongoc_uri_destroy(uri) }
        NativePool.set(configuration, on: uri)
        guard let raw = mongoc_client_pool_new_with_error(uri, &error) else { throw MongoError(error) }
        mongoc_client_pool_set_error_api(raw, MONGOC_ERROR_API_VERSION_2)
        mongoc_client_pool_set_appname(raw, configuration.applicationName)
        self.raw = raw
    }

    deinit { mongoc_client_pool_destroy(raw) }

    func pop() -> OpaquePointer { mongoc_client_pool_pop(raw) }
    func push(_ client: OpaquePointer) { mongoc_client_pool_push(raw, client) }

    /// Once a process; never undone, since other pools may come later.
    private static let start: Void = mongoc_init()

    /// Reads see what a majority has, writes are answered when a majority has them on disk.
    private static func set(_ configuration: MongoConfiguration, on uri: OpaquePointer) {
        let limits = [
            ("serverselectiontimeoutms", configuration.serverSelectionMilliseconds), ("connecttimeoutms", configuration.connectMilliseconds),
            ("sockettimeoutms", configuration.socketMilliseconds),
        ]
        for (name, value) in limits where !mongoc_uri_has_option(uri, name) {
            mongoc_uri_set_option_as_int32(uri, name, Int32(value))
        }
        mongoc_uri_set_option_as_int32(uri, "maxpoolsize", Int32(configuration.threads))
        mongoc_uri_set_option_as_bool(uri, "retrywrites", true)
        mongoc_uri_set_option_as_bool(uri, "retryreads", true)
        let write = majorityWrites()
        mongoc_uri_set_write_concern(uri, write)
        mongoc_write_concern_destroy(write)
        let read = mongoc_read_concern_new()
        mongoc_read_concern_set_level(read, "majority")
        mongoc_uri_set_read_concern(uri, read)
        mongoc_read_concern_destroy(read)
    }
}

/// A new write concern: a majority, on disk, within ten seconds.
func majorityWrites() -> OpaquePointer {
    let concern: OpaquePointer = mongoc_write_concern_new()
    mongoc_write_concern_set_wmajority(concern, 10_000)
    mongoc_write_concern_set_journal(concern, true)
    return concern
}

/// A client on the one thread that may use it.
struct MongoClient: ~Copyable {
    let raw: OpaquePointer
    private let pool: NativePool

    init(of pool: NativePool) {
        self.pool = pool
        raw = pool.pop()
    }

    deinit { pool.push(raw) }
}
