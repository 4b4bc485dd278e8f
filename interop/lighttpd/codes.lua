-- What only an owner knows: what has to be paid for, is gone, is being repaired, is censored, and who asks too often.
local codes = { ["/paid"] = 402, ["/gone"] = 410, ["/maintenance"] = 503 }
local path = lighty.r.req_attr["uri.path"]

if path == "/calm" and lighty.r.req_header["User-Agent"] == "Greedy" then
    lighty.r.resp_header["Retry-After"] = "60"
    return 429
end
if path == "/censored" then
    lighty.r.resp_header["Link"] = '<https://law.example/>; rel="blocked-by"'
    lighty.r.resp_header["Content-Type"] = "text/plain"
    lighty.r.resp_body:set("Unavailable because of a court's order of last year.\n")
    return 451
end
return codes[path]
