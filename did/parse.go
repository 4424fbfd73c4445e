package did

import (
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"strings"
	"time"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/key"
)

// MaxMethods bounds the keys of one document: a platform with a key for each of its issuers has hundreds.
const MaxMethods = 1000

// ParseDocument reads a DID document, controlled identifier document, issuer profile, key document, JWK or JWK set. A
// key that cannot be used is kept with its Err. Two different keys under one id are refused.
func ParseDocument(b []byte) (*Document, error) {
	doc, err := ijson.Parse(b, nil)
	if err != nil {
		return nil, err
	}
	root := doc.Root()
	if root.Kind() != ijson.Object {
		return nil, errors.New("did: a document is a JSON object")
	}
	d := &Document{ID: root.Get("id").Text(), Raw: root}
	if root.Has("id") && d.ID == "" {
		return nil, errors.New("did: the document's id is not a string")
	}
	switch {
	case root.Get("keys").Kind() == ijson.Array:
		d.Form, d.ID = KeySet, ""
		err = d.readKeySet(root.Get("keys"))
	case root.Has("kty"):
		d.Form, d.ID = KeySet, ""
		d.addJWK(root)
	case hasKeyMember(root):
		d.Form = KeyDocument
		err = d.add(readMethod(root, d.ID))
	default:
		d.Form = Controller
		err = d.readController(root)
	}
	if err != nil {
		return nil, err
	}
	return d, nil
}

func (d *Document) readKeySet(keys ijson.Value) error {
	if keys.Len() > MaxMethods {
		return errors.New("did: the JWK set has more keys than are read")
	}
	for jwk := range keys.Elements() {
		d.addJWK(jwk)
	}
	return nil
}

// addJWK adds a key of a JWK set; its members use and key_ops decide whether it may verify (RFC 7517, 4.2 and 4.3).
func (d *Document) addJWK(jwk ijson.Value) {
	kid := jwk.Get("kid").Text()
	m := Method{ID: kid, KeyID: kid, Type: "JsonWebKey", Algorithm: key.JWKAlgorithm(jwk), Issuer: jwk.Get("iss").Text()}
	m.Key, m.Err = key.ParseJWK(jwk)
	d.Methods = append(d.Methods, m)
}

func (d *Document) readController(root ijson.Value) error {
	if d.ID == "" {
		return errors.New("did: the document has neither an id nor a key")
	}
	for _, v := range root.Get("verificationMethod").Each() {
		if err := d.add(readMethod(v, d.ID)); err != nil {
			return err
		}
	}
	var err error
	if d.AssertionMethod, err = d.readRelationship(root.Get(AssertionMethod)); err != nil {
		return err
	}
	if d.Authentication, err = d.readRelationship(root.Get(Authentication)); err != nil {
		return err
	}
	return d.readPublicKey(root)
}

// readRelationship reads the list of a purpose: ids, or methods embedded for that purpose alone (CID 1.0, 2.3).
func (d *Document) readRelationship(list ijson.Value) ([]string, error) {
	var ids []string
	for _, v := range list.Each() {
		switch v.Kind() {
		case ijson.String:
			ids = append(ids, absolute(v.Text(), d.ID))
		case ijson.Object:
			m := readMethod(v, d.ID)
			if err := d.add(m); err != nil {
				return nil, err
			}
			ids = append(ids, m.ID)
		default:
			return nil, errors.New("did: a verification relationship holds something that is neither an id nor a method")
		}
		if len(ids) > MaxMethods {
			return nil, errors.New("did: the document lists more keys than are read")
		}
	}
	return ids, nil
}

// readPublicKey reads publicKey, the one list of keys of Open Badges profiles and of early DID documents. Where nothing
// newer stands beside it, being listed there is the authorization: the member has no other use in those models.
func (d *Document) readPublicKey(root ijson.Value) error {
	list := root.Get("publicKey")
	if !list.IsValid() {
		return nil
	}
	ids, err := d.readRelationship(list)
	if err != nil {
		return err
	}
	if !root.Has("verificationMethod") && !root.Has(AssertionMethod) {
		d.AssertionMethod = ids
	}
	return nil
}

// add appends a method, once; the same id with another key is an attack or an accident, and either way no answer.
func (d *Document) add(m Method) error {
	if m.ID == "" {
		return errors.New("did: a verification method has no id")
	}
	if old, ok := d.Method(m.ID); ok {
		if old.Controller == m.Controller && (key.Equal(old.Key, m.Key) || old.Key == nil && m.Key == nil) {
			return nil
		}
		return errors.New("did: two verification methods have the id " + m.ID)
	}
	if len(d.Methods) >= MaxMethods {
		return errors.New("did: the document has more keys than are read")
	}
	d.Methods = append(d.Methods, m)
	return nil
}

var keyMembers = [...]string{"publicKeyMultibase", "publicKeyJwk", "publicKeyBase58", "publicKeyPem"}

func hasKeyMember(v ijson.Value) bool {
	for _, name := range keyMembers {
		if v.Has(name) {
			return true
		}
	}
	return false
}

// readMethod reads a verification method; base is the id of its document, against which a bare fragment is completed.
func readMethod(v ijson.Value, base string) Method {
	m := Method{
		ID:         absolute(v.Get("id").Text(), base),
		Type:       v.Get("type").Text(),
		Controller: v.Get("controller").Text(),
		KeyID:      v.Get("publicKeyJwk").Get("kid").Text(),
	}
	if m.Controller == "" {
		m.Controller = v.Get("owner").Text() // Open Badges 2.0, CryptographicKey
	}
	m.Key, m.Algorithm, m.Err = readKey(v)
	for _, when := range [...]struct {
		name string
		to   *time.Time
	}{{"expires", &m.Expires}, {"revoked", &m.Revoked}} {
		text := v.Get(when.name)
		if !text.IsValid() {
			continue
		}
		at, err := time.Parse(time.RFC3339, text.Text())
		if err != nil {
			// An unreadable end of life must not make a key live for ever.
			m.Key, m.Err = nil, errors.New("did: the verification method's "+when.name+" is no date and time")
		}
		*when.to = at
	}
	return m
}

func readKey(v ijson.Value) (crypto.PublicKey, string, error) {
	if v.Has("secretKeyMultibase") || v.Has("privateKeyMultibase") || v.Has("secretKeyJwk") || v.Has("privateKeyJwk") || v.Has("privateKeyBase58") || v.Has("privateKeyPem") {
		return nil, "", &key.Error{Reason: key.Private, Msg: "the verification method publishes its private key; it must be considered leaked"}
	}
	var found []string
	for _, name := range keyMembers {
		if v.Has(name) {
			found = append(found, name)
		}
	}
	switch { // CID 1.0, 2.2: a method must not hold its key twice
	case len(found) == 0:
		return nil, "", &key.Error{Reason: key.Malformed, Msg: "the verification method holds no public key"}
	case len(found) > 1:
		return nil, "", &key.Error{Reason: key.Malformed, Msg: "the verification method holds more than one public key"}
	}
	text := v.Get(found[0]).Text()
	switch found[0] {
	case "publicKeyMultibase":
		pub, err := key.ParseMultikey(text)
		return pub, "", err
	case "publicKeyJwk":
		jwk := v.Get("publicKeyJwk")
		pub, err := key.ParseJWK(jwk)
		return pub, key.JWKAlgorithm(jwk), err
	case "publicKeyBase58":
		pub, err := key.ParseBase58(v.Get("type").Text(), text)
		return pub, "", err
	}
	pub, err := parsePEM(text)
	return pub, "", err
}

// parsePEM reads the publicKeyPem of Open Badges 2.0: a SubjectPublicKeyInfo or, from older tools, a PKCS #1 key.
func parsePEM(text string) (crypto.PublicKey, error) {
	block, rest := pem.Decode([]byte(text))
	if block == nil || len(strings.TrimSpace(string(rest))) != 0 {
		return nil, &key.Error{Reason: key.Malformed, Msg: "publicKeyPem is not one PEM block"}
	}
	var pub crypto.PublicKey
	var err error
	switch block.Type {
	case "PUBLIC KEY":
		pub, err = x509.ParsePKIXPublicKey(block.Bytes)
	case "RSA PUBLIC KEY":
		pub, err = x509.ParsePKCS1PublicKey(block.Bytes)
	default:
		return nil, &key.Error{Reason: key.Unsupported, Msg: "publicKeyPem holds a " + block.Type + ", not a public key"}
	}
	if err != nil {
		return nil, &key.Error{Reason: key.Malformed, Msg: "publicKeyPem does not hold a readable public key"}
	}
	if err := key.Check(pub); err != nil {
		return nil, err
	}
	return pub, nil
}

// absolute completes a bare fragment with the id of its document (DID Core 3.2.2).
func absolute(id, base string) string {
	if strings.HasPrefix(id, "#") {
		return base + id
	}
	return id
}
