import HTTP
import Loop
import Testing

@testable import Kit

@Suite("Idempotency keys")
struct IdempotencyKeyTests {
    @Test("a key is a string in quotes, or bare where nothing in it needs them", arguments: [
        ("\"8e03978e-40d5-43e8-bc93-6894a57f9324\"", "8e03978e-40d5-43e8-bc93-6894a57f9324"), ("8e03978e-40d5-43e8-bc93-6894a57f9324", "8e03978e-40d5-43e8-bc93-6894a57f9324"),
        ("\"with a blank, and more\"", "with a blank, and more"), ("\"quote \\\" and \\\\\"", "quote \" and \\"), ("\"x\"", "x"),
        (String(repeating: "k", count: 255), String(repeating: "k", count: 255)),
    ])
    func sound(field: String, text: String) { #expect(IdempotencyKey(field)?.text == text) }

    @Test("anything else is none", arguments: [
        "", "\"\"", "\"", "\"open", "a b", "\"a\" b", "\"a\"b", "\"\\a\"", "\"ü\"", "ü", "a,b", "\"a\";p=1", "\"tab\t\"", String(repeating: "k", count: 256),
    ])
    func malformed(field: String) { #expect(IdempotencyKey(field) == nil) }

    @Test("parts of a request do not run into one another in its fingerprint")
    func fingerprint() {
        let one = IdempotentRequest.fingerprint(of: [[1, 2], [3]]), other = IdempotentRequest.fingerprint(of: [[1], [2, 3]])
        #expect(one != other)
        #expect(one == IdempotentRequest.fingerprint(of: [[1, 2], [3]]))
        #expect(one.count == 32)
    }

    @Test("the same key of another user, or for another route, has another lock")
    func locks() {
        let user = UserID()
        let one = IdempotentRequest(user: user, route: "POST /a", key: "k", fingerprint: [])
        #expect(one.lock == IdempotentRequest(user: user, route: "POST /a", key: "k", fingerprint: [1]).lock)
        #expect(one.lock != IdempotentRequest(user: UserID(), route: "POST /a", key: "k", fingerprint: []).lock)
        #expect(one.lock != IdempotentRequest(user: user, route: "POST /b", key: "k", fingerprint: []).lock)
    }
}
