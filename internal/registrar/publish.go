package registrar

import (
	"context"
	"time"

	"github.com/openlaurel/laurel/did"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/ob"
	"github.com/openlaurel/laurel/vc"
)

const contextVC2 = "https://www.w3.org/ns/credentials/v2"

// publishIdentity writes the institution's DID document and profile to the addresses where verifiers look for them.
func (d *Desk) publishIdentity(ctx context.Context, tx *store.Tx, i *record.Institution) error {
	keys, err := tx.Keys(ctx, i.ID)
	if err != nil {
		return err
	}
	doc, err := ijson.Marshal(didDocument(i, keys))
	if err != nil {
		return record.Wrap("registrar.publishIdentity", err)
	}
	asked, err := did.WebURL(i.DID)
	if err != nil {
		return record.Wrap("registrar.publishIdentity", err)
	}
	// Where the DID's host is the server's own, the two addresses differ in the scheme at most.
	for _, url := range []string{asked, i.DIDDocumentURL()} {
		if err := d.publish(ctx, tx, i, url, "application/did+json", doc); err != nil {
			return err
		}
	}
	type profile struct {
		Context []string `json:"@context"`
		ob.Profile
	}
	b, err := ijson.Marshal(profile{Context: []string{contextVC2, ob.ContextV303}, Profile: issuerProfile(i)})
	if err != nil {
		return record.Wrap("registrar.publishIdentity", err)
	}
	return d.publish(ctx, tx, i, i.IssuerURL(), "application/ld+json", b)
}

func (d *Desk) publish(ctx context.Context, tx *store.Tx, i *record.Institution, url, contentType string, b []byte) error {
	return tx.PutDocument(ctx, &record.Document{
		URL: url, Institution: i.ID, ContentType: contentType, Bytes: b, SHA256: record.Sum(b), UpdatedAt: d.now(),
	})
}

type didMethod struct {
	ID                 string `json:"id"`
	Type               string `json:"type"`
	Controller         string `json:"controller"`
	PublicKeyMultibase string `json:"publicKeyMultibase"`
	Revoked            string `json:"revoked,omitempty"`
}

type didDoc struct {
	Context            []string    `json:"@context"`
	ID                 string      `json:"id"`
	AlsoKnownAs        []string    `json:"alsoKnownAs,omitempty"`
	VerificationMethod []didMethod `json:"verificationMethod"`
	AssertionMethod    []string    `json:"assertionMethod"`
}

// didDocument lists every key the institution ever signed with: retired ones without an end, because what they signed
// in their time is still true; compromised ones with the moment since when they are not to be believed (Controlled
// Identifiers 1.0, section 2.2, revoked).
func didDocument(i *record.Institution, keys []*record.Key) didDoc {
	doc := didDoc{
		Context:     []string{"https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"},
		ID:          i.DID,
		AlsoKnownAs: []string{i.IssuerURL()},
	}
	for _, k := range keys {
		m := didMethod{ID: k.VerificationMethod(i.DID), Type: "Multikey", Controller: i.DID, PublicKeyMultibase: k.Multikey}
		if k.State == record.KeyCompromised {
			m.Revoked = k.EndedAt.Format(time.RFC3339)
		}
		doc.VerificationMethod = append(doc.VerificationMethod, m)
		doc.AssertionMethod = append(doc.AssertionMethod, m.ID)
	}
	return doc
}

// issuerProfile is the institution as every credential names it. It must be the same in all credentials of one record:
// nodes with one id become one node in the record's graph (CLR 2.0 data model).
func issuerProfile(i *record.Institution) ob.Profile {
	p := ob.Profile{
		ID: i.DID, Type: []string{"Profile"}, Name: i.Name, URL: i.Profile.URL, Phone: i.Profile.Phone,
		Description: i.Profile.Description, Email: i.Profile.Email, Official: i.Profile.Official,
	}
	if i.Profile.LogoURL != "" {
		p.Image = &ob.Image{ID: i.Profile.LogoURL, Type: "Image"}
	}
	for _, kind := range sortedKeys(i.Profile.Identifiers) {
		p.OtherIdentifier = append(p.OtherIdentifier, ob.IdentifierEntry{
			Type: "IdentifierEntry", Identifier: i.Profile.Identifiers[kind], IdentifierType: ob.IdentifierType(kind)})
	}
	return p
}

// statusEntry is how a credential points at its place in a list (Bitstring Status List 1.0, section 2.1).
func statusEntry(i *record.Institution, e *record.StatusEntry) *vc.Status {
	url := i.StatusURL(e.List)
	index := formatInt(e.Index)
	return &vc.Status{
		ID: url + "#" + index, Type: "BitstringStatusListEntry", StatusPurpose: "revocation",
		StatusListIndex: index, StatusListCredential: url,
	}
}
