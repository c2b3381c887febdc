import JSON
import Kit
import MediaAPI
import Postgres
import Stores
import Telemetry

/// An asset in a row.
enum PostgresAsset {
    static let columns = """
        id, owner_id, course_id, lecture_id, filename, state, progress, reason, detail, bytes, stream_path, duration_ms, width, height, stream_bytes,
        renditions, created_at, updated_at
        """

    static func read(_ rows: Rows, _ row: Int) throws -> Asset {
        Asset(
            id: rows.id(row, 0), ownerID: rows.id(row, 1), courseID: rows.uuid(row, 2).description, lectureID: rows.uuid(row, 3).description,
            filename: rows.text(row, 4), state: Asset.State(rawValue: rows.text(row, 5)) ?? .failed, progress: rows.int4(row, 6),
            reason: rows.optionalText(row, 7), detail: rows.optionalText(row, 8), bytes: rows.optionalInt8(row, 9), stream: try stream(rows, row),
            createdAt: rows.timestamp(row, 16), updatedAt: rows.timestamp(row, 17))
    }

    private static func stream(_ rows: Rows, _ row: Int) throws -> MediaStream? {
        guard let path = rows.optionalText(row, 10) else { return nil }
        let renditions = (try JSONValue.parse(Array(rows.text(row, 15).utf8))).arrayValue ?? []
        return MediaStream(
            path: path, durationMs: rows.int8(row, 11), width: rows.int4(row, 12), height: rows.int4(row, 13), bytes: rows.int8(row, 14),
            renditions: renditions.map { value in
                var fields = JSONFields(value)
                return Rendition(from: &fields)
            })
    }
}
