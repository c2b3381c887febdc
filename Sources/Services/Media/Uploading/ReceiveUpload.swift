import CoursesAPI
import Kit
import MediaAPI
import Telemetry

/// Takes files in pieces, so that a connection that breaks costs the piece and not the file (tus 1.0.0).
struct ReceiveUpload: Sendable {
    /// So many bytes are at stake when the machine loses power: then the disk is waited for, and the offset remembered.
    static let syncBytes = 4 << 20

    let store: any UploadStore
    let spool: UploadSpool
    let originals: StoredOriginal
    let courses: CoursesClient
    let clock: WallClock
    let maximumBytes: Int

    func begin(_ metadata: UploadMetadata, length: Int, by user: UserID) async throws -> Upload {
        guard length <= maximumBytes else { throw MediaError.tooLarge(limit: maximumBytes) }
        guard let course = CourseID(metadata.courseID), let lecture = LectureID(metadata.lectureID) else { throw MediaError.noSuchLecture }
        guard let facts = try await courses.draftLecture(lecture, of: course), facts.instructorIDs.contains(user) else { throw MediaError.noSuchLecture }
        guard facts.kind == .video else { throw MediaError.notAVideoLecture }
        let now = clock.now()
        let upload = Upload(
            id: UploadID(), assetID: AssetID(), ownerID: user, length: length, received: 0, expiresAt: now.adding(seconds: Upload.lifetimeSeconds),
            isComplete: false)
        try await withRoom { try await spool.create(upload.id) }
        try await store.create(upload, metadata: metadata, at: now)
        if length == 0 { try await complete(upload) }
        return upload
    }

    func find(_ id: UploadID, of user: UserID) async throws -> Upload {
        guard let upload = try await store.upload(id, of: user) else { throw MediaError.noSuchUpload }
        if !upload.isComplete, upload.expiresAt <= clock.now() { throw MediaError.expired }
        return upload
    }

    /// Appends what `next` gives until it gives nil. What arrived before it throws is kept. Returns the bytes that are safe.
    func append(to id: UploadID, of user: UserID, at offset: Int, _ next: () async throws -> [UInt8]?) async throws -> Upload {
        var upload = try await find(id, of: user)
        if upload.isComplete {
            guard offset == upload.length else { throw MediaError.wrongOffset(expected: upload.length) }
            return upload
        }
        guard offset == upload.received else { throw MediaError.wrongOffset(expected: upload.received) }
        guard let file = try await withRoom({ try await spool.openForWriting(id, at: offset) }) else { throw MediaError.busy }
        // Between the look at the row and the lock on the file another writer may have come and gone.
        upload = try await find(id, of: user)
        guard offset == upload.received, !upload.isComplete else { throw MediaError.wrongOffset(expected: upload.received) }
        do { try await receive(&upload, file, next) } catch {
            // The client is gone, or sent too much: what is here stays.
            try await keep(&upload, file)
            throw error
        }
        try await keep(&upload, file)
        if upload.received == upload.length { try await complete(upload) }
        return upload
    }

    private func receive(_ upload: inout Upload, _ file: SpoolFile, _ next: () async throws -> [UInt8]?) async throws {
        var unsafe = 0
        while let piece = try await next() {
            guard upload.received + piece.count <= upload.length else { throw MediaError.tooLong }
            try await withRoom { try await file.append(piece) }
            upload.received += piece.count
            unsafe += piece.count
            if unsafe >= Self.syncBytes {
                try await keep(&upload, file)
                unsafe = 0
            }
        }
    }

    private func keep(_ upload: inout Upload, _ file: SpoolFile) async throws {
        try await withRoom { try await file.sync() }
        try await store.advance(upload.id, to: upload.received)
    }

    /// Into the object store first, then into the database: a crash between the two is made good by sending nothing more (PATCH at the end).
    private func complete(_ upload: Upload) async throws {
        try await originals.put(file: spool.path(of: upload.id), of: upload.assetID)
        try await store.complete(upload, traceparent: Trace.current?.traceparent, at: clock.now())
        try await spool.remove(upload.id)
    }

    /// Gives an upload up. One that is complete stays.
    func end(_ id: UploadID, of user: UserID) async throws {
        let upload = try await find(id, of: user)
        guard !upload.isComplete, try await store.remove(id) else { throw MediaError.complete }
        try await spool.remove(id)
    }

    /// Removes uploads that nobody went on with; how many.
    func sweep() async throws -> Int {
        let expired = try await store.expired(before: clock.now(), limit: 100)
        for id in expired where try await store.remove(id) { try await spool.remove(id) }
        return expired.count
    }

    private func withRoom<R: Sendable>(_ body: () async throws -> R) async throws -> R {
        do { return try await body() } catch let error as SpoolError where error.isFull { throw MediaError.full }
    }
}
