/// The answers of commands that were sent together.
final class GatheredAnswers {
    private var results: [Result<RedisValue, RedisError>?]
    private var missing: Int
    private let finish: ([Result<RedisValue, RedisError>]) -> Void

    init(_ count: Int, _ finish: @escaping ([Result<RedisValue, RedisError>]) -> Void) {
        results = Array(repeating: nil, count: count)
        missing = count
        self.finish = finish
    }

    func set(_ index: Int, _ result: Result<RedisValue, RedisError>) {
        results[index] = result
        missing -= 1
        if missing == 0 { finish(results.compactMap(\.self)) }
    }
}
