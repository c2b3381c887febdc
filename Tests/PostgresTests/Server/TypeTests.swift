import Telemetry
import Testing
@testable import Postgres

@Suite("Every type there and back")
struct TypeTests {
    /// Stores the parameter in a column of the type, reads it again, and lets the server say it as text.
    private func roundTrip(_ type: String, _ parameter: Parameter, _ check: (Rows) -> Void, text: String?) async throws {
        try await TestDatabase.sharedPool { pool in
            let rows = try await pool.withConnection { session in
                try await session.query(.once("create temporary table t (v \(type))"))
                return try await session.query(.once("insert into t values ($1) returning v, v::text"), [parameter])
            }
            check(rows)
            #expect(rows.optionalText(0, 1) == text)
        }
    }

    @Test("single values")
    func singles() async throws {
        try await roundTrip("boolean", .bool(true), { #expect($0.bool(0, 0)) }, text: "true")
        try await roundTrip("smallint", .int2(-32_768), { #expect($0.int2(0, 0) == -32_768) }, text: "-32768")
        try await roundTrip("integer", .int4(.min), { #expect($0.int4(0, 0) == Int(Int32.min)) }, text: "-2147483648")
        try await roundTrip("bigint", .int8(.max), { #expect($0.int8(0, 0) == .max) }, text: "9223372036854775807")
        try await roundTrip("float8", .float8(-0.1), { #expect($0.float8(0, 0) == -0.1) }, text: "-0.1")
        try await roundTrip("text", .text("naïve 🎓 \"x\"\n\t"), { #expect($0.text(0, 0) == "naïve 🎓 \"x\"\n\t") }, text: "naïve 🎓 \"x\"\n\t")
        try await roundTrip("text", .text(""), { #expect($0.text(0, 0) == "") }, text: "")
        try await roundTrip("bytea", .bytes([0, 255, 7]), { #expect($0.bytes(0, 0) == [0, 255, 7]) }, text: "\\x00ff07")
        try await roundTrip("jsonb", .jsonb(#"{"a": [1, "é"]}"#), { #expect($0.text(0, 0) == #"{"a": [1, "é"]}"#) }, text: #"{"a": [1, "é"]}"#)
        try await roundTrip("json", .text("[1 ]"), { #expect($0.bytes(0, 0) == Array("[1 ]".utf8)) }, text: "[1 ]")
        let id = "018f4e2a-9c3b-7def-8123-456789abcdef"
        try await roundTrip("uuid", .uuid(UUID16(id)!), { #expect($0.uuid(0, 0).description == id) }, text: id)
        let time = Timestamp(microseconds: 1_795_268_436_123_456)
        try await roundTrip("timestamptz", .timestamp(time), { #expect($0.timestamp(0, 0) == time) }, text: "2026-11-21 13:40:36.123456+00")
        let old = Timestamp(microseconds: -1)
        try await roundTrip("timestamptz", .timestamp(old), { #expect($0.timestamp(0, 0) == old) }, text: "1969-12-31 23:59:59.999999+00")
        let never = Parameter.timestamp(microsecondsSince1970: .max)
        try await roundTrip("timestamptz", never, { #expect($0.timestamp(0, 0).microseconds == .max) }, text: "infinity")
    }

    @Test("NULL is not empty")
    func nulls() async throws {
        for type in ["boolean", "smallint", "integer", "bigint", "float8", "text", "bytea", "uuid", "timestamptz", "jsonb", "integer[]"] {
            try await TestDatabase.sharedPool { pool in
                let rows = try await pool.query(Statement.once("select $1::\(type)"), [.null])
                #expect(rows.isNull(0, 0))
            }
        }
        try await TestDatabase.sharedPool { pool in
            let rows = try await pool.query(.once("select null::bool, null::int2, null::int4, null::int8, null::float8, null::text, null::bytea, null::uuid, null::timestamptz"))
            #expect(rows.optionalBool(0, 0) == nil && rows.optionalInt2(0, 1) == nil && rows.optionalInt4(0, 2) == nil)
            #expect(rows.optionalInt8(0, 3) == nil && rows.optionalFloat8(0, 4) == nil && rows.optionalText(0, 5) == nil)
            #expect(rows.optionalBytes(0, 6) == nil && rows.optionalUUID(0, 7) == nil && rows.optionalTimestamp(0, 8) == nil)
            #expect(rows.optionalInt(0, 1) == nil)
        }
    }

    @Test("arrays")
    func arrays() async throws {
        try await roundTrip("boolean[]", .boolArray([true, false]), { #expect($0.boolArray(0, 0) == [true, false]) }, text: "{t,f}")
        try await roundTrip("smallint[]", .int2Array([1, -1]), { #expect($0.int2Array(0, 0) == [1, -1]) }, text: "{1,-1}")
        try await roundTrip("integer[]", .int4Array([1, 2, 3]), { #expect($0.int4Array(0, 0) == [1, 2, 3]) }, text: "{1,2,3}")
        try await roundTrip("bigint[]", .intArray([.max]), { #expect($0.int8Array(0, 0) == [.max]) }, text: "{9223372036854775807}")
        try await roundTrip("float8[]", .float8Array([0.5]), { #expect($0.float8Array(0, 0) == [0.5]) }, text: "{0.5}")
        try await roundTrip("text[]", .textArray(["a,b", "é", "NULL"]), { #expect($0.textArray(0, 0) == ["a,b", "é", "NULL"]) }, text: #"{"a,b",é,"NULL"}"#)
        try await roundTrip("text[]", .textArray(["a", nil]), { #expect($0.optionalTextArray(0, 0) == ["a", nil]) }, text: "{a,NULL}")
        try await roundTrip("text[]", .textArray([]), { #expect($0.textArray(0, 0) == []) }, text: "{}")
        try await roundTrip("bytea[]", .bytesArray([[1], []]), { #expect($0.bytesArray(0, 0) == [[1], []]) }, text: #"{"\\x01","\\x"}"#)
        let id = UUID16(high: 1, low: 2)
        try await roundTrip("uuid[]", .uuidArray([id, id]), { #expect($0.uuidArray(0, 0) == [id, id]) }, text: "{\(id),\(id)}")
        let time = Timestamp(microseconds: 0)
        try await roundTrip("timestamptz[]", .timestampArray([time]), { #expect($0.timestampArray(0, 0) == [time]) }, text: "{\"1970-01-01 00:00:00+00\"}")
        try await roundTrip("jsonb[]", .jsonbArray([Array("1".utf8)]), { #expect($0.jsonbArray(0, 0) == [Array("1".utf8)]) }, text: "{1}")
    }

    @Test("any other type is written and read as its text")
    func others() async throws {
        try await TestDatabase.with { database in
            _ = try await database.pool.query(.once("create type color as enum ('red', 'green')"))
            _ = try await database.pool.query(.once("create table t (c color, n numeric(10,2), m int4multirange, i interval)"))
            let insert = Statement("insert into t values ($1, $2, $3, $4) returning c, n::text, m::text, extract(epoch from i)::int8")
            let rows = try await database.pool.query(insert, [.text("green"), .text("12.50"), .text("{[1,4),[6,9)}"), .text("90 seconds")])
            #expect(rows.text(0, 0) == "green" && rows.text(0, 1) == "12.50" && rows.text(0, 2) == "{[1,4),[6,9)}" && rows.int8(0, 3) == 90)
            let found = try await database.pool.query(Statement("select c from t where c = any($1::text[]::color[])"), [.textArray(["red", "green"])])
            #expect(found.count == 1)
        }
    }

    @Test("a value of the wrong type is refused or cast, never misread")
    func mismatch() async throws {
        try await TestDatabase.with { database in
            let pool = database.pool
            _ = try await pool.query(.once("create table t (small int2, time timestamptz, big int8)"))
            _ = try await pool.query(Statement("insert into t (small) values ($1)"), [.int8(7)])
            #expect(try await pool.query(Statement("select small from t where small = $1"), [.int8(7)]).int(0, 0) == 7)
            let range = await postgresError { _ = try await pool.query(Statement("insert into t (small) values ($1)"), [.int8(70_000)]) }
            #expect(range?.sqlState == "22003")
            let time = await postgresError { _ = try await pool.query(Statement("insert into t (time) values ($1)"), [.int8(7)]) }
            #expect(time?.sqlState == "42804")
            let float = await postgresError { _ = try await pool.query(Statement("insert into t (big) values ($1)"), [.uuid(UUID16(high: 0, low: 0))]) }
            #expect(float?.sqlState == "42804")
        }
    }

    @Test("the same statement takes NULL first and a value later")
    func nullThenValue() async throws {
        try await TestDatabase.with { database in
            _ = try await database.pool.query(.once("create table t (a int4, b timestamptz)"))
            let insert = Statement("insert into t values ($1, $2)")
            for (a, b) in [(Parameter.null, Parameter.null), (.int8(1), .null), (.int4(2), .timestamp(.init(microseconds: 5))), (.text("3"), .null)] {
                _ = try await database.pool.query(insert, [a, b])
            }
            #expect(try await database.pool.query(Statement("select sum(a) from t")).int8(0, 0) == 6)
        }
    }

    @Test("a large value and many rows come whole")
    func large() async throws {
        try await TestDatabase.sharedPool { pool in
            let bytes = [UInt8](repeating: 0xA5, count: 20 << 20)
            let echo = try await pool.query(Statement("select $1::bytea"), [.bytes(bytes)])
            #expect(echo.withBytes(0, 0) { $0.count } == bytes.count)
            #expect(echo.bytes(0, 0) == bytes)
            let rows = try await pool.query(Statement("select i, 'row ' || i from generate_series(1, 200000) i"))
            #expect(rows.count == 200_000)
            #expect(rows.int4(199_999, 0) == 200_000)
            #expect(rows.text(123_455, 1) == "row 123456")
            #expect(rows.column("i") == 0 && rows.column("none") == nil && rows.name(ofColumn: 0) == "i")
        }
    }
}
