public import Kit
import Mongo
import Stores

/// What is read from the file of a catalogue.
public enum CatalogueInput: Sendable, Equatable {
    /// A line without its end.
    case line([UInt8])
    /// A line that is longer than the memory it may take.
    case tooLong
}

extension CoursesService {
    /// Loads a catalogue from its lines; see `ImportCatalogue`. Returns, and tells `report` with each batch, how far it is, as a sentence.
    public static func importCatalogue(
        _ context: ServiceContext, file: String, nextLine: () throws -> CatalogueInput?, reportBad: @escaping @Sendable (_ line: Int, _ why: String) -> Void,
        report: @escaping @Sendable (String) -> Void
    ) async throws -> String {
        let pool = try context.mongo()
        let database = try context.configuration.string("MONGO_DATABASE", default: MongoCourseStore.database)
        let store = MongoImportStore(MongoCourseStore(pool, database: database, nudge: {}), database: database)
        let load = ImportCatalogue(store: store, clock: context.clock, reportBad: reportBad, report: { report("\($0)") })
        let progress = try await load(file: file, nextLine: nextLine)
        await pool.close()
        return "\(progress)"
    }
}

extension ImportCatalogue.Progress: CustomStringConvertible {
    var description: String { "\(lines) lines: \(added) courses added, \(alreadyThere) there already, \(bad) bad lines skipped" }
}
