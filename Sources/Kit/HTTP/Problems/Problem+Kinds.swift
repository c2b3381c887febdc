import JSON

// The problems that every service has. Their pages are docs/problems/<slug>.md.
extension Problem {
    /// 400: the request cannot be read at all.
    public static func malformed(_ detail: String) -> Problem {
        Problem(slug: "malformed-request", title: "The request is malformed", status: 400, detail: detail)
    }

    /// 401: no token, or one that is not good. Which of its parts was wrong is not told.
    public static func unauthorized(_ detail: String = "Sign in and send a valid access token.", invalidToken: Bool = false) -> Problem {
        let challenge = invalidToken ? "Bearer realm=\"lyceum\", error=\"invalid_token\"" : "Bearer realm=\"lyceum\""
        return Problem(
            slug: "unauthorized", title: "You are not signed in", status: 401, detail: detail, headers: [("www-authenticate", challenge)])
    }

    /// 403: known, and not allowed.
    public static func forbidden(_ detail: String = "") -> Problem {
        Problem(slug: "forbidden", title: "You may not do this", status: 403, detail: detail)
    }

    /// 404: there is none, or its existence is a secret.
    public static func notFound(_ detail: String = "") -> Problem {
        Problem(slug: "not-found", title: "There is no such thing here", status: 404, detail: detail)
    }

    /// 405: the resource has other methods.
    public static func methodNotAllowed(_ allowed: [String]) -> Problem {
        Problem(
            slug: "method-not-allowed", title: "This method is not for this resource", status: 405,
            detail: "Allowed here: \(allowed.joined(separator: ", ")).", headers: [("allow", allowed.joined(separator: ", "))])
    }

    /// 409: the request does not fit the state of the resource. Each has a page of its own.
    public static func conflict(slug: String, title: String, detail: String = "") -> Problem {
        Problem(slug: slug, title: title, status: 409, detail: detail)
    }

    /// 412: the resource changed since the client read it.
    public static func preconditionFailed(_ detail: String = "It was changed since you read it. Read it again and repeat your change.") -> Problem {
        Problem(slug: "precondition-failed", title: "The resource has changed", status: 412, detail: detail)
    }

    /// 413: the body is longer than the route takes.
    public static func tooLarge(limit: Int) -> Problem {
        Problem(
            slug: "content-too-large", title: "The body is too large", status: 413, detail: "At most \(limit) bytes are taken here.",
            extensions: [("limit", .int(limit))])
    }

    /// 415: the body is of a kind that the route does not read.
    public static func unsupportedMediaType(_ expected: String = "application/json") -> Problem {
        Problem(
            slug: "unsupported-media-type", title: "This kind of body is not taken", status: 415, detail: "Send \(expected).",
            headers: [("accept", expected)])
    }

    /// 422: well-formed, and wrong in these fields.
    public static func invalid(_ errors: [FieldError], detail: String = "") -> Problem {
        Problem(slug: "invalid-content", title: "Some fields are wrong", status: 422, detail: detail, errors: errors)
    }

    /// 428: an edit has to say what it was made from.
    public static func preconditionRequired() -> Problem {
        Problem(
            slug: "precondition-required", title: "An If-Match field is required", status: 428,
            detail: "Send the ETag of what you read in If-Match, so that no other change is lost.")
    }

    /// 429: too often; `retryAfter` in seconds.
    public static func tooManyRequests(retryAfter: Int) -> Problem {
        Problem(
            slug: "too-many-requests", title: "Too many requests", status: 429, detail: "Try again in \(retryAfter) s.",
            headers: [("retry-after", "\(retryAfter)")])
    }

    /// 500: our mistake; the log has the cause under the trace id.
    public static func internalError() -> Problem {
        Problem(slug: "internal-error", title: "Something went wrong on our side", status: 500, detail: "Tell us the traceId when it happens again.")
    }

    /// 503: the service is asked for more than fits. `Retry-After` is drawn, so that not all come again at the same time.
    static func overloaded() -> Problem {
        let retryAfter = Int.random(in: 1...3)
        return Problem(
            slug: "overloaded", title: "Too much is asked for at the moment", status: 503,
            detail: "This request was not begun. Try again in \(retryAfter) s.", headers: [("retry-after", "\(retryAfter)")])
    }

    /// 503: something that is needed does not answer now; `retryAfter` in seconds.
    public static func unavailable(_ what: String, retryAfter: Int = 2) -> Problem {
        Problem(
            slug: "unavailable", title: "Not available at the moment", status: 503,
            detail: "\(what) cannot be reached now. Try again in \(retryAfter) s.",
            headers: [("retry-after", "\(retryAfter)")])
    }
}
