extension Server {
    /// How much a client may take of a server, and how long. One server is one loop: what is counted is counted there, but for the connections of an
    /// address, which are counted over all loops of a port. That a time is over is found out up to a second later, so what must hold to the second
    /// is set a second shorter.
    public struct Limits: Sendable {
        /// From the first moment of a connection to the end of its first head, in milliseconds: closed within 15 seconds.
        public var headMilliseconds: UInt64 = 14_000
        /// From an answer to the end of the next head on the same connection, in milliseconds.
        public var keepAliveMilliseconds: UInt64 = 60_000
        /// For a body, in milliseconds: closed within 60 seconds; a long one has more, by `bytesPerSecond`. What the handler holds back does not count.
        public var bodyMilliseconds: UInt64 = 59_000
        /// For the client to take an answer, or the next piece of a stream, in milliseconds; a long one has more, by `bytesPerSecond`.
        public var answerMilliseconds: UInt64 = 60_000
        /// The slowest pace that a long body or answer may have.
        public var bytesPerSecond: UInt64 = 16 * 1024
        /// How long a client that was answered in the middle of its body may go on sending it, in milliseconds.
        public var lingerMilliseconds: UInt64 = 5_000
        /// Open connections; more wait in the kernel until one has closed.
        public var connections: UInt32 = 20_000
        /// Open connections from one IPv4 address or one /64 of IPv6 on a port, more are closed at once; 0: any number. Behind a gateway all of them
        /// come from the gateway's address, so it is for servers that clients reach by themselves.
        public var connectionsPerAddress = 0
        /// Requests on one connection; the last answer closes it.
        public var requestsPerConnection = 100_000
        /// Memory of a connection, all of it touched by its first answer: heads of up to 9 KB fit into 10, longer ones are answered 431 or 414. A size that
        /// allocators have: 11 would take the room of 12.
        public var connectionMemory = 10 * 1024
        /// Bytes of a body held for a handler that reads slower than its client sends.
        public var readAhead = 128 * 1024
        /// Bytes of a body that are read and dropped to keep the connection when the answer came first.
        public var discard = 256 * 1024

        /// What is said above.
        public init() {}

        /// What counts the connections of addresses, where they have a limit.
        var networks: ClientNetworks? { connectionsPerAddress > 0 ? ClientNetworks(limit: connectionsPerAddress) : nil }
    }
}
