import Testing
@testable import Users

@Suite("Addresses and passwords")
struct RuleTests {
    @Test("an address that mail can be sent to is taken", arguments: [
        "a@b.at", "Sam.Student+x@Mail.Example.org", "o'neil@example.org", "a@xn--bcher-kva.example",
    ])
    func good(_ text: String) throws {
        let email = try #require(EmailAddress(text))
        #expect(email.sent == text)
        #expect(email.key == text.lowercased())
    }

    @Test("what no mail can be sent to is none", arguments: [
        "", "a", "@b.at", "a@", "a@b", "a@.at", "a@b.", "a@-b.at", "a@b-.at", "a b@c.at", "a@b.at\r\nRCPT TO:<x@y.at>", "a\u{0}@b.at",
        "a..b@c.at", ".a@b.at",
        "a@b_c.at", "a@b@c.at", "<a@b.at>", "\"a b\"@c.at", "ä@b.at", "a@b.at ", String(repeating: "a", count: 65) + "@b.at",
    ])
    func bad(_ text: String) { #expect(EmailAddress(text) == nil) }

    @Test("a long sentence is a password", arguments: ["seventeen grey herons", "correct horse battery staple", "ein langer Satz ohne Sinn"])
    func goodPassword(_ text: String) { #expect(PasswordRule.refusal(text, for: EmailAddress("sam@example.org")) == nil) }

    @Test("what an attacker tries first is none", arguments: [
        "aaaaaaaaaaaaaaaaaaaa", "abababababababababab", "1234567890123456", "abcdefghijklmnop", "qwertzuiopasdfgh",
        "Password!Password!", "xx-iloveyou-xxyz",
        "lyceum-2026-spring", "samantha-12345-x", "ponmlkjihgfedcba",
    ])
    func badPassword(_ text: String) { #expect(PasswordRule.refusal(text, for: EmailAddress("samantha@example.org")) != nil) }
}
