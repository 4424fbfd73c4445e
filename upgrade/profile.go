package upgrade

import (
	"strings"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/ob"
)

// profile reads a Profile of CLR 1.0 or Open Badges 2.0; a bare URL is its id.
func (u *upgrader) profile(v ijson.Value, at string) ob.Profile {
	if v.IsString() {
		return ob.Profile{ID: uri(v.Text())}
	}
	p := ob.Profile{
		ID: uri(v.Get("id").Text()), Name: text(v, "name"), URL: text(v, "url"), Email: text(v, "email"),
		Phone: text(v, "telephone"), Description: text(v, "description"), Image: image(v.Get("image")),
		Official: text(v, "official"), GivenName: text(v, "givenName"), FamilyName: text(v, "familyName"),
		AdditionalName: text(v, "additionalName"), DateOfBirth: ob.DateTime(text(v, "birthDate")),
		OtherIdentifier: u.identifiers(v, at),
	}
	if p.ID == "" {
		p.ID = NewID(p.Name + "\x00" + p.URL)
		u.lose(at, "The profile has no id; one was made up from its name and URL.")
	}
	if s := text(v, "sourcedId"); s != "" {
		p.OtherIdentifier = append(p.OtherIdentifier, entry("sourcedId", s))
	}
	if s := text(v, "studentId"); s != "" {
		p.OtherIdentifier = append(p.OtherIdentifier, entry("ext:studentId", s))
	}
	if a := v.Get("address"); a.Kind() == ijson.Object {
		p.Address = &ob.Address{
			AddressCountry: text(a, "addressCountry"), AddressRegion: text(a, "addressRegion"),
			AddressLocality: text(a, "addressLocality"), StreetAddress: text(a, "streetAddress"),
			PostOfficeBoxNumber: text(a, "postOfficeBoxNumber"), PostalCode: text(a, "postalCode"),
		}
	}
	if org := v.Get("parentOrg"); org.Kind() == ijson.Object {
		parent := u.profile(org, at+"/parentOrg")
		p.ParentOrg = &parent
	}
	for _, name := range [...]string{"publicKey", "revocationList", "verification"} {
		if present(v.Get(name)) {
			u.lose(at+"/"+name, "Keys and revocation lists live in documents of their own in the newer standard; %s was left out.", name)
		}
	}
	return p
}

func entry(typ ob.IdentifierType, value string) ob.IdentifierEntry {
	return ob.IdentifierEntry{Type: "IdentifierEntry", Identifier: value, IdentifierType: typ}
}

// identifierTypes maps CLR 1.0, SystemIdentifier, identifierType.
var identifierTypes = map[string]ob.IdentifierType{"LisSourcedId": "lisSourcedId", "OneRosterSourcedId": "oneRosterSourcedId"}

func (u *upgrader) identifiers(v ijson.Value, at string) []ob.IdentifierEntry {
	var out []ob.IdentifierEntry
	for i, e := range v.Get("identifiers").Each() {
		typ := e.Get("identifierType").Text()
		newer, ok := identifierTypes[typ]
		switch {
		case ok:
		case strings.HasPrefix(typ, "ext:"):
			newer = ob.IdentifierType(typ)
		default:
			newer = ob.IdentifierType("ext:" + typ)
			u.lose(at+"/identifiers/"+itoa(i)+"/identifierType", "The kind of identifier “%s” is not of the newer standard; it is kept as an extension.", typ)
		}
		if id := text(e, "identifier"); id != "" {
			out = append(out, entry(newer, id))
		}
	}
	return out
}

// identityTypes maps CLR 1.0 and Open Badges 2.0, Identity, type.
var identityTypes = map[string]ob.IdentifierType{
	"email": "emailAddress", "name": "name", "sourcedId": "sourcedId", "telephone": "ext:telephone", "studentId": "ext:studentId",
}

// identity reads who the recipient is: an id for the subject, or an identifier.
func (u *upgrader) identity(v ijson.Value) (id string, identifier *ob.IdentityObject) {
	if v.IsString() { // Open Badges 0.5
		return "", &ob.IdentityObject{IdentityType: "emailAddress", IdentityHash: v.Text(), Hashed: strings.Contains(v.Text(), "$")}
	}
	value, typ := text(v, "identity"), v.Get("type").Text()
	if value == "" {
		return "", nil
	}
	hashed := v.Get("hashed").Bool()
	if (typ == "url" || typ == "id") && !hashed && absolute.MatchString(value) {
		return uri(value), nil
	}
	newer, ok := identityTypes[typ]
	if !ok {
		newer = ob.IdentifierType("ext:" + typ)
	}
	return "", &ob.IdentityObject{IdentityType: newer, IdentityHash: value, Hashed: hashed, Salt: text(v, "salt")}
}

// learner reads the learner's profile as the names of a subject.
func (u *upgrader) learner(v ijson.Value, at string) (id string, names []ob.IdentityObject) {
	if id = v.Get("id").Text(); v.IsString() {
		id = v.Text()
	}
	id = uri(id)
	add := func(typ ob.IdentifierType, value string) {
		if value != "" {
			names = append(names, ob.Identity(typ, value))
		}
	}
	add("name", text(v, "name"))
	add("emailAddress", text(v, "email"))
	add("sourcedId", text(v, "sourcedId"))
	add("ext:studentId", text(v, "studentId"))
	add("dateOfBirth", text(v, "birthDate"))
	for _, e := range u.identifiers(v, at) {
		names = append(names, ob.Identity(e.IdentifierType, e.Identifier))
	}
	for _, name := range [...]string{"address", "telephone", "givenName", "familyName", "url", "image", "description"} {
		if present(v.Get(name)) {
			u.lose(at+"/"+name, "A learner has no %s in the newer standard; it was left out.", name)
		}
	}
	return id, names
}

// image reads a picture given as a URL or as an object.
func image(v ijson.Value) *ob.Image {
	if id := idOf(v); id != "" {
		return &ob.Image{ID: id, Type: "Image", Caption: text(v, "caption")}
	}
	return nil
}

func idOf(v ijson.Value) string {
	if v.IsString() {
		return v.Text()
	}
	return v.Get("id").Text()
}
