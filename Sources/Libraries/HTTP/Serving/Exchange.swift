internal import CMicroHTTPD
import Glibc
import Loop

/// One call of libmicrohttpd's access handler: the head, a piece of the body, or its end.
struct ExchangeCall {
    let method: UnsafePointer<CChar>
    let url: UnsafePointer<CChar>
    let version: UnsafePointer<CChar>
    let data: UnsafePointer<CChar>?
    let size: UnsafeMutablePointer<Int>
}

/// One request and its answer, on the server's loop from the request line to the last byte.
///
/// libmicrohttpd calls for the head, for each piece of the body, and once more when the body is over. Each call leaves the connection answered,
/// reading, or suspended until the handler has read or answered; a call that left it suspended comes again. After `end` the connection is gone.
final class Exchange: @unchecked Sendable {   // everything happens on the loop's thread
    enum Stage {
        /// The request line is there, or the head: the handler has not begun or has not asked for the body.
        case head
        /// The body is being read, or is over and the answer is awaited.
        case body
        /// The answer is libmicrohttpd's.
        case answered
        /// Answered past libmicrohttpd in the middle of the body: what still comes is dropped until the client closes.
        case lingering
        /// Nothing can be done any more.
        case over
    }
    /// Why the connection is suspended.
    enum Suspension { case none, untilWanted, untilRead, untilAnswered, untilStreamed }

    let raw: OpaquePointer
    let connection: OpenConnection
    /// Nil when it cannot be read; and how many bytes it had.
    private let target: RequestTarget?
    private let targetCount: Int
    private(set) var server: Server?
    let loop: Loop
    private var head: RequestHead?
    private var request: Request?
    private var task: Task<Void, Never>?
    var stage = Stage.head
    private(set) var suspension = Suspension.none
    private var isAborted = false
    private var mustClose = false
    var response: Response?
    private var stream: AnswerStream?
    var body = BodyInbox()
    /// Bytes of the body: that have come, that came after the answer, and that have come since the deadline was last set anew.
    var received: UInt64 = 0
    var dropped: UInt64 = 0
    var receivedInTime: UInt64 = 0
    var bodyStart: UInt64 = 0

    init(_ raw: OpaquePointer, _ connection: OpenConnection, target: UnsafeRawBufferPointer, server: Server) {
        self.raw = raw
        self.connection = connection
        self.target = RequestTarget(target)
        targetCount = target.count
        self.server = server
        loop = server.loop
    }

    // MARK: - Called by libmicrohttpd

    func called(_ call: ExchangeCall) -> MHD_Result {
        guard let server, !isAborted else { return .NO }
        if head == nil { begin(call, server) }
        guard stage == .head else { return bodyCalled(call, server) }
        return headCalled(server)
    }

    private func begin(_ call: ExchangeCall, _ server: Server) {
        let head = readHead(call)
        self.head = head
        connection.deadline = .max
        let method = String(cString: call.method)
        var request = Request(
            method: method, target: target ?? .root, head: head, remoteAddress: connection.remoteAddress, loop: loop, source: self)
        guard head.isSound, target != nil else {
            mustClose = true
            self.request = request
            response = server.refuse(.malformed(head.isSound ? .target : .head), request)
            return
        }
        switch server.router.match(method, request.path) {
        case .malformed: response = server.refuse(.malformed(.path), request)
        case .notFound: response = server.refuse(.notFound, request)
        case .methodNotAllowed(let methods): response = server.refuse(.methodNotAllowed(methods), request)
        case .route(let route, let parameters):
            request.route = route.path
            request.parameters = parameters
            self.request = request
            start(route.handler, request, server)
        }
        self.request = request
    }

    private func readHead(_ call: ExchangeCall) -> RequestHead {
        var head = RequestHead()
        withUnsafeMutablePointer(to: &head) { pointer in
            _ = MHD_get_connection_values_n(raw, .HEADER_KIND, { context, _, name, nameCount, value, valueCount in
                context?.assumingMemoryBound(to: RequestHead.self).pointee.add(
                    UnsafeRawBufferPointer(start: name, count: nameCount), UnsafeRawBufferPointer(start: value, count: valueCount))
                return .YES
            }, pointer)
        }
        head.finish(version: String(cString: call.version))
        // The parts of the request line lie one behind the other: a gap is a NUL inside one of them, or more than one space.
        if call.url - call.method != strlen(call.method) + 1 || call.version - call.url != targetCount + 1 { head.refuse() }
        return head
    }

    /// The handler runs from here until it first waits; it may have answered by then.
    private func start(_ handler: @escaping Router.Handler, _ request: Request, _ server: Server) {
        server.handlerBegins()
        task = Task.immediate(executorPreference: loop) { [self] in
            let answer = await handler(request)
            loop.preconditionCurrent()
            give(answer)
            if case .stream(_, let pull) = answer.body, let stream { await stream.pump(pull) }
            server.handlerEnds()
        }
    }

    private func headCalled(_ server: Server) -> MHD_Result {
        guard let head else { return .NO }
        guard head.hasBody || mustClose else {
            stage = .body
            return .YES
        }
        if response != nil { return answerAtHead(head, server) }
        if body.isWanted {
            stage = .body
            expectBody()
        } else {
            suspend(.untilWanted)
        }
        return .YES
    }

    /// An answer that libmicrohttpd gets here closes the connection: right for a request that cannot be trusted, and for one that waits for
    /// `100 Continue` with its body. Otherwise a short body is read and dropped first.
    private func answerAtHead(_ head: RequestHead, _ server: Server) -> MHD_Result {
        if mustClose || head.expectsContinue { return send() }
        stage = .body
        expectBody()
        if (head.contentLength ?? 0) > UInt64(server.limits.discard) { linger() }
        return .YES
    }

    // MARK: - The answer

    /// The handler has answered.
    private func give(_ answer: Response) {
        guard stage != .over, !isAborted, let server else { return answer.discard() }
        response = answer
        if case .stream = answer.body { stream = AnswerStream(for: self) }
        let left = head?.contentLength.map { $0 - min($0, received) } ?? 0
        if stage == .body, !body.isComplete, left > UInt64(server.limits.discard) { linger() }
        if suspension == .untilRead && stage == .body { expectBody() }
        wake()
    }

    /// Hands the answer to libmicrohttpd, in a call of its own only.
    func send() -> MHD_Result {
        guard let server, let request, let answer = response else { return .NO }
        response = nil
        stage = .answered
        if queue(answer, server) { return .YES }
        stream?.close()
        return queue(server.refuse(.unsendable, request), server) ? .YES : .NO
    }

    private func queue(_ answer: Response, _ server: Server) -> Bool {
        guard let prepared = PreparedAnswer.make(answer.body, stream: stream) else { return false }
        guard 200...599 ~= answer.status else { return false }
        for (name, value) in answer.headers where !prepared.add(name, value) { return false }
        if mustClose || server.isDraining || connection.requests >= server.limits.requestsPerConnection { _ = prepared.add("connection", "close") }
        expectReader(length: answer.bodyLength)
        return prepared.queue(on: raw, status: answer.status)
    }

    /// Answers past libmicrohttpd and drops what still comes; breaks the connection off where that cannot be done.
    func linger() {
        guard let answer = response, let server else { return }
        response = nil
        stage = .lingering
        connection.deadline = loop.now + server.limits.lingerMilliseconds
        stream?.close()
        if !RawAnswer.send(answer, to: connection.socket) { connection.shutDown() }
        answer.discard()
    }

    // MARK: - Suspending

    func suspend(_ reason: Suspension) {
        suspension = reason
        connection.deadline = .max
        MHD_suspend_connection(raw)
        if connection.isGone { clientHasGone() }
    }

    /// The connection goes on once the jobs that are ready now have run.
    func wake() {
        guard suspension != .none, stage != .over, let server else { return }
        suspension = .none
        server.resume(self)
    }

    func resume() {
        if stage != .over { MHD_resume_connection(raw) }
    }

    func waitForStream() { suspend(.untilStreamed) }

    func streamHasMore() {
        if suspension == .untilStreamed { wake() }
    }

    // MARK: - The end

    /// The client has closed its side. Where libmicrohttpd is reading it notices by itself; where it waits for us nobody is there to wait for.
    func clientHasGone() {
        if suspension != .none && suspension != .untilRead { abort() }
    }

    /// Cancels the handler and closes the connection without an answer.
    func abort() {
        guard stage != .over else { return }
        isAborted = true
        task?.cancel()
        stream?.close()
        body.fail(.clientGone)
        wake()
    }

    /// libmicrohttpd is done with the request. No call of it on this connection after this.
    func end() {
        stage = .over
        suspension = .none
        body.fail(.clientGone)
        stream?.close()
        response?.discard()
        response = nil
        task?.cancel()
        task = nil
        request = nil
        server = nil
    }
}

extension RequestTarget {
    /// Stands for a target that could not be read.
    static var root: RequestTarget { RequestTarget(path: "/") }
}
