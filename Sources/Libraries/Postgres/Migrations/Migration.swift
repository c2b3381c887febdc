/// One step of a schema: a text of SQL that never changes once it was applied anywhere.
public struct Migration: Sendable, Equatable {
    /// Its place in the order, from 1.
    public let number: Int
    /// What it does, in a word or two: the rest of its file's name.
    public let name: String
    /// The statements, UTF-8. They run in a transaction that the migrator begins and ends.
    public let sql: [UInt8]

    /// A step from its parts.
    public init(number: Int, name: String, sql: [UInt8]) {
        self.number = number
        self.name = name
        self.sql = sql
    }
}

/// Why a schema is not taken as it is. Nothing was changed.
public enum MigrationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The database has a step that this program has not: it was made by a newer one.
    case unknown(number: Int, name: String)
    /// The step was changed after it was applied.
    case changed(number: Int, name: String)
    /// Steps that the database has not had: run the migrations first.
    case pending([Int])
    /// The program's own list is wrong: numbers missing or twice, or a text that is not UTF-8.
    case invalid(String)
    /// Another process migrates, and did not end in time.
    case busy
    /// A step failed and was undone; those before it stay.
    case failed(number: Int, name: String, PostgresError)

    /// What happened and what to do, in a line.
    public var description: String {
        switch self {
        case .unknown(let number, let name): "the database has migration \(number) (\(name)), which this program does not know: run a newer program"
        case .changed(let number, let name): "migration \(number) (\(name)) was changed after it was applied: write a new one"
        case .pending(let numbers): "migrations \(numbers) were not applied: run `lyceum migrate`"
        case .invalid(let why): "the list of migrations is wrong: \(why)"
        case .busy: "another process is migrating this database"
        case .failed(let number, let name, let error): "migration \(number) (\(name)) failed: \(error)"
        }
    }
}

/// What was applied, as the table says.
struct AppliedMigration: Equatable {
    var number: Int
    var name: String
    var checksum: String
}

/// What is to be done, decided from two lists. Pure.
enum MigrationPlan {
    /// The steps to apply, in order. `checksums` are those of `known`, in its order.
    static func pending(_ known: [Migration], _ checksums: [String], applied: [AppliedMigration]) throws(MigrationError) -> [Migration] {
        for (index, migration) in known.enumerated() where migration.number != index + 1 {
            throw .invalid("number \(migration.number) (\(migration.name)) stands where \(index + 1) belongs")
        }
        for (index, step) in applied.sorted(by: { $0.number < $1.number }).enumerated() {
            guard step.number <= known.count else { throw .unknown(number: step.number, name: step.name) }
            guard step.number == index + 1 else { throw .invalid("the database has \(step.number) but not \(index + 1)") }
            let mine = known[index]
            guard mine.name == step.name, checksums[index] == step.checksum else { throw .changed(number: mine.number, name: mine.name) }
        }
        return Array(known.dropFirst(applied.count))
    }
}
