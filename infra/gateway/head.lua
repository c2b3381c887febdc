-- What Envoy lets pass and the server behind it could read differently: two Host fields (joined by Envoy), control bytes in a value.
-- Such a client's connection ends with the answer.
local function is_odd(headers)
    local host = headers:get(":authority")
    if host ~= nil and host:find("[,%s]") then
        return true
    end
    for _, value in pairs(headers) do
        if value:find("[%z\1-\8\10-\31\127]") then
            return true
        end
    end
    return false
end

function envoy_on_request(handle)
    if is_odd(handle:headers()) then
        handle:respond({ [":status"] = "400", ["connection"] = "close" }, "")
    end
end
