/// The object ids of the built-in types that have a binary form here (`pg_type.oid`, fixed since they exist).
enum TypeID {
    static let unknown: UInt32 = 0
    static let bool: UInt32 = 16, boolArray: UInt32 = 1000
    static let bytea: UInt32 = 17, byteaArray: UInt32 = 1001
    static let int8: UInt32 = 20, int8Array: UInt32 = 1016
    static let int2: UInt32 = 21, int2Array: UInt32 = 1005
    static let int4: UInt32 = 23, int4Array: UInt32 = 1007
    static let text: UInt32 = 25, textArray: UInt32 = 1009
    static let json: UInt32 = 114
    static let float8: UInt32 = 701, float8Array: UInt32 = 1022
    static let timestamptz: UInt32 = 1184, timestamptzArray: UInt32 = 1185
    static let uuid: UInt32 = 2950, uuidArray: UInt32 = 2951
    static let jsonb: UInt32 = 3802, jsonbArray: UInt32 = 3807

    /// 2000-01-01T00:00:00Z in microseconds since 1970: where PostgreSQL counts from.
    static let epoch: Int64 = 946_684_800_000_000
}

extension Parameter {
    /// The type that the statement is prepared with; 0 leaves it to the server.
    var typeID: UInt32 {
        switch self {
        case .null, .text: TypeID.unknown
        case .bool: TypeID.bool
        case .int2: TypeID.int2
        case .int4: TypeID.int4
        case .int8: TypeID.int8
        case .float8: TypeID.float8
        case .uuid: TypeID.uuid
        case .bytes: TypeID.bytea
        case .timestamp: TypeID.timestamptz
        case .jsonb: TypeID.jsonb
        case .boolArray: TypeID.boolArray
        case .int2Array: TypeID.int2Array
        case .int4Array: TypeID.int4Array
        case .int8Array: TypeID.int8Array
        case .float8Array: TypeID.float8Array
        case .textArray: TypeID.textArray
        case .uuidArray: TypeID.uuidArray
        case .bytesArray: TypeID.byteaArray
        case .timestampArray: TypeID.timestamptzArray
        case .jsonbArray: TypeID.jsonbArray
        }
    }

    /// NULL and text fit a place of any type: text travels as text, which every type can read.
    var fitsAnyType: Bool {
        switch self {
        case .null, .text: true
        default: false
        }
    }
}
