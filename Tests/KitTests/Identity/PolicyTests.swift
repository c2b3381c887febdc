import Testing

@testable import Kit

@Suite struct PolicyTests {
    private let student = Principal(kind: .user(UserID()), roles: [.student])
    private let admin = Principal(kind: .user(UserID()), roles: [.student, .admin])
    private let media = Principal(kind: .service("media"))

    private func status(_ policy: Policy, _ principal: Principal?) -> Int {
        do {
            try policy.check(principal)
            return 200
        } catch { return error.status }
    }

    @Test("each policy lets in whom it names, tells strangers 401 and others 403") func table() {
        let cases: [(Policy, stranger: Int, student: Int, admin: Int, media: Int)] = [
            (.anyone, 200, 200, 200, 200),
            (.signedPath, 200, 200, 200, 200),
            (.optionalUser, 200, 200, 200, 200),
            (.signedIn, 401, 200, 200, 401),
            (.role([.admin]), 401, 403, 200, 401),
            (.role([.admin, .student]), 401, 200, 200, 401),
            (.service(["media"]), 401, 401, 401, 200),
            (.service(["courses"]), 401, 401, 401, 403),
            (.service([]), 401, 401, 401, 403),
        ]
        for (policy, stranger, student, admin, media) in cases {
            #expect(status(policy, nil) == stranger, "\(policy)")
            #expect(status(policy, self.student) == student, "\(policy)")
            #expect(status(policy, self.admin) == admin, "\(policy)")
            #expect(status(policy, self.media) == media, "\(policy)")
        }
    }
}
