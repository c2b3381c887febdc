public import HTTP
public import JSON

// The answers that services give.
extension Response {
    /// JSON that is written already.
    public static func json(
        status: Int = 200, etag: ETag? = nil, headers: [(name: StaticString, value: String)] = [], _ buffer: Buffer
    ) -> Response {
        var response = Response(status: status, headers: [("content-type", "application/json")], body: .bytes(buffer))
        if let etag { response.headers.append(("etag", etag.description)) }
        response.headers += headers
        return response
    }

    /// A value as JSON.
    public static func json(
        status: Int = 200, etag: ETag? = nil, headers: [(name: StaticString, value: String)] = [], _ value: some JSONWritable
    ) -> Response {
        json(status: status, etag: etag, headers: headers, value.jsonBuffer)
    }

    /// The same answer with one more header field; `name` in lower case.
    public func with(_ name: StaticString, _ value: String) -> Response {
        var response = self
        response.set(name, value)
        return response
    }

    /// 204.
    public static func noContent(headers: [(name: StaticString, value: String)] = []) -> Response { Response(status: 204, headers: headers) }

    /// 201 with what was made, and the path where it is.
    public static func created(location: String, etag: ETag? = nil, _ value: some JSONWritable) -> Response {
        created(location: location, etag: etag, value.jsonBuffer)
    }

    /// 201 with what was made, written already, and the path where it is.
    public static func created(location: String, etag: ETag? = nil, _ buffer: Buffer) -> Response {
        json(status: 201, etag: etag, buffer).with("location", location)
    }

    /// A page of a list, with `Link` to the next one and the tag of its bytes.
    public static func page(_ page: Page<some JSONWritable>, for context: RequestContext) -> Response {
        var headers: [(name: StaticString, value: String)] = []
        if let cursor = page.nextCursor { headers.append(("link", "<\(nextTarget(context.request, cursor))>; rel=\"next\"")) }
        let buffer = page.jsonBuffer
        return json(headers: headers, buffer).etag(ETag(hashing: buffer), for: context.request)
    }

    /// The same answer with its tag; 304 when the client of a GET has it already.
    public func etag(_ tag: ETag, for request: Request) -> Response {
        var answer = self
        answer.set("etag", tag.description)
        guard status == 200, request.method == "GET" || request.method == "HEAD", request.header("if-none-match") != nil else { return answer }
        guard IfNoneMatch(request.headers("if-none-match").joined(separator: ", "))?.has(tag) == true else { return answer }
        // The body stays, for the server to close; it sends none of it with this status.
        answer.status = 304
        answer.headers.removeAll { $0.name.description == "content-type" }
        return answer
    }

    /// The same request with another cursor.
    private static func nextTarget(_ request: Request, _ cursor: Cursor) -> String {
        guard let query = request.rawQuery else { return "\(request.path)?cursor=\(cursor)" }
        let others = query.split(separator: "&").filter { !$0.hasPrefix("cursor=") && $0 != "cursor" }
        return request.path + "?" + (others.map(String.init) + ["cursor=\(cursor)"]).joined(separator: "&")
    }
}

extension Problem {
    /// The `application/problem+json` answer.
    public func response(traceId: String? = nil) -> Response {
        Response(
            status: status, headers: [("content-type", "application/problem+json"), ("cache-control", "no-store")] + headers,
            body: .bytes(buffer(traceId: traceId)))
    }
}
