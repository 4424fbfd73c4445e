package account

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"time"

	saml2 "github.com/russellhaering/gosaml2"
	"github.com/russellhaering/gosaml2/types"
	dsig "github.com/russellhaering/goxmldsig"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

// The rules for what a SAML identity provider sends are:
//
//   - The XML passes a gate before any library sees it: no DOCTYPE, no comment, no processing instruction, bounded in bytes,
//     depth and elements, and every ID once (SAML 2.0 Core, section 1.3.4).
//   - There is one assertion, directly inside the response; nothing else in the document is called so. What was signed and
//     what is read are then the same element.
//   - The answer belongs to a request of ours that is not answered yet, and to the browser that began it.
const (
	maxSAML      = 256 << 10 // an answer with a thousand groups is below 100 kB
	maxSAMLDepth = 24        // an assertion is 8 deep
	maxSAMLNodes = 10_000
	// MaxSAMLForm bounds the form that an identity provider posts: the answer in base64.
	MaxSAMLForm = 400 << 10
)

// samlMetadataLife is how long an identity provider may keep our metadata; it never changes for one service.
const samlMetadataLife = 30 * 24 * time.Hour

const (
	samlProtocol  = "urn:oasis:names:tc:SAML:2.0:protocol"
	samlPairwise  = "urn:oasis:names:tc:SAML:attribute:pairwise-id"
	samlSubject   = "urn:oasis:names:tc:SAML:attribute:subject-id"
	samlTransient = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
	samlRedirect  = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
	samlMail      = "urn:oid:0.9.2342.19200300.100.1.3"
	samlName      = "urn:oid:2.16.840.1.113730.3.1.241" // displayName
	samlGroups    = "urn:oid:1.3.6.1.4.1.5923.1.5.1.1"  // isMemberOf
)

// samlGate walks a document once and refuses what an answer of an identity provider never has.
func samlGate(raw []byte, response bool) error {
	if len(raw) > maxSAML {
		return errors.New("too large")
	}
	dec := xml.NewDecoder(bytes.NewReader(raw))
	ids := map[string]bool{}
	depth, nodes, assertions := 0, 0, 0
	for {
		token, err := dec.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if nodes++; nodes > maxSAMLNodes {
			return errors.New("too many elements")
		}
		switch t := token.(type) {
		case xml.Directive:
			return errors.New("a DOCTYPE or other directive")
		case xml.Comment:
			if response {
				return errors.New("a comment")
			}
		case xml.ProcInst:
			if t.Target != "xml" {
				return errors.New("a processing instruction")
			}
		case xml.EndElement:
			depth--
		case xml.StartElement:
			if depth++; depth > maxSAMLDepth {
				return errors.New("too deep")
			}
			if response && (t.Name.Local == "Assertion" || t.Name.Local == "EncryptedAssertion") {
				if assertions++; assertions > 1 || depth != 2 || t.Name.Local != "Assertion" {
					return errors.New("not exactly one assertion in the response")
				}
			}
			if err := samlAttributes(t, ids); err != nil {
				return err
			}
		}
	}
	if response && assertions != 1 {
		return errors.New("no assertion")
	}
	return nil
}

func samlAttributes(t xml.StartElement, ids map[string]bool) error {
	for _, a := range t.Attr {
		if strings.EqualFold(a.Name.Local, "id") {
			if ids[a.Value] {
				return errors.New("an ID stands twice")
			}
			ids[a.Value] = true
		}
		if a.Name.Local == "Algorithm" && strings.Contains(strings.ToLower(a.Value), "sha1") {
			return errors.New("SHA-1")
		}
	}
	return nil
}

// entityID is the name under which identity providers know us for one service: the address of its metadata.
func (d *Desk) entityID(s *record.CampusService) string {
	return d.PublicURL + "/sign-in/campus/" + string(s.ID) + "/metadata"
}

func (d *Desk) samlService(s *record.CampusService) (*saml2.SAMLServiceProvider, error) {
	store := &dsig.MemoryX509CertificateStore{}
	for _, der := range s.Settings.Certificates {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, record.Wrap("account.samlService", err)
		}
		store.Roots = append(store.Roots, c)
	}
	return &saml2.SAMLServiceProvider{
		IdentityProviderSSOURL: s.Settings.SSOURL, IdentityProviderSSOBinding: saml2.BindingHttpRedirect, IdentityProviderIssuer: s.Settings.Issuer,
		ServiceProviderIssuer: d.entityID(s), AudienceURI: d.entityID(s), AssertionConsumerServiceURL: d.backURL(s),
		IDPCertificateStore: store, AllowMissingAttributes: true, MaximumDecompressedBodySize: maxSAML, MaximumXMLTokens: maxSAMLNodes,
		Clock: dsig.NewFakeClockAt(d.now()), // one moment for the whole answer
	}, nil
}

// SAMLMetadata is our metadata for one service (SAML 2.0 Metadata), for its identity provider to read.
func (d *Desk) SAMLMetadata(ctx context.Context, id record.CampusServiceID) ([]byte, error) {
	const op = "account.SAMLMetadata"
	var s *record.CampusService // its metadata is needed before it is enabled
	err := d.DB.View(ctx, func(tx *store.Tx) (err error) { s, err = tx.CampusService(ctx, id); return err })
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	if s.Kind != record.CampusSAML || d.PublicURL == "" {
		return nil, record.Errorf(record.NotFound, op, "there is no such sign-in")
	}
	m := types.EntityDescriptor{EntityID: d.entityID(s), ValidUntil: d.now().Add(samlMetadataLife), SPSSODescriptor: &types.SPSSODescriptor{
		WantAssertionsSigned: true, ProtocolSupportEnumeration: samlProtocol,
		AssertionConsumerServices: []types.IndexedEndpoint{{Binding: saml2.BindingHttpPost, Location: d.backURL(s), Index: 1}},
	}}
	b, err := xml.MarshalIndent(m, "", "  ")
	return append([]byte(xml.Header), b...), record.Wrap(op, err)
}

func (d *Desk) beginSAML(ctx context.Context, actor record.Actor, s *record.CampusService, next string) (address, token string, err error) {
	const op = "account.beginSAML"
	sp, err := d.samlService(s)
	if err != nil {
		return "", "", err
	}
	doc, err := sp.BuildAuthRequestDocumentNoSig()
	if err != nil {
		return "", "", record.Wrap(op, err)
	}
	token = rand.Text()
	relay, err := d.begin(ctx, stepSAML, actor.Account, campusStep{Service: s.ID, Next: next, Request: doc.Root().SelectAttrValue("ID", ""), Browser: record.Sum([]byte(token))})
	if err != nil {
		return "", "", err
	}
	address, err = sp.BuildAuthURLRedirect(relay, doc)
	return address, token, record.Wrap(op, err)
}

// EndSAML checks what an identity provider posted (SAML 2.0 Profiles, section 4.1.4.3). The browser that posts it shows no
// cookie, because it comes from another site; so the person waits until the browser that began asks for Arrive.
func (d *Desk) EndSAML(ctx context.Context, id record.CampusServiceID, relay, answer string) error {
	const op = "account.EndSAML"
	var step campusStep
	begun, err := d.take(ctx, stepSAML, relay, &step)
	if err != nil {
		return err
	}
	if step.Service != id {
		return campusRefused(op, errors.New("another service"))
	}
	s, err := d.openService(ctx, op, id)
	if err != nil {
		return err
	}
	sp, err := d.samlService(s)
	if err != nil {
		return err
	}
	raw, err := base64.StdEncoding.DecodeString(answer)
	if err == nil {
		err = samlGate(raw, true)
	}
	if err != nil {
		return campusRefused(op, err)
	}
	info, err := sp.RetrieveAssertionInfo(answer)
	if err != nil {
		return campusRefused(op, err)
	}
	if err := d.samlFits(info, raw, step.Request); err != nil {
		return campusRefused(op, err)
	}
	step.Person = samlPerson(s, info)
	return record.Wrap(op, d.leave(ctx, begun, &step))
}

// leave writes down who came back, for the browser that began.
func (d *Desk) leave(ctx context.Context, begun *record.SignInStep, step *campusStep) error {
	return d.beginAs(ctx, step.Browser, stepSAMLDone, begun.Account, step)
}

// Arrive lets in who came back from a SAML identity provider, in the browser that began.
func (d *Desk) Arrive(ctx context.Context, token string) (a *record.Account, next string, err error) {
	const op = "account.Arrive"
	var step campusStep
	begun, err := d.take(ctx, stepSAMLDone, token, &step)
	if err != nil {
		return nil, "", err
	}
	s, err := d.openService(ctx, op, step.Service)
	if err != nil {
		return nil, "", err
	}
	if step.Person == nil {
		return nil, "", campusRefused(op, nil)
	}
	a, err = d.arrive(ctx, s, begun, step.Person)
	return a, step.Next, err
}

// samlFits is what the library leaves to us: the request that is answered, the audience, and the moment.
func (d *Desk) samlFits(info *saml2.AssertionInfo, raw []byte, request string) error {
	if len(info.Assertions) != 1 || request == "" {
		return errors.New("not exactly one assertion")
	}
	a := info.Assertions[0]
	switch {
	case info.WarningInfo.InvalidTime:
		return errors.New("not valid at this moment")
	case len(a.Conditions.AudienceRestrictions) == 0 || info.WarningInfo.NotInAudience:
		return errors.New("for another audience")
	case a.Subject.SubjectConfirmation.SubjectConfirmationData.InResponseTo != request:
		return errors.New("an answer to another request")
	}
	until, err := time.Parse(time.RFC3339, a.Subject.SubjectConfirmation.SubjectConfirmationData.NotOnOrAfter)
	if err != nil || !d.now().Before(until) {
		return errors.New("confirmed too long ago")
	}
	var top struct {
		XMLName      xml.Name
		InResponseTo string `xml:"InResponseTo,attr"`
		Destination  string `xml:"Destination,attr"`
	}
	if err := xml.Unmarshal(raw, &top); err != nil {
		return err
	}
	if top.XMLName.Space != samlProtocol || top.XMLName.Local != "Response" || top.InResponseTo != request {
		return errors.New("a response to another request")
	}
	return nil
}

// samlPerson reads the attributes. What the institution's own provider says of addresses counts as vouched for: the
// operator decides with the service's rules whether anybody joins by it.
func samlPerson(s *record.CampusService, info *saml2.AssertionInfo) *campusPerson {
	all := map[string][]string{}
	for name, a := range info.Values {
		for _, v := range a.Values {
			if v := clip(v.Value); v != "" {
				all[name] = append(all[name], v)
			}
		}
		if a.FriendlyName != "" && all[a.FriendlyName] == nil {
			all[a.FriendlyName] = all[name]
		}
	}
	one := func(names ...string) string {
		for _, n := range names {
			if v := all[n]; n != "" && len(v) == 1 {
				return v[0]
			}
		}
		return ""
	}
	p := &campusPerson{Email: one(orDefault(s.Settings.EmailClaim, samlMail)), Name: one(orDefault(s.Settings.NameClaim, samlName)), Groups: all[orDefault(s.Settings.GroupsClaim, samlGroups)], Verified: true}
	if p.Subject = one(samlPairwise, samlSubject); p.Subject == "" && info.NameIDFormat != samlTransient {
		p.Subject = clip(info.NameID)
	}
	if s.Settings.LearnerClaim != "" {
		p.Learner = one(s.Settings.LearnerClaim)
	}
	return p
}

// readSAMLMetadata takes from an identity provider's metadata what sign-in needs.
func readSAMLMetadata(raw []byte, into *record.CampusSettings) error {
	const op = "account.readSAMLMetadata"
	wrong := func(why string) error {
		return record.Errorf(record.Invalid, op, "the metadata cannot be used: %s", why)
	}
	if err := samlGate(raw, false); err != nil {
		return wrong(err.Error())
	}
	var e types.EntityDescriptor
	if err := xml.Unmarshal(raw, &e); err != nil || e.IDPSSODescriptor == nil {
		return wrong("it is not an EntityDescriptor with an IDPSSODescriptor; of a federation's file, give the one entity of your institution")
	}
	into.Issuer, into.SSOURL, into.Certificates = e.EntityID, "", nil
	for _, sso := range e.IDPSSODescriptor.SingleSignOnServices {
		if sso.Binding == samlRedirect {
			into.SSOURL = sso.Location
		}
	}
	for _, k := range e.IDPSSODescriptor.KeyDescriptors {
		if k.Use == "encryption" {
			continue
		}
		for _, c := range k.KeyInfo.X509Data.X509Certificates {
			der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(c.Data), ""))
			if err == nil {
				_, err = x509.ParseCertificate(der)
			}
			if err != nil {
				return wrong("a certificate in it cannot be read")
			}
			into.Certificates = append(into.Certificates, der)
		}
	}
	switch {
	case into.Issuer == "":
		return wrong("it names no entityID")
	case into.SSOURL == "":
		return wrong("it has no SingleSignOnService with the HTTP-Redirect binding")
	case len(into.Certificates) == 0:
		return wrong("it has no signing certificate")
	}
	return nil
}
