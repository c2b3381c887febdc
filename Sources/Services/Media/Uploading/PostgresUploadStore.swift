import JSON
import Kit
import MediaAPI
import Postgres
import Stores
import Telemetry

/// Uploads and assets in PostgreSQL.
struct PostgresUploadStore: UploadStore {
    let pool: PostgresPool

    private static let insertAsset = Statement("""
        insert into assets (id, owner_id, course_id, lecture_id, kind, filename, bytes, created_at, updated_at)
        values ($1, $2, $3, $4, 'video', $5, $6, $7, $7)
        """)
    private static let insertUpload = Statement("""
        insert into uploads (id, asset_id, owner_id, length, created_at, expires_at, metadata) values ($1, $2, $3, $4, $5, $6, $7)
        """)

    func create(_ upload: Upload, metadata: UploadMetadata, at time: Timestamp, _ once: Once<Upload>) async throws {
        try await pool.withTransaction { transaction in
            try await once.claim(in: transaction)
            try await transaction.commit([
                (Self.insertAsset, [
                    .id(upload.assetID), .id(upload.ownerID), .optional(UUID16(metadata.courseID), Parameter.uuid),
                    .optional(UUID16(metadata.lectureID), Parameter.uuid), .text(metadata.filename), .int(upload.length), .timestamp(time),
                ]),
                (Self.insertUpload, [
                    .id(upload.id), .id(upload.assetID), .id(upload.ownerID), .int(upload.length), .timestamp(time), .timestamp(upload.expiresAt),
                    .text(upload.metadata),
                ]),
            ] + once.keeping(upload))
        }
    }

    private static let columns = "id, asset_id, owner_id, length, received, expires_at, completed_at is not null, metadata"
    private static let find = Statement("select \(columns) from uploads where id = $1 and owner_id = $2", isReadOnly: true)

    func upload(_ id: UploadID, of owner: UserID) async throws -> Upload? {
        let rows = try await pool.query(Self.find, [.id(id), .id(owner)])
        return rows.count == 1 ? Self.read(rows, 0) : nil
    }

    private static func read(_ rows: Rows, _ row: Int) -> Upload {
        Upload(
            id: rows.id(row, 0), assetID: rows.id(row, 1), ownerID: rows.id(row, 2), length: rows.int8(row, 3), metadata: rows.text(row, 7),
            received: rows.int8(row, 4), expiresAt: rows.timestamp(row, 5), isComplete: rows.bool(row, 6))
    }

    private static let advance = Statement("update uploads set received = $2 where id = $1 and received <= $2 and completed_at is null")

    func advance(_ id: UploadID, to received: Int) async throws -> Bool {
        try await pool.query(Self.advance, [.id(id), .int(received)]).affected == 1
    }

    private static let end = Statement("update uploads set received = length, completed_at = coalesce(completed_at, $2) where id = $1")
    private static let awaitWorker = Statement("update assets set state = 'probing', updated_at = $2 where id = $1 and state = 'uploading'")
    private static let insertJob = Statement("""
        insert into jobs (id, asset_id, kind, not_before, created_at, traceparent) values ($1, $2, 'stream', $3, $3, $4)
        on conflict on constraint jobs_one_of_a_kind do nothing
        """)

    func complete(_ upload: Upload, traceparent: String?, at time: Timestamp) async throws -> Bool {
        try await pool.withTransaction { transaction in
            guard try await transaction.query(Self.end, [.id(upload.id), .timestamp(time)]).affected == 1 else { return false }
            _ = try await transaction.run([
                (Self.awaitWorker, [.id(upload.assetID), .timestamp(time)]),
                (Self.insertJob, [.id(JobID()), .id(upload.assetID), .timestamp(time), .optional(traceparent, Parameter.text)]),
            ])
            return true
        }
    }

    private static let delete = Statement("delete from uploads where id = $1 and completed_at is null returning asset_id")
    private static let deleteAsset = Statement("delete from assets where id = $1")

    func remove(_ id: UploadID) async throws -> Bool {
        try await pool.withTransaction { transaction in
            let removed = try await transaction.query(Self.delete, [.id(id)])
            guard removed.count == 1 else { return false }
            _ = try await transaction.query(Self.deleteAsset, [.id(removed.id(0, 0, of: AssetTag.self))])
            return true
        }
    }

    private static let stale = Statement("""
        select id from uploads where completed_at is null and expires_at <= $1 order by expires_at limit $2
        """, isReadOnly: true)

    func expired(before time: Timestamp, limit: Int) async throws -> [UploadID] {
        let rows = try await pool.query(Self.stale, [.timestamp(time), .int(limit)])
        return (0..<rows.count).map { rows.id($0, 0) }
    }

    private static let whole = Statement("""
        select \(columns) from uploads where completed_at is null and received = length order by expires_at limit $1
        """, isReadOnly: true)

    func unfinished(limit: Int) async throws -> [Upload] {
        let rows = try await pool.query(Self.whole, [.int(limit)])
        return (0..<rows.count).map { Self.read(rows, $0) }
    }

    private static let waiting = Statement("select id from uploads where id = any($1) and completed_at is null", isReadOnly: true)

    func open(_ ids: [UploadID]) async throws -> Set<UploadID> {
        let rows = try await pool.query(Self.waiting, [.ids(ids)])
        return Set((0..<rows.count).map { rows.id($0, 0) })
    }

    private static let byID = Statement("select \(PostgresAsset.columns) from assets where id = $1", isReadOnly: true)
    // A list to look at, by which nothing is decided: what a replica says of it is good enough.
    private static let page = Statement("""
        select \(PostgresAsset.columns) from assets where course_id = $1 and owner_id = $2 and ($3::uuid is null or id < $3) order by id desc limit $4
        """, mayLag: true)

    func asset(_ id: AssetID) async throws -> Asset? {
        let rows = try await pool.query(Self.byID, [.id(id)])
        return rows.count == 1 ? try PostgresAsset.read(rows, 0) : nil
    }

    func assets(of course: String, owner: UserID, page request: PageRequest) async throws -> Page<Asset> {
        let after: AssetID? = try request.cursor?.id(0, of: AssetTag.self)
        let rows = try await pool.query(Self.page, [
            .optional(UUID16(course), Parameter.uuid), .id(owner), .id(after), .int(request.limit + 1),
        ])
        return Page(found: try (0..<rows.count).map { try PostgresAsset.read(rows, $0) }, for: request) { Cursor($0.id) }
    }
}
