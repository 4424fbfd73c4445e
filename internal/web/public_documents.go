package web

import (
	"cmp"
	"io"
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/openlaurel/laurel/export"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/ob"
	"github.com/openlaurel/laurel/render"
)

// publicRecord is a credential at its own address: the signed bytes to a program, a page to a person.
func publicRecord(c *call) error {
	cred, err := c.deps.Learner.Fetch(c.ctx, c.actor, c.r.PathValue("id"))
	if err != nil {
		return err
	}
	if !wantsHTML(c.r) {
		if c.actor.Stranger() { // what answers without a cookie may be read by a verifier in a browser, which sends none
			c.w.Header().Set("Access-Control-Allow-Origin", "*")
		}
		return c.tagged(documentType(c.r, cred.Bytes), cred.Bytes, cred.SHA256, false)
	}
	checked, err := c.deps.Employer.Verify(c.ctx, c.actor, cred.Bytes)
	if err != nil {
		return err
	}
	doc := render.Document{JSON: cred.Bytes, Report: checked.Report}
	if len(checked.Report.Credential) > 0 {
		doc.JSON = checked.Report.Credential
	}
	p := &PublicRecord{Record: render.NewRecord([]render.Document{doc}, &render.Options{Lang: c.words.Lang, Binding: "name"})}
	p.Title, p.NoIndex = cmp.Or(p.Record.Learner.Name, cred.Name), true
	p.Downloads = []Download{{Label: c.t("open.json"), Href: c.r.URL.Path + "?as=json", File: fileName(cred.Name) + ".json"}}
	c.dataBeside()
	return c.show(http.StatusOK, p)
}

// publicAchievement is an achievement at its own address, open to everybody: records point to it. An older version answers
// with its number.
func publicAchievement(c *call) error {
	id := c.r.PathValue("id")
	if version := c.r.URL.Query().Get("version"); version != "" {
		a, err := c.deps.Registrar.AchievementVersion(c.ctx, id, version)
		if err != nil {
			return err
		}
		return c.achievementPage(a, c.words.Lang)
	}
	a, err := c.deps.Published.Achievement(c.ctx, record.AchievementID(id))
	if err != nil {
		return err
	}
	return c.achievementPage(a, c.words.Lang)
}

// achievementPage is one text of an achievement, as a document or as a page.
func (c *call) achievementPage(a *record.Achievement, lang string) error {
	if !wantsHTML(c.r) {
		body, err := achievementDocument(a)
		if err != nil {
			return record.Wrap("web.publicAchievement", err)
		}
		c.changed(a.CreatedAt)
		return c.document(documentType(c.r, body), body, true)
	}
	parsed, err := ijson.Parse(a.Body, nil)
	if err != nil {
		return record.Wrap("web.publicAchievement", err)
	}
	model := ob.ReadAchievement(parsed.Root())
	p := &PublicAchievement{ID: a.IRI, Version: a.Version, Line: render.AchievementLine(&model, lang), Issuer: render.Party{Name: c.homeName()}, Older: !a.Current}
	if model.Creator != nil && model.Creator.Name != "" {
		p.Issuer = render.Party{ID: model.Creator.ID, Name: model.Creator.Name, Href: render.SafeLink(model.Creator.ID)}
	}
	if img := model.Image; img != nil {
		if at := strings.LastIndex(img.ID, "/pictures/"); at >= 0 { // of ours: from another host nothing is loaded
			p.Image, p.Caption = img.ID[at:], img.Caption
		}
	}
	for _, r := range model.Related {
		if r.InLanguage != "" {
			p.Other = append(p.Other, Language{Lang: r.InLanguage, Name: r.InLanguage, Href: render.SafeLink(r.ID)})
		}
	}
	if p.Relations, err = c.relations(a); err != nil {
		return err
	}
	if p.Retired, p.Versions, err = c.deps.Registrar.Standing(c.ctx, a); err != nil {
		return err
	}
	if p.Schema, err = export.AchievementJSONLD(&model, model.Creator); err != nil {
		return record.Wrap("web.publicAchievement", err)
	}
	p.Here = c.r.URL.Path
	p.Title = a.Name
	p.Downloads = []Download{{Label: c.t("open.data-json"), Href: "?" + c.dataQuery()}}
	c.dataBeside()
	return c.show(http.StatusOK, p)
}

// dataQuery asks for the data of the page that is shown.
func (c *call) dataQuery() string {
	q := c.r.URL.Query()
	q.Set("as", "json")
	q.Del("lang")
	return q.Encode()
}

// achievementDocument is an achievement as a document of its own: what credentials embed, with the context it needs.
func achievementDocument(a *record.Achievement) ([]byte, error) {
	body, err := ijson.Canonicalize(a.Body)
	if err != nil {
		return nil, err
	}
	head := `{"@context":["https://www.w3.org/ns/credentials/v2","` + ob.ContextV303 + `"],`
	return append([]byte(head), body[1:]...), nil
}

// relations are the sentences between this achievement and others of the catalogue.
func (c *call) relations(a *record.Achievement) ([]render.Relation, error) {
	all, err := c.deps.Published.Associations(c.ctx, a.Institution)
	if err != nil {
		return nil, err
	}
	var out []render.Relation
	for _, as := range all {
		kind, other := as.Type, as.Target
		switch a.IRI {
		case as.Source:
		case as.Target:
			kind, other = render.InverseRelation(as.Type), as.Source
		default:
			continue
		}
		rel := render.Relation{Kind: kind, Target: render.Ref{Name: other}}
		if near, err := c.deps.Published.Achievement(c.ctx, record.AchievementID(other[strings.LastIndexByte(other, '/')+1:])); err == nil && near.IRI == other {
			rel.Target = render.Ref{Name: near.Name, Anchor: "/achievements/" + path.Base(near.IRI)}
		}
		if kind != "" && !slices.Contains(out, rel) {
			out = append(out, rel)
		}
	}
	return out, nil
}

func (c *call) homeName() string {
	if i := c.institution(); i != nil {
		return i.Name
	}
	return ""
}

// publicIssuer is an institution at its own address.
func publicIssuer(c *call) error {
	all, err := c.deps.Published.Institutions(c.ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(i *record.Institution) bool { return i.Slug == c.r.PathValue("slug") })
	if i < 0 {
		return record.Errorf(record.NotFound, "web.publicIssuer", "")
	}
	inst := all[i]
	if !wantsHTML(c.r) {
		doc, err := c.deps.Published.Document(c.ctx, inst.IssuerURL())
		if err != nil {
			return err
		}
		c.changed(doc.UpdatedAt)
		return c.document(documentType(c.r, doc.Bytes), doc.Bytes, true)
	}
	p := &PublicIssuer{Name: inst.Name, Description: inst.Profile.Description, URL: inst.Profile.URL, Email: inst.Profile.Email, DID: inst.DID}
	for _, name := range slices.Sorted(keysOf(inst.Profile.Identifiers)) {
		p.Codes = append(p.Codes, render.Identifier{Type: name, Value: inst.Profile.Identifiers[name]})
	}
	if doc, err := c.deps.Published.Document(c.ctx, inst.DIDDocumentURL()); err == nil {
		p.Keys = keysOfDID(doc.Bytes)
	}
	about := ob.Profile{ID: inst.DID, Name: inst.Name, URL: inst.Profile.URL, Description: inst.Profile.Description, Email: inst.Profile.Email}
	if p.Schema, err = export.IssuerJSONLD(&about); err != nil {
		return record.Wrap("web.publicIssuer", err)
	}
	p.Title = inst.Name
	p.Downloads = []Download{{Label: c.t("issuer.profile-json"), Href: c.r.URL.Path + "?as=json"}, {Label: c.t("issuer.did-json"), Href: "/.well-known/did.json"}}
	c.dataBeside()
	return c.show(http.StatusOK, p)
}

// keysOfDID lists the keys of a DID document of ours for people to compare.
func keysOfDID(b []byte) []PublicKey {
	doc, err := ijson.Parse(b, nil)
	if err != nil {
		return nil
	}
	var out []PublicKey
	for m := range doc.Root().Get("verificationMethod").Elements() {
		id := m.Get("id").Text()
		value := m.Get("publicKeyMultibase").Text()
		out = append(out, PublicKey{Name: id[strings.LastIndexByte(id, '#')+1:], Algorithm: algorithmOf(value), Value: value})
	}
	return out
}

// algorithmOf names a Multikey by its first characters (Controlled Identifiers 1.0, Multikey).
func algorithmOf(multikey string) string {
	for prefix, name := range map[string]string{"z6Mk": "Ed25519", "zDn": "P-256", "z82": "P-384", "z4MX": "RSA"} {
		if strings.HasPrefix(multikey, prefix) {
			return name
		}
	}
	return ""
}

// publicStatus is a status list at its own address.
func publicStatus(c *call) error {
	doc, err := c.deps.Published.Document(c.ctx, c.deps.PublicURL+"/status/"+c.r.PathValue("list"))
	if err != nil {
		return err
	}
	if !wantsHTML(c.r) {
		c.changed(doc.UpdatedAt)
		return c.tagged(documentType(c.r, doc.Bytes), doc.Bytes, doc.SHA256, true)
	}
	inst := c.institution()
	if inst == nil {
		return record.Errorf(record.NotFound, "web.publicStatus", "")
	}
	p := &PublicStatus{ID: doc.URL, Issuer: render.Party{ID: inst.DID, Name: inst.Name}, Issued: render.Date{Time: doc.UpdatedAt}}
	if parsed, err := ijson.Parse(doc.Bytes, nil); err == nil {
		p.Purpose = parsed.Root().At("/credentialSubject/statusPurpose").Text()
		if from := render.ParseDate(parsed.Root().Get("validFrom").Text()); !from.IsZero() {
			p.Issued = from
		}
	}
	if p.Purpose != "suspension" {
		p.Purpose = "revocation"
	}
	p.Title = c.t("status.title." + p.Purpose)
	p.Downloads = []Download{{Label: c.t("open.json"), Href: c.r.URL.Path + "?as=json"}}
	c.dataBeside()
	return c.show(http.StatusOK, p)
}

func keysOf(m map[string]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// fileName makes a name of letters, digits and hyphens from a title.
func fileName(title string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(title) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r > 0x7f && r != 0xfffd && !strings.ContainsRune("\u202a\u202b\u202c\u202d\u202e", r):
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	const longest = 80
	name := strings.Trim(b.String(), "-")
	if r := []rune(name); len(r) > longest {
		name = string(r[:longest])
	}
	return cmp.Or(name, "record")
}

// favicon sends those who ask without reading a page to the mark that pages name.
func favicon(c *call) error {
	mark, err := c.assets.path("laurel.svg")
	if err != nil {
		return err
	}
	http.Redirect(c.w, c.r, mark, http.StatusFound)
	return nil
}

// robots keeps search engines to what is published (RFC 9309): people's records and links are for those who have the address.
func robots(c *call) error {
	c.w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(c.w, "User-agent: *\nDisallow: /desk\nDisallow: /my\nDisallow: /server\nDisallow: /sign-in\nDisallow: /shares/\nDisallow: /records/\nDisallow: /confirm/\nDisallow: /guardian/\n") // the reader has gone
	return nil
}
