package web

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
	"github.com/openlaurel/laurel/ob"
)

// PublicCatalogue lists what the institution awards, for everybody.
type PublicCatalogue struct {
	Shell
	Name      string // of the institution
	Groups    []CatalogueGroup
	Next      string
	Downloads []Download
}

// CatalogueGroup is one heading of the list.
type CatalogueGroup struct {
	Label string
	Rows  []CatalogueRow
}

// publicCatalogue is the catalogue as a page, or as linked data: a list of achievements as Open Badges 3.0 has them.
func publicCatalogue(c *call) error {
	i := c.institution()
	if i == nil {
		return record.Errorf(record.NotFound, "web.publicCatalogue", "")
	}
	all, err := c.deps.Registrar.PublicCatalogue(c.ctx, i.ID, record.AchievementID(c.r.URL.Query().Get("after")))
	if err != nil {
		return err
	}
	next := ""
	if len(all) == registrar.CataloguePage {
		next = "/achievements?after=" + url.QueryEscape(string(all[len(all)-1].ID))
	}
	if !wantsHTML(c.r) {
		b, err := catalogueDocument(i, all, c.r.URL.Query().Get("after"), next)
		if err != nil {
			return record.Wrap("web.publicCatalogue", err)
		}
		return c.document("application/ld+json", b, true)
	}
	p := &PublicCatalogue{Name: i.Name, Next: next, Downloads: []Download{{Label: c.t("open.data-json"), Href: "?as=json"}}}
	for _, s := range ob.Sections {
		g := CatalogueGroup{Label: c.words.Or("section."+sectionWord(s), s.String())}
		for _, a := range all {
			if ob.AchievementType(a.Type).Section() == s {
				row := c.catalogueRow(a)
				row.Href = "/achievements/" + url.PathEscape(row.ID)
				g.Rows = append(g.Rows, row)
			}
		}
		if len(g.Rows) > 0 {
			p.Groups = append(p.Groups, g)
		}
	}
	p.Title = c.t("achievements.title")
	c.dataBeside()
	return c.show(http.StatusOK, p)
}

// sectionWord is the name under which the sentences know a section.
func sectionWord(s ob.Section) string {
	return [...]string{"degrees", "licences", "certificates", "courses", "skills", "assessments", "experience", "cocurricular", "prior", "other", "stated"}[s]
}

// catalogueDocument is a page of the catalogue as an ActivityStreams-free list: Schema.org's ItemList around achievements,
// with the contexts that define both.
func catalogueDocument(i *record.Institution, all []*record.Achievement, after, next string) ([]byte, error) {
	type listed struct {
		Type     string          `json:"@type"`
		Position int             `json:"schema:position"`
		Item     json.RawMessage `json:"schema:item"`
	}
	out := struct {
		Context []any    `json:"@context"`
		ID      string   `json:"@id"`
		Type    string   `json:"@type"`
		Name    string   `json:"schema:name"`
		Creator string   `json:"schema:creator"`
		Next    string   `json:"schema:url,omitempty"`
		Items   []listed `json:"schema:itemListElement"`
	}{Context: []any{"https://www.w3.org/ns/credentials/v2", ob.ContextV303, map[string]string{"schema": "https://schema.org/"}},
		ID: i.Root() + "/achievements", Type: "schema:ItemList", Name: i.Name, Creator: i.DID, Items: []listed{}}
	if after != "" {
		out.ID += "?after=" + url.QueryEscape(after)
	}
	if next != "" {
		out.Next = i.Root() + next
	}
	for n, a := range all {
		body, err := ijson.Canonicalize(a.Body)
		if err != nil {
			return nil, err
		}
		out.Items = append(out.Items, listed{"schema:ListItem", n + 1, bytes.Clone(body)})
	}
	return ijson.Marshal(out)
}

// achievementIn is an achievement in another language, at the address that its related has.
func achievementIn(c *call) error {
	a, err := c.deps.Registrar.AchievementIn(c.ctx, c.r.PathValue("id"), c.r.PathValue("form"))
	if err != nil {
		return err
	}
	return c.achievementPage(a, c.r.PathValue("form"))
}

// picturePolicy lets a picture show and do nothing, opened by itself.
const picturePolicy = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"

// picture is an image of the catalogue. Its address is made of its bytes, so that a cache may keep it for ever.
func picture(c *call) error {
	p, err := c.deps.Registrar.Picture(c.ctx, record.PictureID(c.r.PathValue("id")))
	if err != nil {
		return err
	}
	h := c.w.Header()
	h.Set("Content-Security-Policy", picturePolicy)
	h.Set("Content-Type", p.Media)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	if c.unchanged(record.Sum(p.Bytes)) {
		return nil
	}
	h.Set("Content-Length", strconv.Itoa(len(p.Bytes)))
	if c.r.Method != http.MethodHead {
		_, _ = c.w.Write(p.Bytes) // the reader has gone
	}
	return nil
}
