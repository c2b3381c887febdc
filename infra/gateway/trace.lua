-- A client's trace (W3C traceparent) goes on; where there is none, or none that can be read, one begins here, from the request's id.
-- The trace id is also kept for the access log and for the problems that the gateway answers with itself.
local function trace_of(parent)
    if parent == nil or #parent ~= 55 then
        return nil
    end
    local trace, span = parent:match("^00%-([0-9a-f]+)%-([0-9a-f]+)%-[0-9a-f][0-9a-f]$")
    if trace == nil or #trace ~= 32 or #span ~= 16 or trace == string.rep("0", 32) or span == string.rep("0", 16) then
        return nil
    end
    return trace
end

function envoy_on_request(handle)
    local headers = handle:headers()
    local trace = trace_of(headers:get("traceparent"))
    if trace == nil then
        trace = headers:get("x-request-id"):gsub("-", "")
        -- Whether the services keep its spans is drawn with the id: its last digits are as random as any. `kept` stands before this text.
        local flags = tonumber(trace:sub(25), 16) / 2 ^ 32 < kept and "01" or "00"
        headers:replace("traceparent", "00-" .. trace .. "-" .. trace:sub(17) .. "-" .. flags)
        headers:remove("tracestate")
    end
    handle:streamInfo():dynamicMetadata():set("lyceum", "traceId", trace)
end
