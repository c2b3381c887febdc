internal import CRabbitMQ

/// C memory for the arguments of one call, freed together.
struct Arena: ~Copyable {
    private var blocks: [UnsafeMutableRawPointer] = []

    deinit { for block in blocks { block.deallocate() } }

    mutating func bytes(_ text: String) -> amqp_bytes_t {
        var text = text
        return text.withUTF8 { copy(UnsafeRawBufferPointer($0)) }
    }

    mutating func bytes(_ bytes: [UInt8]) -> amqp_bytes_t { bytes.withUnsafeBytes { copy($0) } }

    mutating func table(_ values: [String: HeaderValue]) -> amqp_table_t {
        guard !values.isEmpty else { return amqp_table_t(num_entries: 0, entries: nil) }
        let entries = UnsafeMutablePointer<amqp_table_entry_t>.allocate(capacity: values.count)
        blocks.append(UnsafeMutableRawPointer(entries))
        for (index, (name, value)) in values.sorted(by: { $0.key < $1.key }).enumerated() {
            entries.advanced(by: index).initialize(to: amqp_table_entry_t(key: bytes(name), value: field(value)))
        }
        return amqp_table_t(num_entries: CInt(values.count), entries: entries)
    }

    private mutating func list(_ values: [HeaderValue]) -> amqp_array_t {
        guard !values.isEmpty else { return amqp_array_t(num_entries: 0, entries: nil) }
        let entries = UnsafeMutablePointer<amqp_field_value_t>.allocate(capacity: values.count)
        blocks.append(UnsafeMutableRawPointer(entries))
        for (index, value) in values.enumerated() { entries.advanced(by: index).initialize(to: field(value)) }
        return amqp_array_t(num_entries: CInt(values.count), entries: entries)
    }

    private mutating func field(_ value: HeaderValue) -> amqp_field_value_t {
        var field = amqp_field_value_t()
        switch value {
        case .null: field.kind = kind(AMQP_FIELD_KIND_VOID)
        case .bool(let value): (field.kind, field.value.boolean) = (kind(AMQP_FIELD_KIND_BOOLEAN), value ? 1 : 0)
        case .int(let value): (field.kind, field.value.i64) = (kind(AMQP_FIELD_KIND_I64), value)
        case .double(let value): (field.kind, field.value.f64) = (kind(AMQP_FIELD_KIND_F64), value)
        case .text(let value): (field.kind, field.value.bytes) = (kind(AMQP_FIELD_KIND_UTF8), bytes(value))
        case .bytes(let value): (field.kind, field.value.bytes) = (kind(AMQP_FIELD_KIND_BYTES), bytes(value))
        case .timestamp(let value): (field.kind, field.value.u64) = (kind(AMQP_FIELD_KIND_TIMESTAMP), value)
        case .list(let values): (field.kind, field.value.array) = (kind(AMQP_FIELD_KIND_ARRAY), list(values))
        case .table(let values): (field.kind, field.value.table) = (kind(AMQP_FIELD_KIND_TABLE), table(values))
        }
        return field
    }

    private mutating func copy(_ source: UnsafeRawBufferPointer) -> amqp_bytes_t {
        guard !source.isEmpty, let from = source.baseAddress else { return amqp_bytes_t(len: 0, bytes: nil) }
        let block = UnsafeMutableRawPointer.allocate(byteCount: source.count, alignment: 1)
        block.copyMemory(from: from, byteCount: source.count)
        blocks.append(block)
        return amqp_bytes_t(len: source.count, bytes: block)
    }
}

private func kind(_ value: amqp_field_value_kind_t) -> UInt8 { UInt8(truncatingIfNeeded: value.rawValue) }

extension amqp_bytes_t {
    var text: String { String(decoding: UnsafeRawBufferPointer(start: bytes, count: bytes == nil ? 0 : len), as: UTF8.self) }
    var array: [UInt8] { Array(UnsafeRawBufferPointer(start: bytes, count: bytes == nil ? 0 : len)) }
}

extension amqp_table_t {
    /// The table in Swift; what AMQP has and `HeaderValue` has not (decimals) is left out.
    var values: [String: HeaderValue] {
        var values: [String: HeaderValue] = [:]
        for entry in UnsafeBufferPointer(start: entries, count: Int(num_entries)) { values[entry.key.text] = entry.value.header }
        return values
    }
}

extension amqp_field_value_t {
    fileprivate var header: HeaderValue? {
        switch amqp_field_value_kind_t(rawValue: numericCast(self.kind)) {
        case AMQP_FIELD_KIND_VOID: .null
        case AMQP_FIELD_KIND_BOOLEAN: .bool(value.boolean != 0)
        case AMQP_FIELD_KIND_I8: .int(Int64(value.i8))
        case AMQP_FIELD_KIND_U8: .int(Int64(value.u8))
        case AMQP_FIELD_KIND_I16: .int(Int64(value.i16))
        case AMQP_FIELD_KIND_U16: .int(Int64(value.u16))
        case AMQP_FIELD_KIND_I32: .int(Int64(value.i32))
        case AMQP_FIELD_KIND_U32: .int(Int64(value.u32))
        case AMQP_FIELD_KIND_I64: .int(value.i64)
        case AMQP_FIELD_KIND_U64: Int64(exactly: value.u64).map { .int($0) }
        case AMQP_FIELD_KIND_F32: .double(Double(value.f32))
        case AMQP_FIELD_KIND_F64: .double(value.f64)
        case AMQP_FIELD_KIND_UTF8: .text(value.bytes.text)
        case AMQP_FIELD_KIND_BYTES: .bytes(value.bytes.array)
        case AMQP_FIELD_KIND_TIMESTAMP: .timestamp(value.u64)
        case AMQP_FIELD_KIND_TABLE: .table(value.table.values)
        case AMQP_FIELD_KIND_ARRAY:
            .list(UnsafeBufferPointer(start: value.array.entries, count: Int(value.array.num_entries)).compactMap { $0.header })
        default: nil
        }
    }
}
