/// Why an envelope was not opened. Nothing in it is secret.
public enum EnvelopeError: Error, Sendable, Equatable {
    /// It is shorter than any envelope, or its key's id is no id: these bytes were never one, or were cut off.
    case malformed
    /// A version that this program does not know.
    case version(UInt8)
    /// Sealed under a key that is not in the ring.
    case unknownKey(id: String)
    /// The part that holds the data key was altered, or the ring has another key under this id.
    case keyAltered(id: String)
    /// Whole and genuine, and sealed for another place than the one it was read from.
    case otherContext
    /// The data were altered, or belong to another envelope's data key.
    case dataAltered
}
