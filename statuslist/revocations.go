package statuslist

import (
	"cmp"
	"slices"

	"github.com/openlaurel/laurel/ijson"
)

// A Revocation is one element of a 1EdTechRevocationList.
type Revocation struct {
	ID     string // of the credential, compared exactly
	Reason string // for people; optional
}

// Revocations is a 1EdTechRevocationList: the credentials that an issuer has
// revoked, by id. The list is not signed; trust in it is trust in the
// connection that it came over.
type Revocations struct {
	ID      string // must be the URL of the list
	Issuer  string // must be the credential's issuer, where present
	Revoked []Revocation
}

// ParseRevocations reads a 1EdTechRevocationList. Elements with "revoked":
// false are reinstated credentials and left out, unless another element
// revokes the same one. The plural revokedCredentials, which one implementation
// publishes, is read as well. The error is an *Error.
func ParseRevocations(v ijson.Value) (*Revocations, error) {
	if v.Kind() != ijson.Object {
		return nil, failAt(v, ReasonMalformed, "the revocation list is no object")
	}
	r := &Revocations{ID: v.Get("id").Text(), Issuer: v.Get("issuer").Text()}
	if r.Issuer == "" {
		r.Issuer = v.At("/issuer/id").Text()
	}
	if !v.Has("revokedCredential") && !v.Has("revokedCredentials") {
		return nil, failAt(v, ReasonMalformed, "the revocation list has no revokedCredential; an empty list must say so with []")
	}
	for _, name := range []string{"revokedCredential", "revokedCredentials"} {
		for _, c := range v.Get(name).Each() {
			id := c.Get("id").Text()
			if c.Kind() == ijson.String { // Open Badges 2.0 lists bare ids
				id = c.Text()
			}
			if id == "" {
				return nil, failAt(c, ReasonMalformed, "an element of the revocation list has no id")
			}
			revoked := c.Get("revoked")
			switch revoked.Kind() {
			case ijson.Bool:
				if !revoked.Bool() {
					continue
				}
			case ijson.Invalid, ijson.Null:
			default:
				return nil, failAt(revoked, ReasonMalformed, "revoked is %s; it must be true or false", revoked.Raw())
			}
			r.Revoked = append(r.Revoked, Revocation{ID: id, Reason: c.Get("revocationReason").Text()})
		}
	}
	return r, nil
}

// Find reports whether the list revokes the credential with that id, and why.
func (r *Revocations) Find(credentialID string) (Revocation, bool) {
	i := slices.IndexFunc(r.Revoked, func(x Revocation) bool { return x.ID == credentialID && credentialID != "" })
	if i < 0 {
		return Revocation{}, false
	}
	return r.Revoked[i], true
}

// JSON returns the list as it is published, sorted by id so that its order
// tells nothing about the order of events.
func (r *Revocations) JSON() ([]byte, error) {
	type element struct {
		ID      string `json:"id"`
		Revoked bool   `json:"revoked"`
		Reason  string `json:"revocationReason,omitempty"`
	}
	elements := make([]element, 0, len(r.Revoked))
	for _, x := range r.Revoked {
		elements = append(elements, element{x.ID, true, x.Reason})
	}
	slices.SortFunc(elements, func(a, b element) int { return cmp.Compare(a.ID, b.ID) })
	return ijson.Marshal(struct {
		ID      string    `json:"id"`
		Issuer  string    `json:"issuer,omitempty"`
		Revoked []element `json:"revokedCredential"`
	}{r.ID, r.Issuer, elements})
}
