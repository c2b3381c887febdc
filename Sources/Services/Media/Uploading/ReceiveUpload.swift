import CoursesAPI
import Kit
import MediaAPI
import Telemetry

/// Takes files in pieces, so that a connection that breaks costs the piece and not the file (tus 1.0.0).
///
/// The bytes are on the disk before the row says so, and whoever writes holds the file's lock while it looks at the row: the row is the truth, and a
/// file that is longer is cut to it.
struct ReceiveUpload: Sendable {
    /// So many bytes are at stake when the machine loses power: then the disk is waited for, and the offset remembered.
    static let syncBytes = 4 << 20

    let store: any UploadStore
    let spool: UploadSpool
    let originals: StoredOriginal
    let courses: CoursesClient
    let clock: WallClock
    let maximumBytes: Int

    func begin(_ metadata: UploadMetadata, length: Int, by user: UserID, _ once: Once<Upload> = .unkept) async throws -> Upload {
        guard length <= maximumBytes else { throw MediaError.tooLarge(limit: maximumBytes) }
        guard let course = CourseID(metadata.courseID), let lecture = LectureID(metadata.lectureID) else { throw MediaError.noSuchLecture }
        guard let facts = try await courses.draftLecture(lecture, of: course), facts.instructorIDs.contains(user) else {
            throw MediaError.noSuchLecture
        }
        guard facts.kind == .video else { throw MediaError.notAVideoLecture }
        let now = clock.now()
        let upload = Upload(
            id: UploadID(), assetID: AssetID(), ownerID: user, length: length, metadata: metadata.header, received: 0,
            expiresAt: now.adding(seconds: Upload.lifetimeSeconds), isComplete: false)
        try await withRoom { try await spool.create(upload.id) }
        try await store.create(upload, metadata: metadata, at: now, once)
        return length == 0 ? try await append(to: upload.id, of: user, at: 0) { nil } : upload
    }

    func find(_ id: UploadID, of user: UserID) async throws -> Upload {
        guard let upload = try await store.upload(id, of: user) else { throw MediaError.noSuchUpload }
        if !upload.isComplete, upload.expiresAt <= clock.now() { throw MediaError.expired }
        return upload
    }

    /// Appends what `next` gives until it gives nil. What arrived before it throws is kept. Returns the upload with the bytes that are safe.
    func append(to id: UploadID, of user: UserID, at offset: Int, _ next: () async throws -> [UInt8]?) async throws -> Upload {
        var upload = try await find(id, of: user)
        guard offset == upload.received else { throw MediaError.wrongOffset(expected: upload.received) }
        if upload.isComplete { return upload }
        let file = try await lock(upload)
        defer { withExtendedLifetime(file) {} }   // locked to the end
        // Before the lock was ours another writer may have come and gone: only this look counts.
        upload = try await find(id, of: user)
        guard offset == upload.received else { throw MediaError.wrongOffset(expected: upload.received) }
        if upload.isComplete { return upload }
        guard try await file.cut() else { throw MediaError.lost }
        var failure: (any Error)?
        do { try await receive(&upload, file, next) } catch { failure = error }
        // The client may be gone, and this task cancelled with it: what is here stays.
        let arrived = upload
        try await toItsEnd { try await keep(arrived, file) }
        if let failure { throw failure }
        return upload.isWhole ? try await complete(upload) : upload
    }

    private func receive(_ upload: inout Upload, _ file: SpoolFile, _ next: () async throws -> [UInt8]?) async throws {
        var unsafe = 0
        while let piece = try await next() {
            guard piece.count <= upload.length - upload.received else { throw MediaError.tooLong }
            try await withRoom { try await file.append(piece) }
            upload.received += piece.count
            unsafe += piece.count
            if unsafe >= Self.syncBytes {
                try await keep(upload, file)
                unsafe = 0
            }
        }
    }

    private func keep(_ upload: Upload, _ file: SpoolFile) async throws {
        try await withRoom { try await file.sync() }
        guard try await store.advance(upload.id, to: upload.received) else { throw MediaError.noSuchUpload }
    }

    /// The file in our hands alone.
    private func lock(_ upload: Upload) async throws -> SpoolFile {
        do {
            guard let file = try await withRoom({ try await spool.open(upload.id, at: upload.received) }) else { throw MediaError.busy }
            return file
        } catch let error as SpoolError where error.isMissing {
            // Completed or given up in this very moment; or a disk lost it.
            let now = try await find(upload.id, of: upload.ownerID)
            throw now.isComplete ? MediaError.wrongOffset(expected: now.received) : .lost
        }
    }

    /// Into the object store first, then into the database: a crash between the two is made good by `finish`, or by a PATCH at the end.
    /// The caller holds the file's lock.
    private func complete(_ upload: Upload) async throws -> Upload {
        try await originals.put(file: spool.path(of: upload.id), of: upload.assetID)
        guard try await store.complete(upload, traceparent: Trace.current?.traceparent, at: clock.now()) else {
            try await originals.remove(of: upload.assetID)
            throw MediaError.noSuchUpload
        }
        // It is done, whether or not the file goes now: the sweeper finds it again.
        try? await spool.remove(upload.id)
        var ended = upload
        ended.isComplete = true
        return ended
    }

    /// Completes an upload whose bytes are all safe, but whose end a crash, or the object store, prevented. Nothing happens while another does.
    func finish(_ upload: Upload) async throws {
        guard let file = try await spool.open(upload.id, at: upload.length) else { return }
        defer { withExtendedLifetime(file) {} }
        guard let now = try await store.upload(upload.id, of: upload.ownerID), now.isWhole, !now.isComplete else { return }
        guard try await file.cut() else { throw MediaError.lost }
        _ = try await complete(now)
    }

    /// Gives an upload up. One that is complete stays. Whoever is sending bytes of it hears so with the next that are kept.
    func end(_ id: UploadID, of user: UserID) async throws {
        let upload = try await find(id, of: user)
        guard !upload.isComplete, try await store.remove(id) else { throw MediaError.complete }
        try await spool.remove(id)
    }

    private func withRoom<R: Sendable>(_ body: () async throws -> R) async throws -> R {
        do { return try await body() } catch let error as SpoolError where error.isFull { throw MediaError.full }
    }
}
