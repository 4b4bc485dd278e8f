-- What only an owner knows: what has to be paid for, is gone, is censored, is being repaired, and who asks too often.
local codes = { ["/paid"] = 402, ["/gone"] = 410, ["/censored"] = 451, ["/maintenance"] = 503 }
local path = lighty.r.req_attr["uri.path"]

if path == "/calm" and lighty.r.req_header["User-Agent"] == "Greedy" then
    lighty.r.resp_header["Retry-After"] = "60"
    return 429
end
return codes[path]
