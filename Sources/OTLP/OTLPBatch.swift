internal import JSON
internal import Telemetry

/// `ExportTraceServiceRequest` in OTLP's JSON encoding: ids are hexadecimal, 64-bit numbers are texts, kinds and codes are numbers.
struct OTLPBatch: JSONWritable {
    let spans: [SpanRecord]
    /// Which of several processes of a service it is.
    let instance: String

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.array("resourceSpans") { json in
            for (service, spans) in Dictionary(grouping: spans, by: \.service).sorted(by: { $0.key < $1.key }) { write(spans, of: service, to: &json) }
        }
        json.endObject()
    }

    private func write(_ spans: [SpanRecord], of service: String, to json: inout JSONWriter) {
        json.beginObject()
        json.object("resource") { json in
            Self.write([
                ("service.name", .string(service)), ("service.namespace", .string("lyceum")), ("service.instance.id", .string(instance)),
                ("telemetry.sdk.name", .string("lyceum")), ("telemetry.sdk.language", .string("swift")),
            ], to: &json)
        }
        json.array("scopeSpans") { json in
            json.beginObject()
            json.object("scope") { $0.field("name", "lyceum") }
            json.array("spans") { json in for span in spans { Self.write(span, to: &json) } }
            json.endObject()
        }
        json.endObject()
    }

    private static func write(_ span: SpanRecord, to json: inout JSONWriter) {
        json.beginObject()
        json.field("traceId", span.trace.traceIDText)
        json.field("spanId", span.trace.spanIDText)
        if let parent = span.parentIDText { json.field("parentSpanId", parent) }
        json.field("flags", 1)
        json.field("name", span.name)
        json.field("kind", span.kind.rawValue)
        json.field("startTimeUnixNano", "\(span.start.microseconds)000")
        json.field("endTimeUnixNano", "\(span.end.microseconds)000")
        write(span.attributes, to: &json)
        json.object("status") { json in
            guard let failure = span.failure else { return }
            json.field("code", 2)
            json.field("message", failure)
        }
        json.endObject()
    }

    private static func write(_ attributes: [SpanAttribute], to json: inout JSONWriter) {
        json.array("attributes") { json in
            for (name, value) in attributes {
                json.beginObject()
                json.field("key", "\(name)")
                json.object("value") { json in
                    switch value {
                    case .string(let text): json.field("stringValue", text)
                    case .int(let number): json.field("intValue", "\(number)")
                    }
                }
                json.endObject()
            }
        }
    }
}
