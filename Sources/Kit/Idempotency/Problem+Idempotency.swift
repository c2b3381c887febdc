extension Problem {
    /// 400: the route needs a key.
    static func idempotencyKeyRequired() -> Problem {
        Problem(
            slug: "idempotency-key-required", title: "An Idempotency-Key is required", status: 400,
            detail: "Send a new UUID in Idempotency-Key, and the same one when you repeat the request.")
    }

    /// 422: the key was sent with another request before.
    static func idempotencyKeyReused() -> Problem {
        Problem(
            slug: "idempotency-key-reused", title: "The Idempotency-Key was used for another request", status: 422,
            detail: "Repeat the request exactly as it was, or send a new key with a new request.")
    }

    /// 409: a request with this key runs.
    public static func idempotencyKeyRunning() -> Problem {
        Problem(
            slug: "idempotency-key-running", title: "A request with this Idempotency-Key is running", status: 409,
            detail: "Repeat it in a moment for its answer.", headers: [("retry-after", "1")])
    }
}
