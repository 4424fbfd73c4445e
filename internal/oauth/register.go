package oauth

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/luikyv/go-oidc/pkg/goidc"

	"github.com/openlaurel/laurel/ijson"
)

// Limits of what a program says of itself.
const (
	maxName      = 200  // characters; a person reads it
	maxAddress   = 2000 // bytes, what browsers carry
	maxRedirects = 10
	maxContacts  = 10
)

// refusal is why a registration is refused (RFC 7591, 3.2.2).
type refusal struct{ code, text string }

func badMeta(text string) *refusal { return &refusal{"invalid_client_metadata", text} }

func badRedirect(text string) *refusal { return &refusal{"invalid_redirect_uri", text} }

// metadata is what is kept of what a program says of itself; other members are not.
type metadata struct {
	ClientID        string   `json:"client_id,omitempty"`
	Name            string   `json:"client_name"`
	URI             string   `json:"client_uri"`
	Logo            string   `json:"logo_uri,omitempty"`
	Terms           string   `json:"tos_uri,omitempty"`
	Policy          string   `json:"policy_uri,omitempty"`
	SoftwareID      string   `json:"software_id"`
	SoftwareVersion string   `json:"software_version"`
	RedirectURIs    []string `json:"redirect_uris"`
	Scope           string   `json:"scope"`
	Method          string   `json:"token_endpoint_auth_method"`
	Grants          []string `json:"grant_types"`
	Responses       []string `json:"response_types"`
	Contacts        []string `json:"contacts,omitempty"`
	Application     string   `json:"application_type"`
	// The library takes https alone for these; a program at a loopback address hands them over by other names, and
	// complete gives them back.
	LocalLogo   string `json:"local_logo_uri,omitempty"`
	LocalTerms  string `json:"local_tos_uri,omitempty"`
	LocalPolicy string `json:"local_policy_uri,omitempty"`
}

// complete gives a registration what the library leaves out or would not take.
func complete(_ context.Context, _ string, meta *goidc.ClientMeta) error {
	if meta.CustomAttributes["client_id_issued_at"] == nil { // RFC 7591, 3.2.1
		meta.CustomAttributes["client_id_issued_at"] = time.Now().Unix()
	}
	for name, dst := range map[string]*string{"local_logo_uri": &meta.LogoURI, "local_tos_uri": &meta.TermsOfServiceURI, "local_policy_uri": &meta.PolicyURI} {
		if v, ok := meta.CustomAttributes[name].(string); ok {
			*dst = v
			delete(meta.CustomAttributes, name)
		}
	}
	// As a native program it may be registered at a loopback address; as one its port would not be compared.
	meta.ApplicationType = goidc.ApplicationTypeWeb
	return nil
}

// readMetadata reads a registration as the 1EdTech profile has it (CLR 2.0 API, dynamic client registration): what is
// required is there, every address is https on one host, and nothing is asked for that is not offered here.
func (s *Server) readMetadata(r *http.Request, body []byte) ([]byte, *refusal) {
	doc, err := ijson.Parse(body, nil)
	if err != nil || doc.Root().Kind() != ijson.Object {
		return nil, badMeta("send the metadata as a JSON object")
	}
	root := doc.Root()
	m := &metadata{Method: "client_secret_basic", Application: "web"}
	if r.Method == http.MethodPut {
		m.ClientID = root.Get("client_id").Text()
	} else if root.Has("client_id") {
		return nil, badMeta("client_id is given, not asked for")
	}
	for _, name := range []string{"software_statement", "jwks", "jwks_uri"} {
		if root.Has(name) {
			return nil, &refusal{map[bool]string{true: "invalid_software_statement", false: "invalid_client_metadata"}[name == "software_statement"], "do not send " + name + ": it is not read here"}
		}
	}
	for _, step := range []func(ijson.Value) *refusal{m.words, s.addresses(m), m.rights} {
		if bad := step(root); bad != nil {
			return nil, bad
		}
	}
	if m.Application == "native" {
		m.LocalLogo, m.LocalTerms, m.LocalPolicy, m.Logo, m.Terms, m.Policy = m.Logo, m.Terms, m.Policy, "", "", ""
	}
	out, err := json.Marshal(m)
	if err != nil {
		return nil, badMeta("the metadata cannot be kept")
	}
	return out, nil
}

// words reads what people read.
func (m *metadata) words(root ijson.Value) *refusal {
	for _, f := range []struct {
		name string
		dst  *string
	}{{"client_name", &m.Name}, {"software_id", &m.SoftwareID}, {"software_version", &m.SoftwareVersion}} {
		v := strings.TrimSpace(root.Get(f.name).Text())
		if v == "" {
			return badMeta(f.name + " is required")
		}
		if utf8.RuneCountInString(v) > maxName || strings.ContainsFunc(v, func(c rune) bool { return unicode.IsControl(c) || unicode.Is(unicode.Bidi_Control, c) }) {
			return badMeta(f.name + " is too long, or has control characters")
		}
		*f.dst = v
	}
	contacts, ok := texts(root, "contacts")
	if !ok || len(contacts) > maxContacts {
		return badMeta("contacts is a short list of strings")
	}
	m.Contacts = contacts
	return nil
}

// addresses reads the addresses: absolute, https, on one host, plain.
func (s *Server) addresses(m *metadata) func(ijson.Value) *refusal {
	return func(root ijson.Value) *refusal {
		host := ""
		same := func(name, address string) string {
			u, problem := s.address(address)
			switch {
			case problem != "":
				return name + ": " + problem
			case host != "" && !strings.EqualFold(host, u.Hostname()):
				return name + ": every address must be on one host"
			}
			if host = u.Hostname(); u.Scheme == "http" {
				m.Application = "native" // what the library calls a program at a loopback address
			}
			return ""
		}
		for _, f := range []struct {
			name string
			dst  *string
		}{{"client_uri", &m.URI}, {"logo_uri", &m.Logo}, {"tos_uri", &m.Terms}, {"policy_uri", &m.Policy}} {
			*f.dst = root.Get(f.name).Text()
			if problem := same(f.name, *f.dst); problem != "" {
				return badMeta(problem)
			}
		}
		uris, ok := texts(root, "redirect_uris")
		if !ok || len(uris) == 0 || len(uris) > maxRedirects {
			return badRedirect("redirect_uris is a list of one to ten addresses")
		}
		for _, u := range uris {
			if problem := same("redirect_uris", u); problem != "" {
				return badRedirect(problem)
			}
		}
		m.RedirectURIs = uris
		return nil
	}
}

// address reads one address. http is for loopback addresses while this server is at one itself: a demonstration.
func (s *Server) address(address string) (*url.URL, string) {
	u, err := url.Parse(address)
	switch {
	case address == "":
		return nil, "is required"
	case err != nil || u.Host == "" || u.Opaque != "" || strings.HasSuffix(u.Host, ":") || len(address) > maxAddress || u.String() != address:
		return nil, "is not an absolute address in its plain form"
	case u.User != nil || u.Fragment != "" || strings.Contains(address, "#") || strings.ContainsAny(address, "*\\ "):
		return nil, "must have no user, fragment, wildcard or backslash"
	case u.Scheme == "https":
		return u, ""
	case u.Scheme == "http" && loopback(u) && strings.HasPrefix(s.Issuer, "http://"):
		return u, ""
	}
	return nil, "must be https"
}

func loopback(u *url.URL) bool {
	ip := net.ParseIP(u.Hostname())
	return ip != nil && ip.IsLoopback()
}

// rights reads what the program wants to do: the scopes that are offered here stay, others are left out (RFC 7591, 2).
func (m *metadata) rights(root ijson.Value) *refusal {
	if v := root.Get("token_endpoint_auth_method"); v.IsValid() && v.Text() != m.Method {
		return badMeta("token_endpoint_auth_method is client_secret_basic and nothing else")
	}
	var scopes []string
	for _, id := range distinct(root.Get("scope").Text()) {
		if known(id) {
			scopes = append(scopes, id)
		}
	}
	if len(scopes) == 0 {
		return badMeta("scope is required, with at least one scope that is offered here")
	}
	m.Scope = strings.Join(scopes, " ")
	grants, ok := texts(root, "grant_types")
	if !ok || slices.ContainsFunc(grants, func(g string) bool { return g != "authorization_code" && g != "refresh_token" }) {
		return badMeta("grant_types is a list of authorization_code and refresh_token")
	}
	m.Grants = []string{"authorization_code"}
	if slices.Contains(grants, "refresh_token") || slices.Contains(scopes, OfflineAccess) {
		m.Grants = append(m.Grants, "refresh_token")
	}
	responses, ok := texts(root, "response_types")
	if !ok || slices.ContainsFunc(responses, func(t string) bool { return t != "code" }) {
		return badMeta("response_types is code and nothing else")
	}
	m.Responses = []string{"code"}
	return nil
}

// texts reads a list of strings; an absent one is empty.
func texts(root ijson.Value, name string) ([]string, bool) {
	v := root.Get(name)
	if !v.IsValid() {
		return nil, true
	}
	if v.Kind() != ijson.Array {
		return nil, false
	}
	var out []string
	for e := range v.Elements() {
		if !e.IsString() {
			return nil, false
		}
		out = append(out, e.Text())
	}
	return out, true
}
