import Events
import JSON
import Kit
import MediaAPI
import Postgres
import Stores
import Telemetry

/// The queue in PostgreSQL: a row a job, handed out with `skip locked`.
struct PostgresJobStore: JobStore {
    let pool: PostgresPool
    /// Tells the relay that something waits.
    let nudge: @Sendable () -> Void

    private static let lease = Statement("""
        update jobs j set state = 'leased', attempts = j.attempts + 1, worker = $1, lease_token = $2, lease_until = $4
        from assets a where a.id = j.asset_id and j.id = (
            select id from jobs
            where (state = 'queued' and not_before <= $3) or (state = 'leased' and lease_until < $3 and attempts < $5)
            order by priority desc, created_at limit 1 for update skip locked)
        returning j.id, j.asset_id, j.attempts, a.filename, j.traceparent
        """)

    func lease(to worker: String, attempts: Int, at time: Timestamp, until: Timestamp) async throws -> LeasedJob? {
        let token = UUID16.v7().description
        let rows = try await pool.query(Self.lease, [
            .text(worker), .text(token), .timestamp(time), .timestamp(until), .int4(Int32(clamping: attempts)),
        ])
        guard rows.count == 1 else { return nil }
        let asset: AssetID = rows.id(0, 1)
        return LeasedJob(
            jobID: rows.id(0, 0), assetID: asset, leaseToken: token, leaseMs: Int((until - time) * 1000), attempt: rows.int4(0, 2),
            originalKey: StoredOriginal.key(of: asset), filename: rows.text(0, 3), traceparent: rows.optionalText(0, 4))
    }

    private static let prolong = Statement("""
        update jobs set lease_until = $3 where id = $1 and state = 'leased' and lease_token = $2 returning asset_id
        """)
    private static let show = Statement("""
        update assets set state = case when $2 > 0 then 'processing' else state end, progress = greatest(progress, $2), updated_at = $3
        where id = $1 and state in ('probing', 'processing')
        """)

    func heartbeat(_ job: JobID, token: String, progress: Int, at time: Timestamp, until: Timestamp) async throws -> Bool {
        try await pool.withTransaction { transaction in
            let held = try await transaction.query(Self.prolong, [.id(job), .text(token), .timestamp(until)])
            guard held.count == 1 else { return false }
            _ = try await transaction.query(Self.show, [.uuid(held.uuid(0, 0)), .int4(Int32(clamping: progress)), .timestamp(time)])
            return true
        }
    }

    private static let end = Statement("""
        update jobs set state = $3, lease_token = null, lease_until = null, last_error = $4
        where id = $1 and state = 'leased' and lease_token = $2 returning asset_id
        """)
    private static let makeReady = Statement("""
        update assets set state = 'ready', progress = 100, stream_path = $2, duration_ms = $3, width = $4, height = $5, stream_bytes = $6,
            renditions = $7, updated_at = $8 where id = $1 returning \(PostgresAsset.columns)
        """)
    private static let giveUp = Statement("""
        update assets set state = $2, reason = $3, detail = $4, updated_at = $5 where id = $1 returning \(PostgresAsset.columns)
        """)

    func complete(_ job: JobID, token: String, stream: MediaStream, at time: Timestamp) async throws -> Bool {
        var renditions = JSONWriter()
        renditions.beginArray()
        for rendition in stream.renditions { rendition.write(to: &renditions) }
        renditions.endArray()
        let list = renditions.finish().array
        return try await settle(job, token, state: "done", error: nil) { asset, transaction in
            let rows = try await transaction.query(Self.makeReady, [
                asset, .text(stream.path), .int(stream.durationMs), .int4(Int32(clamping: stream.width)), .int4(Int32(clamping: stream.height)),
                .int(stream.bytes), .jsonb(list), .timestamp(time),
            ])
            return Event(MediaReady(asset: try PostgresAsset.read(rows, 0).subject, stream: stream), time: time)
        }
    }

    func refuse(_ job: JobID, token: String, reason: String, detail: String, at time: Timestamp) async throws -> Bool {
        try await settle(job, token, state: "done", error: detail) { asset, transaction in
            let rows = try await transaction.query(Self.giveUp, [asset, .text("refused"), .text(reason), .text(detail), .timestamp(time)])
            return Event(MediaRefused(asset: try PostgresAsset.read(rows, 0).subject, reason: reason, detail: detail), time: time)
        }
    }

    private static let postpone = Statement("""
        update jobs set state = 'queued', not_before = $3, lease_token = null, lease_until = null, last_error = $4
        where id = $1 and state = 'leased' and lease_token = $2
        """)

    func fail(_ job: JobID, token: String, reason: String, detail: String, retryAt: Timestamp?, at time: Timestamp) async throws -> Bool {
        if let retryAt {
            return try await pool.query(Self.postpone, [.id(job), .text(token), .timestamp(retryAt), .text("\(reason): \(detail)")]).affected == 1
        }
        return try await settle(job, token, state: "failed", error: "\(reason): \(detail)") { asset, transaction in
            try await Self.failed(asset, reason, detail, at: time, in: transaction)
        }
    }

    private static let giveBack = Statement("""
        update jobs set state = 'queued', attempts = greatest(attempts - 1, 0), not_before = $3, lease_token = null, lease_until = null,
            last_error = coalesce($4, last_error)
        where id = $1 and state = 'leased' and lease_token = $2
        """)

    func release(_ job: JobID, token: String, error: String?, at time: Timestamp) async throws -> Bool {
        try await pool.query(Self.giveBack, [.id(job), .text(token), .timestamp(time), .optional(error, Parameter.text)]).affected == 1
    }

    private static let exhausted = Statement("""
        select id, lease_token from jobs where state = 'leased' and lease_until < $1 and attempts >= $2 limit 100
        """)

    func failExhausted(attempts: Int, at time: Timestamp) async throws -> Int {
        let rows = try await pool.query(Self.exhausted, [.timestamp(time), .int4(Int32(clamping: attempts))])
        for row in 0..<rows.count {
            _ = try await fail(
                rows.id(row, 0), token: rows.text(row, 1), reason: "workerLost", detail: "The processing stopped each time it was tried.",
                retryAt: nil, at: time)
        }
        return rows.count
    }

    private static let triesOf = Statement("select attempts, created_at from jobs where id = $1", isReadOnly: true)

    func tries(of job: JobID) async throws -> (count: Int, since: Timestamp)? {
        let rows = try await pool.query(Self.triesOf, [.id(job)])
        return rows.count == 1 ? (rows.int4(0, 0), rows.timestamp(0, 1)) : nil
    }

    private static func failed(
        _ asset: Parameter, _ reason: String, _ detail: String, at time: Timestamp, in transaction: PostgresTransaction
    ) async throws -> Event {
        let rows = try await transaction.query(giveUp, [asset, .text("failed"), .text(reason), .text(detail), .timestamp(time)])
        return Event(MediaFailed(asset: try PostgresAsset.read(rows, 0).subject, reason: reason, detail: detail), time: time)
    }

    /// Ends the job, changes the asset and tells of it, all in one transaction that the token opens.
    private func settle(
        _ job: JobID, _ token: String, state: String, error: String?,
        _ change: @escaping @Sendable (Parameter, PostgresTransaction) async throws -> Event
    ) async throws -> Bool {
        let isHeld = try await pool.withTransaction { transaction in
            let held = try await transaction.query(Self.end, [.id(job), .text(token), .text(state), .optional(error, Parameter.text)])
            guard held.count == 1 else { return false }
            try await Outbox.append(try await change(.uuid(held.uuid(0, 0)), transaction), in: transaction)
            return true
        }
        if isHeld { nudge() }
        return isHeld
    }
}
