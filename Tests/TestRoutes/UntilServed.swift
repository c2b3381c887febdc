/// Asks again while the answer is 503, twenty times at most: a service says so on a machine that is too busy for its time limits, and its clients come
/// back. For tests of what becomes of many requests at once.
public func untilServed(_ ask: () async -> RouteCaller.Answer) async -> RouteCaller.Answer {
    for _ in 1..<20 {
        let answer = await ask()
        if answer.status != 503 { return answer }
    }
    return await ask()
}
