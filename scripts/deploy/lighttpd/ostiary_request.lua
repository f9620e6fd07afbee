-- Runs for every request before the guard, and once more after the guard said
-- yes, for lighttpd then starts the request again.
local r = lighty.r
local header, env, attr = r.req_header, r.req_env, r.req_attr
local path = attr["uri.path"] -- decoded, without dot segments

-- the same list as in ostiary_programs.conf
local is_endpoint = {
	["/oauth/authorize"] = true, ["/oauth/authenticate"] = true,
	["/oauth/signout"] = true,
	["/oauth/access_token"] = true, ["/oauth/token"] = true,
	["/oauth/revoke"] = true,
	["/oauth/introspect"] = true,
	["/api/limits.json"] = true,
	["/api/api_keys"] = true,
	["/api/keys/revoke"] = true,
	["/.well-known/oauth-authorization-server"] = true,
	["/.well-known/openid-configuration"] = true,
	["/oauth/jwks"] = true,
	["/oauth/userinfo"] = true,
	["/oauth/device_authorization"] = true,
	["/device"] = true,
	["/oauth/device"] = true,
	["/account"] = true,
	["/login"] = true, ["/v1/login"] = true,
	["/users/current.json"] = true, ["/users/current.xml"] = true,
	["/api/users/current.json"] = true, ["/api/users/current.xml"] = true,
}

-- What a client may not say about itself, in every spelling that becomes the
-- same CGI variable (X_Remote_User and X.Remote.User do).
local drop = {}
for name in pairs(header) do
	local plain = name:lower():gsub("[^%w]", "_")
	if plain == "x_remote_user" or plain == "proxy" or plain:sub(1, 10) == "x_ostiary_" then
		drop[#drop + 1] = name
	end
end
for _, name in ipairs(drop) do
	header[name] = nil
end

-- the keys API has one path for each key
if path:sub(1, 14) == "/api/api_keys/" then
	is_endpoint[path] = true
end

local is_https = attr["uri.scheme"] == "https"

if env["OSTIARY_OK"] then
	-- protect never says yes over http; should it, nothing is served
	if not is_https then
		return 403
	end
	-- the backend learns who is asking, and not by which credential
	header["Authorization"] = nil
	header["X-Remote-User"] = env["REMOTE_USER"]
	header["X-Ostiary-User-Id"] = env["OSTIARY_USER_ID"]
	header["X-Ostiary-Roles"] = env["OSTIARY_ROLES"]
	header["X-Ostiary-App"] = env["OSTIARY_APP"]
	header["X-Ostiary-Scope"] = env["OSTIARY_SCOPE"]
	header["X-Request-Id"] = env["OSTIARY_REQUEST_ID"]
	return 0
end

-- Here for the second time with the same path and without the guard's yes: a
-- guard that ended without an answer, which lighttpd takes for one.
if env["OSTIARY_PATH"] == path then
	return 503
end
-- the guard judges the path that lighttpd will serve
env["OSTIARY_PATH"] = path

-- Plain http: what carries a credential goes to a program, which refuses it
-- and revokes a token; the rest is sent to https.
-- Not token: many APIs have a parameter of that name.
local is_credential = {
	access_token = true, client_secret = true, code = true,
	device_code = true, refresh_token = true,
}
local function carries_credential()
	if (header["Authorization"] or "") ~= "" then
		return true
	end
	for name in ("&" .. (attr["uri.query"] or "")):gmatch("&([^&=]*)") do
		name = name:gsub("%%(%x%x)", function(hex)
			return string.char(tonumber(hex, 16))
		end)
		if is_credential[name] then
			return true
		end
	end
	return false
end

if path:sub(1, 9) == "/account/" then
	is_endpoint[path] = true
end

if not is_https and not is_endpoint[path] and not carries_credential() then
	local host = (attr["uri.authority"] or ""):gsub(":%d+$", "")
	if host == "" then
		return 400 -- HTTP/1.0 without Host: nowhere to send it
	end
	r.resp_header["Location"] = "https://" .. host .. (env["OSTIARY_HTTPS_PORT"] or "") .. attr["request.orig-uri"]
	return 301
end
return 0
