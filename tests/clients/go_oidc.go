// Go's golang.org/x/oauth2 and github.com/coreos/go-oidc as Debian has them,
// unchanged: what oauth2-proxy, Grafana and Gitea are built of. One case for
// each argument; clients.bash says what stands in the environment.
package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/coreos/go-oidc"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

var (
	ctx         = context.Background()
	issuer      = os.Getenv("ISSUER")
	redirectURI = os.Getenv("REDIRECT_URI")
	userAddress = issuer + "/api/users/current.json"
)

// must ends the program, with what was not as it has to be.
func must(is bool, what string, values ...interface{}) {
	if !is {
		panic(fmt.Sprint(what, ": ", values))
	}
}

func check(err error) { must(err == nil, "error", err) }

func random() string {
	bytes := make([]byte, 32)
	_, err := rand.Read(bytes)
	check(err)
	return base64.RawURLEncoding.EncodeToString(bytes)
}

func set(name, value string) oauth2.AuthCodeOption { return oauth2.SetAuthURLParam(name, value) }

// party is an application with the library's idea of the provider.
type party struct {
	oauth2.Config
	provider *oidc.Provider
}

func app(name string, scopes ...string) *party {
	provider, err := oidc.NewProvider(ctx, issuer)
	check(err)
	return &party{oauth2.Config{
		ClientID:     os.Getenv(name + "_ID"),
		ClientSecret: os.Getenv(name + "_SECRET"),
		Endpoint:     provider.Endpoint(), // AuthStyleAutoDetect
		RedirectURL:  redirectURI,
		Scopes:       scopes,
	}, provider}
}

// answer is what the person came back with, after the checks that each
// application makes.
func (p *party) answer(decision string, params ...oauth2.AuthCodeOption) url.Values {
	state := random()
	address := p.AuthCodeURL(state, params...)
	command := exec.Command(os.Getenv("PERSON"), address, decision)
	command.Stderr = os.Stderr
	back, err := command.Output()
	check(err)
	must(strings.HasPrefix(string(back), redirectURI+"?"), "callback", string(back))
	parsed, err := url.Parse(strings.TrimSpace(string(back)))
	check(err)
	must(parsed.Query().Get("state") == state, "state", string(back))
	must(parsed.Query().Get("iss") == issuer, "iss", string(back))
	return parsed.Query()
}

func pkce(verifier string) []oauth2.AuthCodeOption {
	sum := sha256.Sum256([]byte(verifier))
	return []oauth2.AuthCodeOption{
		set("code_challenge", base64.RawURLEncoding.EncodeToString(sum[:])),
		set("code_challenge_method", "S256"),
	}
}

// token goes the whole way, with PKCE.
func (p *party) token(params ...oauth2.AuthCodeOption) *oauth2.Token {
	verifier := random()
	code := p.answer("allow", append(params, pkce(verifier)...)...).Get("code")
	token, err := p.Exchange(ctx, code, set("code_verifier", verifier))
	check(err)
	return token
}

// verified is the ID token, by the keys that the provider publishes.
func (p *party) verified(token *oauth2.Token, algorithm string) (*oidc.IDToken, error) {
	raw, is := token.Extra("id_token").(string)
	must(is, "no id_token")
	config := &oidc.Config{ClientID: p.ClientID, SupportedSigningAlgs: []string{algorithm}}
	return p.provider.Verifier(config).Verify(ctx, raw)
}

// user is whom the API knows the token's owner as, with the status.
func user(source oauth2.TokenSource) (string, int) {
	answer, err := oauth2.NewClient(ctx, source).Get(userAddress)
	check(err)
	defer answer.Body.Close()
	var known struct {
		UserName string `json:"userName"`
	}
	check(json.NewDecoder(answer.Body).Decode(&known))
	return known.UserName, answer.StatusCode
}

func checkUser(token *oauth2.Token) {
	name, status := user(oauth2.StaticTokenSource(token))
	must(name == "reader" && status == 200, "user", name, status)
}

// refused is the word and the status that the token endpoint refused with.
func refused(err error) (string, int) {
	var failed *oauth2.RetrieveError
	must(errors.As(err, &failed), "it should have been refused", err)
	var said struct {
		Error string `json:"error"`
	}
	check(json.Unmarshal(failed.Body, &said))
	return said.Error, failed.Response.StatusCode
}

func mustRefuse(err error, want string, wantStatus int) {
	word, status := refused(err)
	must(word == want && status == wantStatus, "refused", word, status)
}

// stale is a token that looks as if it had expired, so that a source of tokens
// asks for the next one.
func (p *party) stale(token *oauth2.Token) oauth2.TokenSource {
	old := *token
	old.Expiry = time.Now().Add(-time.Minute)
	return p.TokenSource(ctx, &old)
}

func (p *party) refresh(token *oauth2.Token) (*oauth2.Token, error) { return p.stale(token).Token() }

func discovery() {
	var said struct {
		Algorithms []string `json:"id_token_signing_alg_values_supported"`
		Methods    []string `json:"code_challenge_methods_supported"`
	}
	check(app("WEB").provider.Claims(&said))
	must(len(said.Algorithms) == 2 && said.Methods[0] == "S256", "metadata", said)
	_, err := oidc.NewProvider(ctx, issuer+"/") // another issuer, for one who compares
	must(err != nil && strings.Contains(err.Error(), "issuer did not match"), "issuer", err)
}

func style(style oauth2.AuthStyle) func() {
	return func() {
		p := app("WEB")
		p.Endpoint.AuthStyle = style
		token := p.token()
		checkUser(token)
		must(token.TokenType == "bearer" && time.Until(token.Expiry) > time.Minute, "token", token.TokenType, token.Expiry)
	}
}

func idToken(name, algorithm string) func() {
	return func() {
		p := app(name, oidc.ScopeOpenID, "profile", "email", "roles")
		nonce := random()
		token := p.token(oidc.Nonce(nonce))
		id, err := p.verified(token, algorithm)
		check(err)
		check(id.VerifyAccessToken(token.AccessToken))
		must(id.Nonce == nonce && id.Issuer == issuer && id.Audience[0] == p.ClientID, "claims", *id)
		info, err := p.provider.UserInfo(ctx, oauth2.StaticTokenSource(token))
		check(err)
		must(info.Subject == id.Subject && info.Subject != "", "sub", info.Subject, id.Subject)
		var claims struct {
			Name  string   `json:"preferred_username"`
			Email string   `json:"email"`
			Roles []string `json:"roles"`
		}
		for _, said := range []interface{ Claims(interface{}) error }{id, info} {
			check(said.Claims(&claims))
			must(claims.Name == "reader" && claims.Email == info.Email && len(claims.Roles) == 1, "claims", claims)
			claims.Name = ""
		}
		checkUser(token)
		for _, wrong := range []oidc.Config{
			{ClientID: os.Getenv("SERVICE_ID"), SupportedSigningAlgs: []string{algorithm}},
			{ClientID: p.ClientID, SupportedSigningAlgs: []string{"HS256"}},
			{ClientID: p.ClientID, SupportedSigningAlgs: []string{algorithm}, Now: func() time.Time { return time.Now().Add(24 * time.Hour) }},
		} {
			_, err = p.provider.Verifier(&wrong).Verify(ctx, token.Extra("id_token").(string))
			must(err != nil, "a verifier for another took it", wrong)
		}
	}
}

// What oauth2-proxy does with its scopes and the parameter that it sends
// besides: the session from the ID token, checked by userinfo, refreshed.
func proxy() {
	p := app("WEB", oidc.ScopeOpenID, "email", "profile", "offline_access")
	token := p.token(set("approval_prompt", "force"), oidc.Nonce(random()))
	first, err := p.verified(token, oidc.RS256)
	check(err)
	var claims struct {
		Email    string `json:"email"`
		Verified *bool  `json:"email_verified"`
		User     string `json:"preferred_username"`
	}
	check(first.Claims(&claims))
	must(claims.Email == os.Getenv("PERSON_EMAIL") && claims.Verified != nil && claims.User == "reader", "claims", claims)
	token, err = p.refresh(token)
	check(err)
	second, err := p.verified(token, oidc.RS256)
	check(err)
	must(second.Subject == first.Subject, "sub", second.Subject)
	_, err = p.provider.UserInfo(ctx, oauth2.StaticTokenSource(token))
	check(err)
}

// Who keeps the published keys knows the next one before it signs.
func rotation() {
	p := app("WEB", oidc.ScopeOpenID)
	first := p.token()
	_, err := p.verified(first, oidc.RS256)
	check(err)
	check(exec.Command(os.Getenv("OSTIARY_BIN"), "-c", os.Getenv("CONF"), "signing-key", "rotate").Run())
	fetched := 0
	http.DefaultTransport = counting{http.DefaultTransport, &fetched}
	second := p.token()
	_, err = p.verified(second, oidc.RS256)
	check(err)
	must(fetched == 0, "the keys were asked for again", fetched)
	must(header(first) != header(second), "the same key")
}

func header(token *oauth2.Token) string {
	return strings.Split(token.Extra("id_token").(string), ".")[0]
}

// counting counts how often the keys are asked for.
type counting struct {
	http.RoundTripper
	times *int
}

func (c counting) RoundTrip(request *http.Request) (*http.Response, error) {
	if strings.HasSuffix(request.URL.Path, "/jwks") {
		*c.times++
	}
	return c.RoundTripper.RoundTrip(request)
}

func refresh() {
	p := app("WEB", oidc.ScopeOpenID, "offline_access")
	first := p.token()
	// several processes of one application at the same time, as a proxy has them
	answers := make(chan *oauth2.Token)
	for i := 0; i < 8; i++ {
		go func() {
			token, err := p.refresh(first)
			check(err)
			answers <- token
		}()
	}
	second := <-answers
	for i := 1; i < 8; i++ {
		must((<-answers).RefreshToken == second.RefreshToken, "another successor")
	}
	must(second.RefreshToken != first.RefreshToken, "the same token")
	name, status := user(p.stale(second)) // by a client that refreshes by itself
	must(name == "reader" && status == 200, "user", name, status)
	_, err := p.refresh(first)
	mustRefuse(err, "invalid_grant", 400)
	_, status = user(oauth2.StaticTokenSource(second))
	must(status == 401, "the family is dead", status)
}

func publicRefresh() {
	p := app("NATIVE", oidc.ScopeOpenID, "offline_access")
	token, err := p.refresh(p.token())
	check(err)
	checkUser(token)
}

func clientCredentials() {
	p := app("SERVICE")
	for _, style := range []oauth2.AuthStyle{oauth2.AuthStyleAutoDetect, oauth2.AuthStyleInHeader, oauth2.AuthStyleInParams} {
		config := clientcredentials.Config{
			ClientID: p.ClientID, ClientSecret: p.ClientSecret, TokenURL: p.Endpoint.TokenURL,
			Scopes: []string{"trees.read"}, AuthStyle: style,
		}
		token, err := config.Token(ctx)
		check(err)
		must(token.Extra("scope") == "trees.read" && token.RefreshToken == "", "token", token)
		_, status := user(oauth2.StaticTokenSource(token))
		must(status == 403, "there is no user", status)
	}
}

func wrongSecret() {
	for _, style := range []oauth2.AuthStyle{oauth2.AuthStyleAutoDetect, oauth2.AuthStyleInHeader, oauth2.AuthStyleInParams} {
		p := app("WEB")
		code := p.answer("allow").Get("code")
		right := p.ClientSecret
		p.ClientSecret, p.Endpoint.AuthStyle = "wrong", style
		_, err := p.Exchange(ctx, code)
		mustRefuse(err, "invalid_client", 401)
		p.ClientSecret = right // and the code is not lost
		token, err := p.Exchange(ctx, code)
		check(err)
		checkUser(token)
	}
}

// wrong is what the library cannot see by itself: the provider has to refuse.
func wrong() {
	p := app("WEB")
	_, err := p.Exchange(ctx, "wrong")
	mustRefuse(err, "invalid_grant", 400)
	code := p.answer("allow", pkce(random())...).Get("code")
	_, err = p.Exchange(ctx, code, set("code_verifier", random()))
	mustRefuse(err, "invalid_grant", 400)
	code = p.answer("allow").Get("code")
	token, err := p.Exchange(ctx, code)
	check(err)
	_, err = p.Exchange(ctx, code)
	mustRefuse(err, "invalid_grant", 400)
	_, status := user(oauth2.StaticTokenSource(token))
	must(status == 401, "its token", status)
}

func denied() {
	answer := app("WEB").answer("deny")
	must(answer.Get("error") == "access_denied" && answer.Get("code") == "", "denied", answer)
}

func promptNone() {
	answer := app("WEB", oidc.ScopeOpenID).answer("allow", set("prompt", "none"))
	must(answer.Get("error") == "login_required", "prompt=none", answer)
}

func main() {
	cases := map[string]func(){
		"discovery":          discovery,
		"auto":               style(oauth2.AuthStyleAutoDetect),
		"header":             style(oauth2.AuthStyleInHeader),
		"params":             style(oauth2.AuthStyleInParams),
		"public":             func() { checkUser(app("NATIVE").token()) },
		"id-token-rs256":     idToken("WEB", oidc.RS256),
		"id-token-es256":     idToken("ES256", oidc.ES256),
		"proxy":              proxy,
		"rotation":           rotation,
		"refresh":            refresh,
		"public-refresh":     publicRefresh,
		"client-credentials": clientCredentials,
		"wrong-secret":       wrongSecret,
		"wrong":              wrong,
		"denied":             denied,
		"prompt-none":        promptNone,
	}
	cases[os.Args[1]]()
	fmt.Println("done")
}
