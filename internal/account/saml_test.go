package account_test

import (
	"bytes"
	"compress/flate"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"fmt"
	"io"
	"math/big"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"

	"github.com/openlaurel/laurel/internal/account"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/internal/store/storetest"
)

// idp is a SAML identity provider. fields are what an answer says; a test changes one to tell a lie.
type idp struct {
	t    *testing.T
	key  *rsa.PrivateKey
	cert []byte
}

const idpName = "https://idp.x.example/saml"

func newIDP(t *testing.T) *idp {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "idp"}, NotBefore: start.AddDate(-1, 0, 0), NotAfter: start.AddDate(9, 0, 0)}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return &idp{t, key, der}
}

func (i *idp) metadata() string {
	return `<?xml version="1.0"?><md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="` + idpName + `"><!-- made by hand --><md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
<md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>` + base64.StdEncoding.EncodeToString(i.cert) + `</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://idp.x.example/post"/><md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.x.example/sso"/>
</md:IDPSSODescriptor></md:EntityDescriptor>`
}

type says map[string]string

// assertion is an assertion without its signature.
func (f says) assertion() string {
	groups := ""
	for g := range strings.FieldsSeq(f["groups"]) {
		groups += `<saml:AttributeValue>` + g + `</saml:AttributeValue>`
	}
	audience := ""
	if f["audience"] != "" {
		audience = `<saml:AudienceRestriction><saml:Audience>` + f["audience"] + `</saml:Audience></saml:AudienceRestriction>`
	}
	return `<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="` + f["id"] + `" Version="2.0" IssueInstant="` + f["now"] + `"><saml:Issuer>` + f["issuer"] + `</saml:Issuer>` +
		`<saml:Subject><saml:NameID Format="` + f["format"] + `">` + f["subject"] + `</saml:NameID><saml:SubjectConfirmation Method="` + f["method"] + `"><saml:SubjectConfirmationData NotOnOrAfter="` + f["until"] + `" Recipient="` + f["recipient"] + `" InResponseTo="` + f["request"] + `"/></saml:SubjectConfirmation></saml:Subject>` +
		`<saml:Conditions NotBefore="` + f["from"] + `" NotOnOrAfter="` + f["until"] + `">` + audience + `</saml:Conditions>` +
		`<saml:AttributeStatement><saml:Attribute Name="urn:oid:0.9.2342.19200300.100.1.3" FriendlyName="mail"><saml:AttributeValue>` + f["mail"] + `</saml:AttributeValue></saml:Attribute><saml:Attribute Name="groups">` + groups + `</saml:Attribute></saml:AttributeStatement></saml:Assertion>`
}

func (f says) response(inner string) string {
	return `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_r` + f["id"] + `" Version="2.0" IssueInstant="` + f["now"] + `" Destination="` + f["destination"] + `" InResponseTo="` + f["answers"] + `"><saml:Issuer>` + f["issuer"] + `</saml:Issuer>` +
		`<samlp:Status><samlp:StatusCode Value="` + f["status"] + `"/></samlp:Status>` + inner + `</samlp:Response>`
}

// sign signs an element (enveloped, exclusive canonicalization) with the provider's key.
func (i *idp) sign(text, method string) string {
	i.t.Helper()
	doc := etree.NewDocument()
	if err := doc.ReadFromString(text); err != nil {
		i.t.Fatal(err)
	}
	ctx, err := dsig.NewSigningContext(i.key, [][]byte{i.cert})
	if err != nil {
		i.t.Fatal(err)
	}
	ctx.Canonicalizer = dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList("")
	if err := ctx.SetSignatureMethod(method); err != nil {
		i.t.Fatal(err)
	}
	signed, err := ctx.SignEnveloped(doc.Root())
	if err != nil {
		i.t.Fatal(err)
	}
	// The signature stands after the issuer, as the schema has it.
	sig := signed.Child[len(signed.Child)-1]
	signed.RemoveChildAt(len(signed.Child) - 1)
	signed.InsertChildAt(1, sig)
	out := etree.NewDocument()
	out.SetRoot(signed)
	s, err := out.WriteToString()
	if err != nil {
		i.t.Fatal(err)
	}
	return s
}

// samlDoor is a door whose institution trusts an identity provider.
type samlDoor struct {
	*door
	idp *idp
	id  record.CampusServiceID
}

func newSAMLDoor(t *testing.T, db *store.DB) *samlDoor {
	t.Helper()
	d := &samlDoor{door: newDoor(t, db), idp: newIDP(t)}
	d.desk.PublicURL = "https://x.example"
	var err error
	d.id, err = d.desk.PutCampusService(t.Context(), d.operator(), account.ServiceChange{Kind: record.CampusSAML, Name: "X", Enabled: true, Metadata: d.idp.metadata(),
		Settings: record.CampusSettings{EmailClaim: "mail", GroupsClaim: "groups", JoinGroups: true, Groups: map[string]record.Role{"records": record.RoleRegistrar}}})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// begin sends a browser away and says what a true answer to it is.
func (d *samlDoor) begin() (f says, relay, browser string) {
	d.t.Helper()
	address, browser, err := d.desk.BeginCampus(d.t.Context(), record.Actor{}, d.id, "/desk")
	if err != nil {
		d.t.Fatal(err)
	}
	u, err := url.Parse(address)
	if err != nil || !strings.HasPrefix(address, "https://idp.x.example/sso?") {
		d.t.Fatal(address, err)
	}
	packed, err := base64.StdEncoding.DecodeString(u.Query().Get("SAMLRequest"))
	if err != nil {
		d.t.Fatal(err)
	}
	request, err := io.ReadAll(flate.NewReader(bytes.NewReader(packed)))
	if err != nil {
		d.t.Fatal(err)
	}
	id := regexp.MustCompile(` ID="([^"]+)"`).FindSubmatch(request)
	if id == nil {
		d.t.Fatalf("a request without an ID: %s", request)
	}
	back, entity := d.desk.ServiceAddresses(&record.CampusService{ID: d.id})
	at := func(d time.Duration) string { return start.Add(d).Format(time.RFC3339) }
	return says{"id": "_" + rand.Text(), "now": at(0), "from": at(-time.Minute), "until": at(5 * time.Minute), "issuer": idpName, "audience": entity, "recipient": back, "destination": back,
		"request": string(id[1]), "answers": string(id[1]), "subject": "p-1", "format": "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent", "method": "urn:oasis:names:tc:SAML:2.0:cm:bearer",
		"status": "urn:oasis:names:tc:SAML:2.0:status:Success", "mail": "ruth@x.example", "groups": "records chess"}, u.Query().Get("RelayState"), browser
}

func (d *samlDoor) end(relay, browser, answer string) (*record.Account, error) {
	d.t.Helper()
	if err := d.desk.EndSAML(d.t.Context(), d.id, relay, base64.StdEncoding.EncodeToString([]byte(answer))); err != nil {
		return nil, err
	}
	a, _, err := d.desk.Arrive(d.t.Context(), browser)
	return a, err
}

func TestSAML(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newSAMLDoor(t, db)
		for name, sign := range map[string]func(says) string{
			"the assertion is signed": func(f says) string { return f.response(d.idp.sign(f.assertion(), dsig.RSASHA256SignatureMethod)) },
			"the response is signed":  func(f says) string { return d.idp.sign(f.response(f.assertion()), dsig.RSASHA256SignatureMethod) },
			"both are signed": func(f says) string {
				return d.idp.sign(f.response(d.idp.sign(f.assertion(), dsig.RSASHA256SignatureMethod)), dsig.RSASHA256SignatureMethod)
			},
		} {
			f, relay, browser := d.begin()
			a, err := d.end(relay, browser, sign(f))
			if err != nil || a.Email != "ruth@x.example" || !slices.Equal(a.Roles, []record.Role{record.RoleRegistrar}) {
				t.Errorf("%s: %+v, %v", name, a, err)
			}
		}
		m, err := d.desk.SAMLMetadata(t.Context(), d.id)
		if err != nil || !strings.Contains(string(m), `entityID="https://x.example/sign-in/campus/`) || !strings.Contains(string(m), `WantAssertionsSigned="true"`) {
			t.Errorf("%s, %v", m, err)
		}
	})
}

// TestSAMLAttacks: forged, moved, wrapped, replayed and malformed answers let nobody in.
func TestSAMLAttacks(t *testing.T) {
	d := newSAMLDoor(t, storetest.SQLite(t))
	const rsa256 = dsig.RSASHA256SignatureMethod
	signed := func(f says) string { return f.response(d.idp.sign(f.assertion(), rsa256)) }
	field := func(name, value string) func(says) string {
		return func(f says) string { f[name] = value; return signed(f) }
	}
	stranger := newIDP(t)
	evil := func(f says) string { // an assertion of the attacker's own
		g := says{}
		for k, v := range f {
			g[k] = v
		}
		g["id"], g["subject"], g["mail"] = "_evil", "p-evil", "evil@x.example"
		return g.assertion()
	}
	late := start.Add(-time.Second).Format(time.RFC3339)
	for name, make := range map[string]func(says) string{
		"unsigned":                func(f says) string { return f.response(f.assertion()) },
		"a stranger's key":        func(f says) string { return f.response(stranger.sign(f.assertion(), rsa256)) },
		"SHA-1":                   func(f says) string { return f.response(d.idp.sign(f.assertion(), dsig.RSASHA1SignatureMethod)) },
		"changed after signing":   func(f says) string { return strings.Replace(signed(f), "ruth@", "evil@", 1) },
		"another audience":        field("audience", "https://other.example"),
		"no audience":             field("audience", ""),
		"another recipient":       field("recipient", "https://x.example/sign-in/campus/other/back"),
		"another destination":     field("destination", "https://other.example/"),
		"another issuer":          field("issuer", "https://evil.example"),
		"expired":                 field("until", late),
		"not valid yet":           field("from", start.Add(time.Minute).Format(time.RFC3339)),
		"another request":         field("request", "_other"),
		"nobody asked":            func(f says) string { f["request"], f["answers"] = "", ""; return signed(f) },
		"a response to another":   field("answers", "_other"),
		"not the bearer":          field("method", "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key"),
		"refused there":           field("status", "urn:oasis:names:tc:SAML:2.0:status:Requester"),
		"a transient name":        field("format", "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"),
		"wrapped: evil one first": func(f says) string { return f.response(evil(f) + d.idp.sign(f.assertion(), rsa256)) },
		"wrapped: evil one last":  func(f says) string { return f.response(d.idp.sign(f.assertion(), rsa256) + evil(f)) },
		"wrapped: true one inside": func(f says) string {
			return f.response(strings.Replace(evil(f), "</saml:Assertion>", d.idp.sign(f.assertion(), rsa256)+"</saml:Assertion>", 1))
		},
		"wrapped: same ID": func(f says) string {
			return f.response(strings.Replace(evil(f), "_evil", f["id"], 1) + d.idp.sign(f.assertion(), rsa256))
		},
		"wrapped: in extensions": func(f says) string {
			return f.response("<samlp:Extensions>" + d.idp.sign(f.assertion(), rsa256) + "</samlp:Extensions>" + evil(f))
		},
		"wrapped: signature moved": func(f says) string { return moved(d.idp.sign(f.assertion(), rsa256), evil(f), f) },
		"comment in the name": func(f says) string {
			f["subject"] = "p-1.evil.example" // a true name, cut by what canonicalization does not see
			return strings.Replace(signed(f), "p-1.evil", "p-1<!-- -->.evil", 1)
		},
		"an instruction": func(f says) string { f["subject"] = "p-1<?x y?>"; return signed(f) },
		"entities": func(f says) string {
			return `<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>` + strings.Replace(signed(f), "ruth@", "&b;@", 1)
		},
		"an outside entity": func(f says) string { return `<!DOCTYPE x SYSTEM "file:///etc/passwd">` + signed(f) },
		"too deep": func(f says) string {
			return f.response(strings.Repeat("<x>", 5000) + strings.Repeat("</x>", 5000) + d.idp.sign(f.assertion(), rsa256))
		},
		"too large": func(f says) string {
			return f.response(strings.Repeat("<x/>", 100_000) + d.idp.sign(f.assertion(), rsa256))
		},
		"not XML":             func(says) string { return "hello" },
		"empty":               func(says) string { return "" },
		"encrypted to nobody": func(f says) string { return f.response(`<saml:EncryptedAssertion/>`) },
	} {
		t.Run(name, func(t *testing.T) {
			f, relay, browser := d.begin()
			if a, err := d.end(relay, browser, make(f)); err == nil {
				t.Errorf("it let in %+v", a)
			}
			g := f
			g["id"] = "_" + rand.Text()
			if _, err := d.end(relay, browser, signed(g)); record.CodeOf(err) != "step.gone" {
				t.Errorf("the request lives on: %v", err)
			}
		})
	}
	f, relay, _ := d.begin()
	answer := signed(f)
	if err := d.desk.EndSAML(t.Context(), "other", relay, base64.StdEncoding.EncodeToString([]byte(answer))); err == nil {
		t.Error("answered at another service")
	}
	f, relay, browser := d.begin()
	answer = signed(f)
	if err := d.desk.EndSAML(t.Context(), d.id, relay, base64.StdEncoding.EncodeToString([]byte(answer))); err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.desk.Arrive(t.Context(), "another browser"); record.CodeOf(err) != "step.gone" {
		t.Errorf("another browser: %v", err)
	}
	if _, _, err := d.desk.Arrive(t.Context(), browser); err != nil {
		t.Fatal(err)
	}
	if _, err := d.end(relay, browser, answer); record.CodeOf(err) != "step.gone" {
		t.Errorf("the same answer twice: %v", err)
	}
	_, relay, browser = d.begin()
	if _, err := d.end(relay, browser, answer); err == nil {
		t.Error("an old answer to a new request")
	}
}

// moved puts the true signature, with the true assertion inside it as an Object, into an evil assertion.
func moved(true_, evil string, f says) string {
	sig := regexp.MustCompile(`(?s)<ds:Signature.*</ds:Signature>`).FindString(true_)
	plain := strings.Replace(true_, sig, "", 1)
	sig = strings.Replace(sig, "</ds:Signature>", "<ds:Object>"+plain+"</ds:Object></ds:Signature>", 1)
	return f.response(strings.Replace(evil, "</saml:Issuer>", "</saml:Issuer>"+sig, 1))
}

// TestSAMLMetadataRefused: what an operator pastes is read as strictly.
func TestSAMLMetadataRefused(t *testing.T) {
	d := newSAMLDoor(t, storetest.SQLite(t))
	good := d.idp.metadata()
	for name, text := range map[string]string{
		"entities":       `<!DOCTYPE x [<!ENTITY a "b">]>` + good,
		"no certificate": regexp.MustCompile(`(?s)<md:KeyDescriptor.*</md:KeyDescriptor>`).ReplaceAllString(good, ""),
		"a broken one":   strings.Replace(good, "<ds:X509Certificate>", "<ds:X509Certificate>AAAA", 1),
		"no address":     strings.ReplaceAll(good, "HTTP-Redirect", "SOAP"),
		"http":           strings.ReplaceAll(good, `"https://idp.x.example/sso"`, `"http://idp.x.example/sso"`),
		"another":        "<x/>",
		"too large":      strings.Repeat(" ", 300<<10) + good,
	} {
		_, err := d.desk.PutCampusService(t.Context(), d.operator(), account.ServiceChange{Kind: record.CampusSAML, Name: "X", Metadata: text})
		if k := record.KindOf(err); k != record.Invalid && k != record.TooLarge {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzSAMLAnswer(f *testing.F) {
	f.Add([]byte(says{"id": "_1"}.response(says{"id": "_2"}.assertion())))
	f.Add([]byte(`<!DOCTYPE x>`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if err := account.SAMLGate(b); err == nil && (bytes.Contains(b, []byte("<!")) && !bytes.Contains(b, []byte("<![CDATA["))) {
			t.Errorf("a declaration passed: %s", fmt.Sprintf("%q", b))
		}
	})
}
