import Glibc
import Kit

/// The executable `lyceum`: reads the command line, wires, runs. No rule lives here.
@main
struct Lyceum {
    static let table = CommandLineTable(
        program: "lyceum", about: "The backend of an online-course platform.", version: "1.0.0",
        details: """
            Configuration comes from the environment: LYCEUM_POSTGRES_URL, LYCEUM_MONGO_URL and so on; `lyceum config` shows all of it.
            A newcomer needs `make run` alone.
            """,
        verbs: [
            ServeCommand.verb, MigrateCommand.verb, DoctorCommand.verb, ConfigCommand.verb, RoutesCommand.verb, KeysCommand.verb, SeedCommand.verb,
            CoursesCommand.verb, UsersCommand.verb, EventsCommand.verb,
        ])

    static func main() async {
        exit(await table.run())
    }
}
