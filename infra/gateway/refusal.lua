-- Some heads a service's HTTP library refuses before the service hears of them (one that is too large for its memory), in HTML of no declared type.
-- To clients that is a problem like those that the gateway answers with itself: `problems`, by status, stands before this text.
function envoy_on_response(handle)
    local headers = handle:headers()
    local status = tonumber(headers:get(":status"))
    if status < 400 or headers:get("content-type") ~= nil then
        return
    end
    local problem = problems[status] or problems[status < 500 and 400 or 503]
    local trace = handle:streamInfo():dynamicMetadata():get("lyceum")
    local text = problem.text .. (trace and ',"traceId":"' .. trace["traceId"] .. '"}' or "}")
    headers:replace(":status", tostring(problem.status))
    headers:replace("content-type", "application/problem+json")
    if problem.status == 503 then
        headers:replace("retry-after", "1")
    end
    local body = handle:body()
    if body ~= nil then
        headers:replace("content-length", tostring(body:setBytes(text)))
    end
end
