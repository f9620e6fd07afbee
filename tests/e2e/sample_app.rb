#!/usr/bin/env ruby
# frozen_string_literal: true

# A sample application: finds out who its user is, with OAuth 2.0 and Ruby's
# oauth2 gem (Debian: ruby-oauth2). An administrator registers it once:
#
#   build/ostiary -c .ostiary/ostiary.conf app add 'Sample' --owner admin \
#     --callback-prefix https://localhost:9443/sample
#
# which prints CLIENT_ID and CLIENT_SECRET. Then (CA_FILE: the demo's certificate
# is nobody's but its own)
#
#   export CLIENT_ID=... CLIENT_SECRET=... CA_FILE=.ostiary/tls.crt
#   ruby tests/e2e/sample_app.rb https://localhost:8443 https://localhost:9443/sample/callback
#
# prints the address to open in a browser. Sign in, allow it, and you come back
# to the callback address, where nobody listens: paste that address here. With
# TLS_CERT and TLS_KEY (two PEM files) the application listens there itself.
#
# The secret comes from the environment, for the arguments of a program can be
# read by every user of the machine.

require 'json'
require 'oauth2'
require 'openssl'
require 'securerandom'
require 'socket'
require 'uri'

# What a web application does when its user presses "Sign in".
class SampleApp
  def initialize(site, redirect_uri, env)
    @site = site
    @redirect_uri = redirect_uri
    # This value comes back with the answer. An answer with another one was not
    # asked for by us: somebody else's browser, or somebody else's code.
    @state = SecureRandom.urlsafe_base64(32)
    @client = OAuth2::Client.new(
      env.fetch('CLIENT_ID'), env.fetch('CLIENT_SECRET'),
      site: site,
      authorize_url: '/oauth/authorize',
      token_url: '/oauth/access_token',
      # Only for a certificate that no public authority has signed. Never turn
      # the verification off: the secret goes over this connection.
      connection_opts: env['CA_FILE'] ? { ssl: { ca_file: env['CA_FILE'] } } : {}
    )
  end

  # Step 1: the user's browser goes here, signs in and is asked.
  def authorize_url
    @client.auth_code.authorize_url(redirect_uri: @redirect_uri, state: @state)
  end

  # Step 2: the browser comes back with the answer in the address.
  def code_from(address)
    answer = URI.decode_www_form(URI.parse(address).query.to_s).to_h
    raise 'this answer is not for us: wrong state' unless answer['state'] == @state
    # RFC 9207: an answer of another site must not get its code to this one.
    raise 'this answer is of another site' unless answer['iss'] == @site
    raise "not allowed: #{answer['error']}" if answer.key?('error')

    answer.fetch('code')
  end

  # Step 3: server to server, the code becomes a token; step 4: use it. The
  # token goes into the header Authorization: OAuth TOKEN (Bearer is the same).
  def user(code)
    token = @client.auth_code.get_token(code, redirect_uri: @redirect_uri, header_format: 'OAuth %s')
    JSON.parse(token.get('/api/users/current.json').body)
  end
end

# The address that a person pastes, or the one that the browser asks us for.
def pasted_address
  print 'The address that you came back to: '
  $stdin.gets.to_s.strip
end

def received_address(redirect_uri, cert_file, key_file)
  uri = URI.parse(redirect_uri)
  context = OpenSSL::SSL::SSLContext.new
  context.cert = OpenSSL::X509::Certificate.new(File.read(cert_file))
  context.key = OpenSSL::PKey.read(File.read(key_file))
  server = OpenSSL::SSL::SSLServer.new(TCPServer.new('127.0.0.1', uri.port), context)
  loop do
    browser = server.accept
    target = browser.gets.to_s.split[1].to_s
    nil while browser.gets.to_s.strip != ''
    found = target.start_with?("#{uri.path}?")
    text = found ? "Thank you. Go back to the terminal.\n" : "Not found\n"
    browser.print "HTTP/1.1 #{found ? '200 OK' : '404 Not Found'}\r\nContent-Type: text/plain\r\n",
                  "Referrer-Policy: no-referrer\r\nConnection: close\r\nContent-Length: #{text.length}\r\n\r\n", text
    browser.close
    return URI.join(redirect_uri, target).to_s if found
  rescue OpenSSL::SSL::SSLError, SystemCallError => e
    warn "a visitor left: #{e.message}"
  end
end

if $PROGRAM_NAME == __FILE__
  abort "usage: #{$PROGRAM_NAME} SITE REDIRECT_URI   (and CLIENT_ID, CLIENT_SECRET in the environment)" if ARGV.length != 2
  site, redirect_uri = ARGV
  $stdout.sync = true
  begin
    app = SampleApp.new(site, redirect_uri, ENV)
    puts "Open this in a browser:\n#{app.authorize_url}"
    address = ENV['TLS_CERT'] ? received_address(redirect_uri, ENV['TLS_CERT'], ENV.fetch('TLS_KEY')) : pasted_address
    user = app.user(app.code_from(address))
    puts "\nYou are #{user['userName']} (id #{user['id']}), roles: #{user['roles'].join(', ')}"
  rescue StandardError => e # also OAuth2::Error, the answers that are no 200
    abort "\n#{e.message}"
  end
end
