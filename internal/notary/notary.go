// Package notary is the server's own voice (Verifiable Credentials Data Model 2.0, issuer): it signs what the verifier found
// and puts credentials that are handed on together into one presentation. It has a key of its own under a did:web of its
// own, and none of an institution: what it signs says that something was checked, and nothing about a person.
package notary

import (
	"bytes"
	"context"
	"crypto"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/openlaurel/laurel/dataintegrity"
	"github.com/openlaurel/laurel/did"
	"github.com/openlaurel/laurel/fetch"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/keyring"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/issue"
	"github.com/openlaurel/laurel/key"
)

// Notary signs for one server. Nodes that share a database share its key.
type Notary struct {
	DB      *store.DB
	Keys    *keyring.Keyring
	BaseURL string           // the server's public address, no trailing slash
	Now     func() time.Time // nil means the clock
}

const (
	place    = "/verifier"       // below the base URL
	fragment = "verifier-key-1"  // of the first key
	suite    = "eddsa-rdfc-2022" // of every key
	context2 = "https://www.w3.org/ns/credentials/v2"
)

// DID is the notary's identity: a did:web one level below the server's address, so that it is never an institution's.
// A did:web stands on a domain name: a server at a mere number or at localhost borrows one that nobody can have.
func (n *Notary) DID() (string, error) {
	base := n.BaseURL
	if u, err := url.Parse(base); err == nil && (u.Hostname() == "localhost" || net.ParseIP(u.Hostname()) != nil) {
		base = "https://laurel.invalid"
	}
	return record.WebDID(base + place)
}

// Host is the name by which people know the server.
func (n *Notary) Host() string {
	_, host, _ := strings.Cut(n.BaseURL, "://")
	return host
}

func (n *Notary) now() time.Time {
	if n.Now != nil {
		return record.Time(n.Now())
	}
	return record.Time(time.Now())
}

// pen is an opened key with the name under which verifiers find it.
type pen struct {
	did    string
	method string
	signer crypto.Signer
	doc    *record.Document
}

// pen opens the newest key, and makes and publishes the first one when there is none.
func (n *Notary) pen(ctx context.Context) (*pen, error) {
	const op = "notary"
	id, err := n.DID()
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	var keys []*record.NotaryKey
	err = n.DB.View(ctx, func(tx *store.Tx) (err error) {
		keys, err = tx.NotaryKeys(ctx)
		return err
	})
	if err == nil && len(keys) == 0 {
		keys, err = n.begin(ctx)
	}
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	signer, err := n.Keys.Unseal(keys[0].Sealed)
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	doc, err := document(id, keys)
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	return &pen{did: id, method: id + "#" + keys[0].Fragment, signer: signer, doc: doc}, nil
}

// fresh makes a signing key: its public half as a Multikey, its private half sealed.
func fresh(keys *keyring.Keyring) (multikey string, sealed []byte, err error) {
	signer, err := key.Generate("ed25519")
	if err != nil {
		return "", nil, err
	}
	if multikey, err = key.Multikey(signer.Public()); err != nil {
		return "", nil, err
	}
	sealed, err = keys.Seal(signer)
	return multikey, sealed, err
}

// begin makes the first key. When another node is quicker, its key is the one.
func (n *Notary) begin(ctx context.Context) (keys []*record.NotaryKey, err error) {
	multikey, sealed, err := fresh(n.Keys)
	if err != nil {
		return nil, err
	}
	err = n.DB.Update(ctx, func(tx *store.Tx) error {
		if err := tx.AddNotaryKey(ctx, &record.NotaryKey{Fragment: fragment, Multikey: multikey, Sealed: sealed, CreatedAt: n.now()}); err != nil {
			return err
		}
		keys, err = tx.NotaryKeys(ctx)
		return err
	})
	return keys, err
}

type method struct {
	ID                 string `json:"id"`
	Type               string `json:"type"`
	Controller         string `json:"controller"`
	PublicKeyMultibase string `json:"publicKeyMultibase"`
}

// document is the DID document: every key, for reports (assertionMethod) and presentations (authentication).
func document(id string, keys []*record.NotaryKey) (*record.Document, error) {
	doc := struct {
		Context            []string `json:"@context"`
		ID                 string   `json:"id"`
		VerificationMethod []method `json:"verificationMethod"`
		AssertionMethod    []string `json:"assertionMethod"`
		Authentication     []string `json:"authentication"`
	}{Context: []string{"https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"}, ID: id}
	for _, k := range keys {
		m := method{ID: id + "#" + k.Fragment, Type: "Multikey", Controller: id, PublicKeyMultibase: k.Multikey}
		doc.VerificationMethod = append(doc.VerificationMethod, m)
		doc.AssertionMethod = append(doc.AssertionMethod, m.ID)
		doc.Authentication = append(doc.Authentication, m.ID)
	}
	b, err := ijson.Marshal(doc)
	if err != nil {
		return nil, err
	}
	address, err := did.WebURL(id)
	if err != nil {
		return nil, err
	}
	return &record.Document{URL: address, ContentType: "application/did+json", Bytes: b, SHA256: record.Sum(b)}, nil
}

// Document is the notary's DID document, to be served at its URL.
func (n *Notary) Document(ctx context.Context) (*record.Document, error) {
	p, err := n.pen(ctx)
	if err != nil {
		return nil, err
	}
	return p.doc, nil
}

// Sign makes a credential of an unsigned one whose issuer is the notary: linted, signed and verified as a stranger would.
func (n *Notary) Sign(ctx context.Context, unsigned []byte) ([]byte, error) {
	const op = "notary.Sign"
	p, err := n.pen(ctx)
	if err != nil {
		return nil, err
	}
	own := fetch.Static{p.doc.URL: p.doc.Bytes}
	b, _, err := issue.Secure(ctx, unsigned, issue.Key{Signer: p.signer, VerificationMethod: p.method, Suite: suite}, &issue.Options{Created: n.now(), Fetcher: own})
	return b, record.Wrap(op, err)
}

// Present puts credentials into one signed presentation (VC Data Model 2.0, section 4.13), each exactly as it is: JSON, or a
// token in an envelope. The seal says who put them together and that none was added or left out since.
func (n *Notary) Present(ctx context.Context, credentials [][]byte) ([]byte, error) {
	const op = "notary.Present"
	p, err := n.pen(ctx)
	if err != nil {
		return nil, err
	}
	doc, err := presentation(p.did, credentials)
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	b, err := dataintegrity.Sign(doc, &dataintegrity.SignOptions{Suite: suite, Signer: p.signer, VerificationMethod: p.method, Created: n.now(), Purpose: "authentication"})
	return b, record.Wrap(op, err)
}

// presentation writes what is to be signed.
func presentation(holder string, credentials [][]byte) ([]byte, error) {
	var doc bytes.Buffer
	doc.WriteString(`{"@context":["` + context2 + `"],"type":["VerifiablePresentation"],"holder":"` + holder + `","verifiableCredential":[`)
	for i, c := range credentials {
		if i > 0 {
			doc.WriteByte(',')
		}
		if c = bytes.TrimSpace(c); len(c) > 0 && c[0] == '{' {
			doc.Write(c)
			continue
		}
		envelope, err := ijson.Marshal(struct {
			Context string `json:"@context"`
			ID      string `json:"id"`
			Type    string `json:"type"`
		}{context2, "data:application/vc+jwt," + string(c), "EnvelopedVerifiableCredential"})
		if err != nil {
			return nil, err
		}
		doc.Write(envelope)
	}
	doc.WriteString("]}")
	return doc.Bytes(), nil
}

// Over answers for the notary's own DID document without a network, and hands every other address to next (nil: nothing
// else is fetched).
func (n *Notary) Over(next fetch.Fetcher) fetch.Fetcher { return &over{n, next} }

type over struct {
	notary *Notary
	next   fetch.Fetcher
}

// Fetch implements fetch.Fetcher.
func (o *over) Fetch(ctx context.Context, address, accept string) (*fetch.Response, error) {
	if strings.HasSuffix(address, place+"/did.json") {
		doc, err := o.notary.Document(ctx)
		if err != nil {
			return nil, err
		}
		if doc.URL == address {
			return &fetch.Response{URL: address, Body: doc.Bytes, ContentType: doc.ContentType, FetchedAt: o.notary.now()}, nil
		}
	}
	if o.next == nil {
		return fetch.Never.Fetch(ctx, address, accept)
	}
	return o.next.Fetch(ctx, address, accept)
}
