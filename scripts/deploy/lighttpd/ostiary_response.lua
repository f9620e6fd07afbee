-- Runs when an answer is about to go out.
local r = lighty.r
local env, header = r.req_env, r.resp_header
local is_servers_own = { [500] = true, [502] = true, [503] = true, [504] = true }

if env["OSTIARY_OK"] then
	-- lighttpd drops a guard's headers when it says yes, and keeps its
	-- variables: the headers are made from these
	header["X-RateLimit-Limit"] = env["OSTIARY_RL_LIMIT"]
	header["X-RateLimit-Remaining"] = env["OSTIARY_RL_REMAINING"]
	header["X-RateLimit-Reset"] = env["OSTIARY_RL_RESET"]
	header["X-Request-Id"] = env["OSTIARY_REQUEST_ID"]
	if env["OSTIARY_CORS_ORIGIN"] then
		header["Access-Control-Allow-Origin"] = env["OSTIARY_CORS_ORIGIN"]
		header["Access-Control-Expose-Headers"] = env["OSTIARY_CORS_EXPOSE"]
	end
	if env["OSTIARY_VARY"] then
		local vary = header["Vary"]
		header["Vary"] = ((vary and vary ~= "") and (vary .. ", ") or "") .. env["OSTIARY_VARY"]
	end
elseif is_servers_own[r.req_item.http_status] and not header["X-Request-Id"] then
	-- no program gave this answer: it is down. The status goes out by the
	-- returned value, http_status cannot be set here
	header["Content-Type"] = "application/json"
	header["Retry-After"] = "5"
	header["Cache-Control"] = "no-store"
	r.resp_body.set('{"error":503,"message":"Service unavailable","code":"unavailable"}\n')
	return 503
end
return 0
