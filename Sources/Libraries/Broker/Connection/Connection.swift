internal import CRabbitMQ
import Glibc

/// One AMQP connection with one channel. It belongs to the thread that opened it; every call may block up to the configured timeouts.
struct Connection: ~Copyable {
    static let channel: amqp_channel_t = 1

    let raw: amqp_connection_state_t

    private init(owning raw: amqp_connection_state_t) { self.raw = raw }

    deinit { amqp_destroy_connection(raw) }

    /// The socket, to be waited for. Look for frames that are already there first.
    var descriptor: CInt { amqp_get_sockfd(raw) }

    /// Connects, signs in and opens the channel.
    static func open(_ configuration: BrokerConfiguration) throws(BrokerError) -> Connection {
        guard let raw = amqp_new_connection() else { throw BrokerError(.connection, "no memory") }
        let connection = Connection(owning: raw)
        guard let socket = amqp_tcp_socket_new(raw) else { throw BrokerError(.connection, "no memory") }
        var answer = timeval(milliseconds: configuration.answerTimeoutMilliseconds)
        amqp_set_handshake_timeout(raw, &answer)
        amqp_set_rpc_timeout(raw, &answer)
        var limit = timeval(milliseconds: configuration.connectTimeoutMilliseconds)
        try check(amqp_socket_open_noblock(socket, configuration.host, CInt(configuration.port), &limit), "connect")
        connection.giveUpOnSilence(seconds: configuration.heartbeatSeconds * 2)
        try connection.signIn(configuration)
        amqp_channel_open(raw, channel)
        try connection.checkReply("open a channel")
        return connection
    }

    private func signIn(_ configuration: BrokerConfiguration) throws(BrokerError) {
        var arena = Arena()
        var properties = arena.table([
            "product": .text("lyceum"),
            "connection_name": .text(configuration.connectionName),
            "capabilities": .table([
                "publisher_confirms": .bool(true), "basic.nack": .bool(true), "consumer_cancel_notify": .bool(true),
                "connection.blocked": .bool(true), "authentication_failure_close": .bool(true),
            ]),
        ])
        let reply = lyceum_amqp_login(raw, configuration.virtualHost, 131_072, CInt(configuration.heartbeatSeconds), &properties,
                                      configuration.user, configuration.password)
        try check(reply, "sign in")
    }

    /// Sent bytes that the peer's kernel does not acknowledge end the connection; heartbeats find a broker that is silent above it.
    private func giveUpOnSilence(seconds: Int) {
        var milliseconds = CUnsignedInt(seconds * 1_000)
        setsockopt(descriptor, CInt(IPPROTO_TCP), TCP_USER_TIMEOUT, &milliseconds, socklen_t(MemoryLayout<CUnsignedInt>.size))
        var on: CInt = 1
        setsockopt(descriptor, CInt(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<CInt>.size))
    }

    /// Says goodbye and waits for the answer, at most the timeout for questions.
    func close() { _ = amqp_connection_close(raw, AMQP_REPLY_SUCCESS) }

    /// From now on every publish is confirmed.
    func selectConfirms() throws(BrokerError) {
        amqp_confirm_select(raw, Connection.channel)
        try checkReply("select confirms")
    }

    /// Sends one message; the answer comes as a frame.
    func publish(_ message: OutgoingMessage) throws(BrokerError) {
        var arena = Arena()
        var properties = amqp_basic_properties_t()
        var flags = AMQP_BASIC_CONTENT_TYPE_FLAG | AMQP_BASIC_DELIVERY_MODE_FLAG | AMQP_BASIC_MESSAGE_ID_FLAG
        properties.content_type = arena.bytes(message.contentType)
        properties.delivery_mode = 2
        properties.message_id = arena.bytes(message.messageID)
        if let type = message.type {
            flags |= AMQP_BASIC_TYPE_FLAG
            properties.type = arena.bytes(type)
        }
        if !message.headers.isEmpty {
            flags |= AMQP_BASIC_HEADERS_FLAG
            properties.headers = arena.table(message.headers)
        }
        properties._flags = amqp_flags_t(flags)
        let (exchange, key) = (arena.bytes(message.exchange), arena.bytes(message.routingKey))
        let status = message.body.withUnsafeBytes { body in
            amqp_basic_publish(raw, Connection.channel, exchange, key, 1, 0, &properties,
                               amqp_bytes_t(len: body.count, bytes: UnsafeMutableRawPointer(mutating: body.baseAddress)))
        }
        try check(status, "publish")
    }

    /// Asks for messages of `queue`, at most `prefetch` of them unsettled.
    func consume(_ queue: String, tag: String, prefetch: Int) throws(BrokerError) {
        var arena = Arena()
        amqp_basic_qos(raw, Connection.channel, 0, UInt16(clamping: prefetch), 0)
        try checkReply("set the prefetch")
        amqp_basic_consume(raw, Connection.channel, arena.bytes(queue), arena.bytes(tag), 0, 0, 0, arena.table([:]))
        try checkReply("consume")
    }

    /// Wants no more messages; those under way still come and are to be settled.
    func cancel(tag: String) throws(BrokerError) {
        var arena = Arena()
        amqp_basic_cancel(raw, Connection.channel, arena.bytes(tag))
        try checkReply("cancel the consumer")
    }

    func ack(_ tag: UInt64, multiple: Bool) throws(BrokerError) {
        try check(amqp_basic_ack(raw, Connection.channel, tag, multiple ? 1 : 0), "acknowledge")
    }

    func nack(_ tag: UInt64, requeue: Bool) throws(BrokerError) {
        try check(amqp_basic_nack(raw, Connection.channel, tag, 0, requeue ? 1 : 0), "reject")
    }

    /// Throws what the last question was answered with, unless it is what was hoped for.
    func checkReply(_ action: StaticString) throws(BrokerError) { try check(amqp_get_rpc_reply(raw), action) }
    func checkReply(_ reply: amqp_rpc_reply_t, _ action: StaticString) throws(BrokerError) { try check(reply, action) }
}

extension timeval {
    init(milliseconds: Int) { self.init(tv_sec: milliseconds / 1_000, tv_usec: milliseconds % 1_000 * 1_000) }
}

/// Throws the error of a status of librabbitmq.
func check(_ status: CInt, _ action: StaticString) throws(BrokerError) {
    guard status != AMQP_STATUS_OK.rawValue else { return }
    let text = amqp_error_string2(status).map { String(cString: $0) } ?? "unknown"
    let isLate = status == AMQP_STATUS_TIMEOUT.rawValue || status == AMQP_STATUS_HEARTBEAT_TIMEOUT.rawValue
    throw BrokerError(isLate ? .timeout : .connection, code: Int(status), "\(action): \(text)")
}

/// Throws what the broker, or the library, answered instead of the reply.
private func check(_ reply: amqp_rpc_reply_t, _ action: StaticString) throws(BrokerError) {
    switch reply.reply_type {
    case AMQP_RESPONSE_NORMAL: return
    case AMQP_RESPONSE_SERVER_EXCEPTION: throw BrokerError(closing: reply.reply, action)
    case AMQP_RESPONSE_LIBRARY_EXCEPTION: try check(reply.library_error, action)
    default: throw BrokerError(.connection, "\(action): the connection ended")
    }
}

extension BrokerError {
    /// What a channel.close or connection.close says.
    init(closing method: amqp_method_t, _ action: StaticString) {
        switch method.id {
        case AMQP_CHANNEL_CLOSE_METHOD:
            let close = method.decoded.assumingMemoryBound(to: amqp_channel_close_t.self).pointee
            self.init(.refused, code: Int(close.reply_code), "\(action): \(close.reply_text.text)")
        case AMQP_CONNECTION_CLOSE_METHOD:
            let close = method.decoded.assumingMemoryBound(to: amqp_connection_close_t.self).pointee
            self.init(.refused, code: Int(close.reply_code), "\(action): \(close.reply_text.text)")
        default:
            self.init(.connection, "\(action): an answer to another question (method \(method.id))")
        }
    }
}
