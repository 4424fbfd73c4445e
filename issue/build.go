package issue

import (
	"slices"

	"github.com/openlaurel/laurel/clr"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/ob"
	"github.com/openlaurel/laurel/vc"
)

// Learner is whom a credential is about, as the institution names them.
type Learner struct {
	// ID identifies the learner to this issuer: a DID, or a urn:uuid: of the issuer's own.
	ID string
	// Name is written as it is; never split, joined or re-cased.
	Name string
	// Email is written as a salted hash: it proves who may claim the record, and tells nobody else the address.
	Email string
	// Further identities, such as a student number.
	Further []ob.IdentityObject
}

// Identities are the identity objects for the subject of a credential and of a record alike. The name goes here and not
// into a member of its own: an identity object is covered by the signature in AchievementSubject, and in ClrSubject with
// context 2.0.1, while a “name” on the subject is no part of the model. The salt should be of one learner and of no other;
// empty draws one at random, which is different at every call.
func (l Learner) Identities(salt string) []ob.IdentityObject {
	var out []ob.IdentityObject
	if l.Name != "" {
		out = append(out, ob.Identity(ob.IdentifierName, l.Name))
	}
	if l.Email != "" {
		out = append(out, ob.HashedIdentity(ob.IdentifierEmail, l.Email, salt))
	}
	return append(out, l.Further...)
}

// Award writes an unsigned achievement credential. Missing types, contexts and name are filled in; everything else is
// for Lint to ask for.
func Award(c ob.AchievementCredential) ([]byte, error) {
	c.Context = contexts(c.Context, c.CredentialSchema, c.RefreshService, c.CredentialStatus, vc.ContextV2, ob.ContextV303)
	if c.Name == "" && c.CredentialSubject.Achievement != nil {
		c.Name = c.CredentialSubject.Achievement.Name
	}
	return ijson.Marshal(c)
}

// Endorsement writes an unsigned endorsement.
func Endorsement(c ob.EndorsementCredential) ([]byte, error) {
	c.Context = contexts(c.Context, c.CredentialSchema, c.RefreshService, c.CredentialStatus, vc.ContextV2, ob.ContextV303)
	return ijson.Marshal(c)
}

// CLR writes an unsigned record. The credentials in CredentialSubject.VerifiableCredential go into it byte for byte.
//
// “partial” is written only when it is true: false says what its absence says, and verifiers that hold an older copy of
// the 2.0.1 context, in which it is not defined, would compute another hash (CLR 2.0 context, changed in place by 2025-03).
func CLR(c clr.ClrCredential) ([]byte, error) {
	c.Context = contexts(c.Context, c.CredentialSchema, c.RefreshService, c.CredentialStatus, vc.ContextV2, clr.ContextV201, ob.ContextV303)
	if c.Partial != nil && !*c.Partial {
		c.Partial = nil
	}
	return c.AppendJSON(nil)
}

// contexts puts the standard's contexts first, in its order (CLR 2.0, @context), then the one that defines 1EdTech's
// own type names if one of these is used, then whatever else the caller asked for.
func contexts(given []string, schemas []ob.Reference, refresh *ob.Reference, status *vc.Status, standard ...string) []string {
	out := standard
	extensions := refresh != nil && refresh.Type == "1EdTechCredentialRefresh" ||
		status != nil && status.Type == "1EdTechRevocationList" ||
		slices.ContainsFunc(schemas, func(s ob.Reference) bool { return s.Type == ob.SchemaType })
	if extensions {
		out = append(out, ob.ContextExtensions)
	}
	for _, url := range given {
		if !slices.Contains(out, url) {
			out = append(out, url)
		}
	}
	return out
}
