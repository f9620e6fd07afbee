#!/usr/bin/env ruby
# frozen_string_literal: true

# Ruby's oauth2 and jwt gems as Debian has them, unchanged. One case for each
# argument; clients.bash says what stands in the environment.

require 'json'
require 'jwt'
require 'oauth2'
require 'open3'
require 'openssl'
require 'securerandom'
require 'base64'
require 'net/http'
require 'uri'

ISSUER = ENV.fetch('ISSUER')
REDIRECT_URI = ENV.fetch('REDIRECT_URI')

def client(name = 'WEB', **options)
  OAuth2::Client.new(ENV.fetch("#{name}_ID"), ENV.fetch("#{name}_SECRET", ''), site: ISSUER, **options)
end

def check(is_so, what)
  raise what unless is_so
end

# The error that a call ends with, as the library reports it.
def error_of
  yield
  raise 'there should have been an error'
rescue OAuth2::Error => e
  e
end

# The person presses a button; what came back, after the checks that each
# application makes.
def answer(client, decision = 'allow', **params)
  state = SecureRandom.urlsafe_base64(24)
  url = client.auth_code.authorize_url(redirect_uri: REDIRECT_URI, state: state, **params)
  back, errors, status = Open3.capture3(ENV.fetch('PERSON'), url, decision)
  check status.success?, errors
  back.chomp!
  check back.start_with?("#{REDIRECT_URI}?"), back
  answer = URI.decode_www_form(URI.parse(back).query).to_h
  check answer['state'] == state, "state: #{back}"
  check answer['iss'] == ISSUER, "iss: #{back}"
  answer
end

def token(client, code_params = {}, **params)
  client.auth_code.get_token(answer(client, **params).fetch('code'), redirect_uri: REDIRECT_URI, **code_params)
end

def check_user(token)
  check token.get('/api/users/current.json').parsed['userName'] == 'reader', 'the user'
end

def pkce
  verifier = SecureRandom.urlsafe_base64(48)
  challenge = Base64.urlsafe_encode64(OpenSSL::Digest::SHA256.digest(verifier), padding: false)
  [verifier, { code_challenge: challenge, code_challenge_method: 'S256' }]
end

def id_token(name, algorithm)
  app = client(name)
  nonce = SecureRandom.urlsafe_base64(24)
  token = token(app, scope: 'openid profile email', nonce: nonce)
  keys = JSON.parse(Net::HTTP.get(URI("#{ISSUER}/oauth/jwks")), symbolize_names: true)
  claims, = JWT.decode(token['id_token'], nil, true, algorithms: [algorithm], jwks: keys,
                                                     iss: ISSUER, verify_iss: true, aud: app.id, verify_aud: true,
                                                     verify_iat: true, required_claims: %w[iss sub aud exp iat])
  check claims['nonce'] == nonce, 'nonce'
  userinfo = token.get('/oauth/userinfo').parsed
  check userinfo['sub'] == claims['sub'], 'sub of userinfo'
end

CASES = {
  'default' => -> { check_user(token(client)) },
  'basic' => -> { check_user(token(client(auth_scheme: :basic_auth))) },
  'oauth-scheme' => -> { check_user(token(client, header_format: 'OAuth %s')) },
  'wrong-code' => lambda do
    e = error_of { client.auth_code.get_token('wrong', redirect_uri: REDIRECT_URI) }
    check e.code == 'invalid_grant' && e.response.status == 400, e.message
  end,
  'wrong-secret' => lambda do
    app = OAuth2::Client.new(ENV.fetch('WEB_ID'), 'wrong', site: ISSUER)
    e = error_of { app.auth_code.get_token('wrong', redirect_uri: REDIRECT_URI) }
    check e.code == 'invalid_client' && e.response.status == 401, e.message
  end,
  'used-code' => lambda do
    app = client
    code = answer(app).fetch('code')
    token = app.auth_code.get_token(code, redirect_uri: REDIRECT_URI)
    check error_of { app.auth_code.get_token(code, redirect_uri: REDIRECT_URI) }.code == 'invalid_grant', 'used'
    check error_of { check_user(token) }.response.status == 401, 'its token'
  end,
  'denied' => -> { check answer(client, 'deny')['error'] == 'access_denied', 'denied' },
  'pkce' => lambda do
    verifier, challenge = pkce
    app = client
    check_user(token(app, { code_verifier: verifier }, **challenge))
    e = error_of { token(app, { code_verifier: pkce[0] }, **challenge) }
    check e.code == 'invalid_grant', e.message
  end,
  # a public application: the library sends client_secret= without a value
  'public' => lambda do
    verifier, challenge = pkce
    check_user(token(client('NATIVE'), { code_verifier: verifier }, **challenge))
  end,
  'public-basic' => lambda do
    verifier, challenge = pkce
    check_user(token(client('NATIVE', auth_scheme: :basic_auth), { code_verifier: verifier }, **challenge))
  end,
  'refresh' => lambda do
    first = token(client, scope: 'offline_access')
    second = first.refresh!
    check second.refresh_token != first.refresh_token, 'rotation'
    check_user(second)
    third = second.refresh!
    check_user(third)
    check error_of { first.refresh! }.code == 'invalid_grant', 'reuse'
    check error_of { third.refresh! }.code == 'invalid_grant', 'the family ends'
    check error_of { check_user(third) }.response.status == 401, 'its token'
  end,
  'client-credentials' => lambda do
    app = client('SERVICE')
    [app.client_credentials.get_token, app.client_credentials.get_token(scope: 'trees.read', auth_scheme: 'request_body')].each do |token|
      check token.token.count('.') == 2 && token.expires?, 'a token'
      check error_of { token.get('/api/users/current.json') }.response.status == 403, 'there is no user'
    end
  end,
  'id-token-rs256' => -> { id_token('WEB', 'RS256') },
  'id-token-es256' => -> { id_token('ES256', 'ES256') }
}.freeze

CASES.fetch(ARGV.fetch(0)).call
puts 'done'
