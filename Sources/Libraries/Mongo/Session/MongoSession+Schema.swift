extension MongoSession {
    /// Makes the indexes that are not there; those that are stay as they are. Throws when one is there under the same name with other keys.
    public func createIndexes(_ indexes: [MongoIndex], on collection: MongoCollection) throws {
        guard !indexes.isEmpty else { return }
        _ = try write(["createIndexes": .string(collection.name), "indexes": .array(indexes.map { .document($0.document) })], on: collection.database)
    }

    /// Makes the collection, or gives the one that is there this validator (a query; `["$jsonSchema": …]`). An empty one accepts everything.
    public func create(_ collection: MongoCollection, validator: BSONDocument = [:]) throws {
        do {
            _ = try write(["create": .string(collection.name), "validator": .document(validator)], on: collection.database)
        } catch let error as MongoError where error.kind == .server(code: 48) {   // NamespaceExists
            _ = try write(["collMod": .string(collection.name), "validator": .document(validator)], on: collection.database)
        }
    }

    /// Removes the collection with its documents and indexes; nothing happens when there is none.
    public func drop(_ collection: MongoCollection) throws {
        do {
            _ = try write(["drop": .string(collection.name)], on: collection.database)
        } catch let error as MongoError where error.kind == .server(code: 26) {   // NamespaceNotFound
        }
    }
}
