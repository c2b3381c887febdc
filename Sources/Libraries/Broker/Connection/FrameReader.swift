internal import CRabbitMQ

/// What the broker says by itself, or as the late answer to a publish.
enum Incoming {
    case delivery(ReceivedMessage, tag: UInt64)
    /// The message with this id and key could be given to nobody. Its confirm follows.
    case returned(messageID: String, routingKey: String)
    case confirmed(tag: UInt64, multiple: Bool, isAck: Bool)
    /// The broker ended the consumer: its queue was deleted.
    case consumerCancelled
    /// A broker short of memory or disk takes nothing more (true), or takes again.
    case blocked(Bool)
}

/// Puts frames together: a method, and for a message its header and body.
struct FrameReader {
    private struct Content {
        enum Origin { case delivered(tag: UInt64, isRedelivered: Bool), returned }
        let origin: Origin
        let exchange: String
        let routingKey: String
        var properties: Properties?
        var body: [UInt8] = []
        var missing = 0
    }
    private struct Properties {
        var messageID: String?
        var contentType: String?
        var type: String?
        var headers: [String: HeaderValue] = [:]
    }
    private var content: Content?

    /// The next thing that has arrived whole; nil when there is nothing for now. Never waits; sends a heartbeat when one is due.
    mutating func next(from connection: borrowing Connection) throws(BrokerError) -> Incoming? {
        while true {
            var frame = amqp_frame_t()
            var now = timeval(milliseconds: 0)
            let status = amqp_simple_wait_frame_noblock(connection.raw, &frame, &now)
            if status == AMQP_STATUS_TIMEOUT.rawValue { return nil }
            try check(status, "read")
            let incoming = try take(frame, connection)
            // Everything is copied by now, so the library may use its memory again.
            amqp_maybe_release_buffers_on_channel(connection.raw, frame.channel)
            if let incoming { return incoming }
        }
    }

    private mutating func take(_ frame: amqp_frame_t, _ connection: borrowing Connection) throws(BrokerError) -> Incoming? {
        switch CInt(frame.frame_type) {
        case AMQP_FRAME_METHOD: return try take(frame.payload.method, connection)
        case AMQP_FRAME_HEADER:
            content?.properties = Self.read(frame.payload.properties.decoded)
            let size = Int(clamping: frame.payload.properties.body_size)
            content?.missing = size
            content?.body.reserveCapacity(min(size, 1 << 20))
            return finished()
        case AMQP_FRAME_BODY:
            let fragment = frame.payload.body_fragment
            content?.body.append(contentsOf: UnsafeRawBufferPointer(start: fragment.bytes, count: fragment.len))
            content?.missing -= fragment.len
            return finished()
        default: return nil
        }
    }

    private mutating func take(_ method: amqp_method_t, _ connection: borrowing Connection) throws(BrokerError) -> Incoming? {
        switch method.id {
        case AMQP_BASIC_DELIVER_METHOD:
            let deliver = method.decoded.assumingMemoryBound(to: amqp_basic_deliver_t.self).pointee
            content = Content(origin: .delivered(tag: deliver.delivery_tag, isRedelivered: deliver.redelivered != 0),
                              exchange: deliver.exchange.text, routingKey: deliver.routing_key.text)
        case AMQP_BASIC_RETURN_METHOD:
            let returned = method.decoded.assumingMemoryBound(to: amqp_basic_return_t.self).pointee
            content = Content(origin: .returned, exchange: returned.exchange.text, routingKey: returned.routing_key.text)
        case AMQP_BASIC_ACK_METHOD:
            let ack = method.decoded.assumingMemoryBound(to: amqp_basic_ack_t.self).pointee
            return .confirmed(tag: ack.delivery_tag, multiple: ack.multiple != 0, isAck: true)
        case AMQP_BASIC_NACK_METHOD:
            let nack = method.decoded.assumingMemoryBound(to: amqp_basic_nack_t.self).pointee
            return .confirmed(tag: nack.delivery_tag, multiple: nack.multiple != 0, isAck: false)
        case AMQP_BASIC_CANCEL_METHOD: return .consumerCancelled
        case AMQP_CONNECTION_BLOCKED_METHOD: return .blocked(true)
        case AMQP_CONNECTION_UNBLOCKED_METHOD: return .blocked(false)
        case AMQP_CHANNEL_CLOSE_METHOD: throw BrokerError(closing: method, "channel closed")
        case AMQP_CONNECTION_CLOSE_METHOD:
            let error = BrokerError(closing: method, "connection closed")
            var closed = amqp_connection_close_ok_t()
            amqp_send_method(connection.raw, 0, AMQP_CONNECTION_CLOSE_OK_METHOD, &closed)
            throw error
        default: break
        }
        return nil
    }

    /// The answer to a basic.get was read by the library up to its header; the message follows.
    mutating func begin(got answer: UnsafeMutableRawPointer) {
        let got = answer.assumingMemoryBound(to: amqp_basic_get_ok_t.self).pointee
        content = Content(origin: .delivered(tag: got.delivery_tag, isRedelivered: got.redelivered != 0),
                          exchange: got.exchange.text, routingKey: got.routing_key.text)
    }

    private mutating func finished() -> Incoming? {
        guard let content, let properties = content.properties, content.missing <= 0 else { return nil }
        self.content = nil
        switch content.origin {
        case .returned: return .returned(messageID: properties.messageID ?? "", routingKey: content.routingKey)
        case .delivered(let tag, let isRedelivered):
            let message = ReceivedMessage(
                body: content.body, messageID: properties.messageID, contentType: properties.contentType, type: properties.type,
                headers: properties.headers, exchange: content.exchange, routingKey: content.routingKey, isRedelivered: isRedelivered)
            return .delivery(message, tag: tag)
        }
    }

    private static func read(_ decoded: UnsafeMutableRawPointer?) -> Properties {
        guard let raw = decoded?.assumingMemoryBound(to: amqp_basic_properties_t.self).pointee else { return Properties() }
        func has(_ flag: CInt) -> Bool { raw._flags & amqp_flags_t(flag) != 0 }
        return Properties(messageID: has(AMQP_BASIC_MESSAGE_ID_FLAG) ? raw.message_id.text : nil,
                          contentType: has(AMQP_BASIC_CONTENT_TYPE_FLAG) ? raw.content_type.text : nil,
                          type: has(AMQP_BASIC_TYPE_FLAG) ? raw.type.text : nil,
                          headers: has(AMQP_BASIC_HEADERS_FLAG) ? raw.headers.values : [:])
    }
}
