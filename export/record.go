package export

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/openlaurel/laurel/clr"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/ob"
	"github.com/openlaurel/laurel/vc"
	"github.com/openlaurel/laurel/vcjose"
)

// Record is what an exporter sees: a CLR with the credentials inside it, one achievement credential, or an achievement
// alone. Nothing in it was verified.
type Record struct {
	ID         string
	Name       string
	Issuer     ob.Profile
	ValidFrom  ob.DateTime
	ValidUntil ob.DateTime
	// Signed is the whole as JSON, unchanged, when it is a CLR with a proof of its own.
	Signed []byte

	Subject  string // the learner's id
	Identity []ob.IdentityObject

	Claims       []Claim
	Achievements []ob.Achievement // beside those of the claims
	Associations []clr.Association
}

// Claim is one achievement credential of a record.
type Claim struct {
	ob.AchievementCredential
	// Signed is the credential as JSON, unchanged, when it has a proof of its own: it can leave the record and still be
	// verified.
	Signed []byte
}

// Read reads a credential: JSON, or a compact JWS.
func Read(data []byte) (*Record, error) {
	text, signed, err := open(data)
	if err != nil {
		return nil, err
	}
	doc, err := ijson.Parse(text, nil)
	if err != nil {
		return nil, fmt.Errorf("export: %w", err)
	}
	root := doc.Root()
	types := vc.Strings(root.Get("type"))
	r := &Record{}
	switch {
	case slices.Contains(types, "ClrCredential"):
		r.clr(root, signed)
	case slices.Contains(types, "AchievementCredential"), slices.Contains(types, "OpenBadgeCredential"):
		r.claim(root, signed)
		if len(r.Claims) == 0 {
			return nil, errors.New("export: /credentialSubject/achievement is missing; the credential says nothing that could be written")
		}
		c := &r.Claims[0]
		r.ID, r.Name, r.Issuer, r.ValidFrom, r.ValidUntil = c.ID, c.title(), c.Issuer, c.ValidFrom, c.ValidUntil
		r.Subject, r.Identity = c.CredentialSubject.ID, c.CredentialSubject.Identifier
	case slices.Contains(types, "Achievement"):
		a := ob.ReadAchievement(root)
		r.ID, r.Name, r.Achievements = a.ID, a.Name, []ob.Achievement{a}
	default:
		return nil, errors.New("export: the document is no CLR 2.0 record, no Open Badges 3.0 credential and no achievement; 'laurel upgrade' reads CLR 1.0 and Open Badges 2.0")
	}
	return r, nil
}

// open returns the credential as JSON, and the JSON by which it can be handed on with its proof; nil when it has none.
func open(data []byte) (text, signed []byte, err error) {
	data = bytes.TrimSpace(data)
	if len(data) > 0 && data[0] == '{' {
		doc, err := ijson.Parse(data, nil)
		if err != nil {
			return nil, nil, fmt.Errorf("export: %w", err)
		}
		if doc.Root().Has("proof") {
			return data, data, nil
		}
		return data, nil, nil
	}
	token, err := vcjose.Parse(data)
	if err != nil {
		return nil, nil, fmt.Errorf("export: the input is neither JSON nor a credential as a JWT: %w", err)
	}
	// VC 2.0, 4.13: a credential in an enveloping proof is carried as an EnvelopedVerifiableCredential.
	signed, err = ijson.Marshal(struct {
		Context string `json:"@context"`
		ID      string `json:"id"`
		Type    string `json:"type"`
	}{"https://www.w3.org/ns/credentials/v2", "data:application/vc+jwt," + string(data), "EnvelopedVerifiableCredential"})
	return token.Bytes(), signed, err
}

func (r *Record) clr(root ijson.Value, signed []byte) {
	c := clr.Read(root)
	s := &c.CredentialSubject
	r.ID, r.Name, r.Issuer, r.ValidFrom, r.ValidUntil, r.Signed = c.ID, c.Name, c.Issuer, c.ValidFrom, c.ValidUntil, signed
	r.Subject, r.Identity, r.Achievements, r.Associations = s.ID, s.Identifier, s.Achievement, s.Association
	for _, v := range root.At("/credentialSubject/verifiableCredential").Each() {
		r.nested(v)
	}
}

// nested reads a credential inside a CLR: an object, or a JWT by itself or in an envelope.
func (r *Record) nested(v ijson.Value) {
	token := v.Text()
	if _, data, ok := strings.Cut(v.Get("id").Text(), "application/vc+jwt,"); ok {
		token = data
	}
	if token == "" {
		var signed []byte
		if v.Has("proof") {
			signed = v.Raw()
		}
		r.claim(v, signed)
		return
	}
	text, signed, err := open([]byte(token))
	if err != nil {
		return // verify says what is wrong with it
	}
	if v.Kind() == ijson.Object {
		signed = v.Raw() // the envelope is there already
	}
	if doc, err := ijson.Parse(text, nil); err == nil {
		r.claim(doc.Root(), signed)
	}
}

func (r *Record) claim(v ijson.Value, signed []byte) {
	c := ob.ReadAchievementCredential(v)
	if c.CredentialSubject.Achievement != nil {
		r.Claims = append(r.Claims, Claim{AchievementCredential: c, Signed: signed})
	}
}

// identity finds what is known in the open about the learner, in the record or else in its credentials.
func (r *Record) identity(kinds ...ob.IdentifierType) string {
	for _, kind := range kinds {
		if v := openIdentity(r.Identity, kind); v != "" {
			return v
		}
		for i := range r.Claims {
			if v := openIdentity(r.Claims[i].CredentialSubject.Identifier, kind); v != "" {
				return v
			}
		}
	}
	return ""
}

func openIdentity(list []ob.IdentityObject, kind ob.IdentifierType) string {
	for _, id := range list {
		if id.IdentityType == kind && !id.Hashed {
			return id.IdentityHash
		}
	}
	return ""
}

// person is the learner's name.
func (r *Record) person() string { return r.identity(ob.IdentifierName, "ext:name") }

// held finds the claim that an end of an association means: by its achievement, as the standard has it, or by its own id,
// as some records do.
func (r *Record) held(id string) (int, bool) {
	for i := range r.Claims {
		if r.Claims[i].CredentialSubject.Achievement.ID == id {
			return i, true
		}
	}
	for i := range r.Claims {
		if r.Claims[i].ID == id {
			return i, true
		}
	}
	return 0, false
}

// parts maps each claim to those that are parts of it.
func (r *Record) parts() map[int][]int {
	out := map[int][]int{}
	for _, a := range r.Associations {
		part, whole := a.SourceID, a.TargetID
		switch a.AssociationType {
		case clr.IsChildOf, clr.IsPartOf:
		case clr.IsParentOf:
			part, whole = whole, part
		default:
			continue
		}
		p, ok := r.held(part)
		w, also := r.held(whole)
		if ok && also && p != w && !slices.Contains(out[w], p) {
			out[w] = append(out[w], p)
		}
	}
	return out
}

func (c *Claim) achievement() *ob.Achievement { return c.CredentialSubject.Achievement }

func (c *Claim) title() string { return cmp.Or(c.achievement().Name, c.Name, c.ID) }

// issuer is who stands behind the achievement: the source of what another institution reports, else the issuer.
func (c *Claim) issuer() ob.Profile {
	if s := c.CredentialSubject.Source; s != nil && s.Name != "" {
		return *s
	}
	return c.Issuer
}

func (c *Claim) awarded() string { return cmp.Or(c.AwardedDate, c.ValidFrom).Day() }

// status is the last status among the results; none is Completed.
func (c *Claim) status() ob.ResultStatusType {
	out := ob.StatusCompleted
	for _, r := range c.CredentialSubject.Result {
		if r.Status != "" {
			out = r.Status
		}
	}
	return out
}

func (c *Claim) completed() bool { return c.status() == ob.StatusCompleted }

// lost tells whether the claim ended without the achievement: that is never written against a person.
func (c *Claim) lost() bool { return c.status() == ob.StatusFailed || c.status() == ob.StatusWithdrew }

// stated tells whether the learner states the achievement.
func (c *Claim) stated() bool {
	return c.Issuer.ID != "" && c.Issuer.ID == c.CredentialSubject.ID
}

// describes finds the description of a result.
func (c *Claim) describes(res *ob.Result) *ob.ResultDescription {
	list := c.achievement().ResultDescription
	for i := range list {
		if list[i].ID == res.ResultDescription {
			return &list[i]
		}
	}
	return nil
}

// level is the word for what a result shows: the level that was reached, else the value.
func level(d *ob.ResultDescription, res *ob.Result) string {
	if d != nil {
		if l, ok := d.Level(res.AchievedLevel); ok {
			return l.Name
		}
	}
	return res.Value
}

// kindWords is the type of an achievement for people: the words of the term.
func kindWords(t ob.AchievementType) string {
	switch t {
	case "BachelorDegree":
		return "Bachelor's degree"
	case "MasterDegree":
		return "Master's degree"
	case "":
		return ""
	}
	var b strings.Builder
	for i, r := range strings.TrimPrefix(string(t), "ext:") {
		if i > 0 && r >= 'A' && r <= 'Z' {
			b.WriteByte(' ')
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}

// named puts an achievement's code before its name.
func named(a *ob.Achievement) string { return strings.TrimSpace(a.HumanCode + " " + a.Name) }

// web is an id that people can open; empty when it is none.
func web(id string) string {
	if strings.HasPrefix(id, "https://") || strings.HasPrefix(id, "http://") {
		return id
	}
	return ""
}
