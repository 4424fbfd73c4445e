package dataintegrity

import (
	"crypto"
	"crypto/sha256"
	"crypto/sha512"
	"strings"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/jsonld"
)

// credentialsV2 defines the terms of a proof and protects them: no context behind it can give them another meaning.
const credentialsV2 = "https://www.w3.org/ns/credentials/v2"

// knownConfig writes the canonical configuration of an ordinary proof straight away: a DataIntegrityProof of none but the
// usual members, under embedded contexts of which the first is that of VC 2.0. A record has one configuration for each
// of its parts, and they all have this form. What it appends to b is what [input.canonicalConfig] arrives at, which a test
// checks with every embedded context; anything unusual is left to that.
func (in *input) knownConfig(b []byte) ([]byte, bool) {
	if !in.knownContexts() {
		return nil, false
	}
	var created, suite, method, purpose string
	for name, v := range in.config.Members() {
		switch name {
		case "type":
			if v.Text() != typeDataIntegrityProof {
				return nil, false
			}
		case "cryptosuite":
			suite = v.Text()
		case "created":
			created = v.Text()
		case "verificationMethod":
			method = v.Text()
		case "proofPurpose":
			purpose = v.Text()
		case "proofValue":
		default:
			return nil, false
		}
	}
	if !plainName(suite) || !plainIRI(method) {
		return nil, false
	}
	switch purpose {
	case purposeAssertion:
	case "authentication":
		purpose = "authenticationMethod" // what the context makes of it
	default:
		return nil, false
	}
	if created != "" {
		if _, ok := parseTime(created); !ok {
			return nil, false
		}
		b = append(append(b, `_:c14n0 <http://purl.org/dc/terms/created> "`...), created...)
		b = append(b, "\"^^<http://www.w3.org/2001/XMLSchema#dateTime> .\n"...)
	}
	b = append(b, "_:c14n0 <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://w3id.org/security#DataIntegrityProof> .\n"...)
	b = append(append(b, `_:c14n0 <https://w3id.org/security#cryptosuite> "`...), suite...)
	b = append(b, "\"^^<https://w3id.org/security#cryptosuiteString> .\n"...)
	b = append(append(b, "_:c14n0 <https://w3id.org/security#proofPurpose> <https://w3id.org/security#"...), purpose...)
	b = append(append(b, "> .\n_:c14n0 <https://w3id.org/security#verificationMethod> <"...), method...)
	return append(b, "> .\n"...), true
}

// knownContexts reports whether the document's contexts are all embedded ones, in front the one of VC 2.0.
func (in *input) knownContexts() bool {
	first := true
	for e := range in.context.Elements() {
		url := e.Text()
		if first && url != credentialsV2 || !jsonld.KnownContext(url) {
			return false
		}
		if _, replaced := in.documents[url]; replaced {
			return false
		}
		first = false
	}
	return !first && in.context.Kind() == ijson.Array
}

// plainIRI reports whether s is an IRI that JSON-LD and N-Quads leave as it is.
func plainIRI(s string) bool {
	if !strings.HasPrefix(s, "did:") && !strings.HasPrefix(s, "https://") {
		return false
	}
	for i := range len(s) {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte(":/.-_#?=&", c) >= 0:
		default:
			return false
		}
	}
	return strings.Count(s, "#") <= 1
}

// plainName reports whether s consists of what the names of suites consist of.
func plainName(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return s != ""
}

// sum hashes with one of the two functions that the suites know. Nothing of data escapes.
func sum(h crypto.Hash, data []byte) []byte {
	if h == crypto.SHA384 {
		d := sha512.Sum384(data)
		return d[:]
	}
	d := sha256.Sum256(data)
	return d[:]
}
