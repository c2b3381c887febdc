/// The body of a request on its way from the connection to the handler: what has arrived and was not read, and who waits for more.
struct BodyInbox {
    private(set) var arrived: [UInt8] = []
    private(set) var isComplete = false
    private(set) var failure: BodyError?
    private var minimum = 0
    private var reader: UnsafeContinuation<Void, Never>?

    /// A handler waits that has not enough.
    var isWanted: Bool { reader != nil }

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        arrived.append(contentsOf: bytes)
        wakeReader()
    }

    mutating func complete() {
        isComplete = true
        wakeReader()
    }

    /// There will be no more, and it is not all. Nothing happens to a body that is complete.
    mutating func fail(_ error: BodyError) {
        guard !isComplete else { return }
        failure = failure ?? error
        wakeReader()
    }

    /// Resumes `reader` as soon as there is enough.
    mutating func wait(for minimum: Int, _ reader: UnsafeContinuation<Void, Never>) {
        precondition(self.reader == nil, "a body has one reader at a time")
        self.minimum = minimum
        self.reader = reader
        wakeReader()
    }

    /// Everything that is there.
    mutating func take() -> [UInt8] {
        let piece = arrived
        arrived = []
        return piece
    }

    private mutating func wakeReader() {
        guard let reader, arrived.count >= minimum || isComplete || failure != nil else { return }
        self.reader = nil
        reader.resume()
    }
}
