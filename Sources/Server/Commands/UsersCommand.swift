import Kit
import Loop
import Users

/// `lyceum users grant`: what an operator does that no route does.
enum UsersCommand {
    static let verb = Verb("users", "Manage accounts.", verbs: [
        Verb(
            "grant", "Give a role to the account of an e-mail address.", examples: ["users grant ada@example.org admin"],
            arguments: [
                Argument("EMAIL", "Whose account."), Argument("ROLE", "Which role.", choices: Role.allCases.map(\.rawValue)),
            ], run: grant)
    ])

    private static func grant(_ words: Words) async throws -> Int32 {
        guard let email = words.argument(0), let role = words.argument(1).flatMap(Role.init(rawValue:)) else { return 2 }
        let program = try Program(loops: 1)
        let context = try program.context(UsersService.name)
        let isDone = try await program.loops.run { try await UsersService.grant(role, to: email, context) }
        CommandLineTable.writeOut(isDone ? "\(email) is \(role.rawValue) from the next access token on\n" : "no account has the address \(email)\n")
        return isDone ? 0 : 1
    }
}
